"""The index of nearest neighbours."""

import json

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.base import clone

import graphkit
from graphkit import NearestIndex
from graphkit.errors import InputError
from graphkit.tasks import nearest_index as module
from graphkit.training.checkpoint import sealed


@pytest.fixture
def points():
    """Three clouds of fifty points, and which each is from."""
    labels = np.repeat(["a", "b", "c"], 50)
    centres = {"a": 0.0, "b": 4.0, "c": 8.0}
    noise = np.random.default_rng(0).normal(size=(150, 6))
    return (noise + np.array([[centres[one]] for one in labels])).astype(np.float32), labels


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_exact_distances_are_those_of_a_table_of_all(points, metric):
    values, labels = points
    found = NearestIndex(metric).add(values, labels).nearest(values[:20] + 0.1, n=5)
    everything = cdist(values[:20] + 0.1, values, metric)
    np.testing.assert_array_equal(found.rows, np.argsort(everything, axis=1)[:, :5])
    np.testing.assert_allclose(found.distances, np.sort(everything, axis=1)[:, :5], atol=1e-4)
    assert (found.labels == labels[found.rows]).all()


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_the_graph_of_neighbours_finds_nearly_all_and_the_same_each_time(
    points, metric, monkeypatch
):
    values, labels = points
    exact = NearestIndex(metric).add(values, labels).nearest(values, n=5)
    monkeypatch.setattr(module, "EXACT_BELOW", 100)
    found, again = (NearestIndex(metric).add(values, labels).nearest(values, n=5) for _ in "ab")
    shared = [len({*one} & {*other}) for one, other in zip(exact.rows, found.rows, strict=True)]
    assert np.mean(shared) > 4.9
    np.testing.assert_array_equal(found.rows, again.rows)


def test_classes_are_added_without_anything_being_fitted_anew(points):
    values, labels = points
    index = NearestIndex().add(values[:100], labels[:100])
    assert index.nearest(values[100:], n=1).labels.ravel().tolist() == ["b"] * 50
    index.add(values[100:], labels[100:])
    assert index.nearest(values, n=1).labels.ravel().tolist() == labels.tolist()
    assert (
        graphkit.evaluation.recall_at_k(labels, index.nearest(values, n=2).labels[:, 1:], k=1)
        > 0.95
    )
    assert len(index) == 150


def test_folder_and_back_and_on(points, tmp_path):
    values, labels = points
    index = NearestIndex("cosine").add(values.astype(np.float16), labels, lines=np.arange(150))
    index.save(tmp_path / "index")
    again = graphkit.load(tmp_path / "index")
    assert again.items_.dtype == np.float16
    for one, other in zip(index.nearest(values), again.nearest(values), strict=True):
        np.testing.assert_array_equal(one, other)
    again.add(values[:1] + 100, ["new"], lines=[7])
    assert again.nearest(values[:1] + 100, n=1).labels.item() == "new"
    assert again.table(again.nearest(values[:2], n=2), ["q", "r"]).columns.tolist() == [
        "query",
        "rank",
        "distance",
        "label",
        "lines",
    ]
    assert clone(again).get_params() == {"metric": "cosine", "random_state": 0}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("columns",), {"label": "text", "more": "text"}),
        (("columns", "label"), "number"),
        (("arguments", "metric"), "manhattan"),
        (("arguments", "unknown"), 1),
        (("about",), None),
        (("class",), "Domains"),
    ],
)
def test_folders_that_make_no_sense_are_refused(points, tmp_path, place, value):
    NearestIndex().add(*points).save(tmp_path / "index")
    file = tmp_path / "index" / "config.json"
    config = inner = json.loads(file.read_text())
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    file.write_text(json.dumps(sealed(config)))
    with pytest.raises(InputError):
        NearestIndex.load(tmp_path / "index")


def test_an_altered_file_is_refused(points, tmp_path):
    NearestIndex().add(*points).save(tmp_path / "index")
    weights = tmp_path / "index" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(InputError, match="does not fit the SHA-256"):
        NearestIndex.load(tmp_path / "index")


def test_what_does_not_fit_is_named(points):
    values, labels = points
    index = NearestIndex().add(values, labels)
    for wrong, reason in (
        (lambda: index.nearest(values[:, :3]), "have 3 dimensions, the index 6"),
        (lambda: index.nearest(values * np.nan), "no finite table"),
        (lambda: index.nearest(values, n=0), "n = 0"),
        (lambda: index.add(values[:2], ["a"]), "do not fit 2 items"),
        (lambda: index.add(values[:1], ["a"], more=[1]), "are label, more, and were label"),
        (lambda: index.add(values[:1], [np.nan]), "has a missing number"),
        (lambda: NearestIndex("manhattan").add(values, labels), "no metric 'manhattan'"),
        (lambda: NearestIndex().nearest(values), "not fitted"),
    ):
        with pytest.raises(InputError, match=reason):
            wrong()
    assert index.nearest(values[:0]).rows.shape == (0, 10)
    assert index.nearest(values[:1], n=1000).rows.shape == (1, 150)
