"""Clusters of simulated cells, whose types are known."""

import json
import warnings
from pathlib import Path

import anndata
import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from graphkit.errors import InputError
from graphkit.evaluation.clusters import agreement
from graphkit.methods import CellParams
from graphkit.tasks.cells.clusters import _AGAIN, CellClusters

QUICK = CellParams(steps=60, min_epochs=2)
SIZES = (60, 40, 20)


def quick(n_clusters=3, **more):
    return CellClusters(n_clusters, params=QUICK, **{"members": 1, "device": "cpu"} | more)


def test_types_are_found_and_the_largest_is_the_first(cells):
    adata = cells()
    model = quick().fit(adata)
    assert agreement(model.labels_.tolist(), adata.obs["truth"].tolist())[0] > 0.9
    assert model.classes_.tolist() == ["1", "2", "3"]
    assert [int((model.labels_ == one).sum()) for one in model.classes_] == sorted(SIZES)[::-1]
    assert ((model.stability_ > 0) & (model.stability_ <= 1)).all()


def test_stability_is_what_halves_of_the_molecules_measured():
    file = Path(__file__).resolve().parents[3] / "benchmarks" / "cell_stability.json"
    found = json.loads(file.read_text())["results"]
    np.testing.assert_allclose(_AGAIN, found["logistic"], atol=1e-3)
    rows = [row for row in found["tables"] if row["kind"] == "annotated"]
    assert len(rows) == 6
    assert all(abs(row["stability"] - row["again"]) < 0.1 for row in rows)


def test_leiden_gives_the_number_and_a_higher_resolution_more_of_them(cells):
    adata = cells()
    usual = quick("leiden").fit(adata)
    assert len(usual.classes_) >= 3
    with pytest.warns(UserWarning, match="agree little"):
        more = quick("leiden", resolution=4.0).fit(adata)
    assert len(more.classes_) > len(usual.classes_)


def test_the_number_is_that_of_groups_that_lie_apart(cells):
    adata = cells(depth=600)
    model = quick("auto").fit(adata)
    model.annotate(adata)
    about = adata.uns["cluster"]
    assert (about["n_clusters"], about["determined"]) == (3, True)
    assert about["curve"]["3"] > 3
    assert "halves of a normal" in about["rule"]
    quick(3).fit(adata).annotate(adata)
    assert "determined" not in adata.uns["cluster"]


def test_where_no_number_is_clear_leiden_gives_it(cells):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model = quick("auto").fit(cells(sizes=(120,)))
        usual = quick("leiden").fit(cells(sizes=(120,)))
    assert "no number of clusters is clear" in str(told[0].message)
    assert not model.number_.determined
    assert (model.labels_ == usual.labels_).all()


def test_batches_are_taken_from_components_and_networks(cells):
    adata = cells(sizes=(80, 60, 40), depth=1000)
    rng = np.random.default_rng(0)
    batch = rng.integers(0, 2, adata.n_obs)
    shifted = adata.X.toarray()
    shifted[batch == 1] = rng.poisson(shifted[batch == 1] * np.exp(rng.normal(0, 1.2, 60)))
    adata.X = sparse.csr_matrix(shifted.astype(np.float32))
    adata.obs["donor"] = batch.astype(str)

    def score(model):
        return agreement(model.fit(adata).labels_.tolist(), adata.obs["truth"].tolist())[0]

    with pytest.warns(UserWarning, match="batch_key='donor'"):
        assert score(quick()) < 0.8
    assert score(quick(batch_key="donor")) > 0.97


def test_batches_that_nobody_named_are_warned_of_once_and_no_number_is_clear(cells):
    adata = cells(sizes=(80, 60), depth=1000)
    rng = np.random.default_rng(0)
    batch = rng.integers(0, 2, adata.n_obs)
    factor = np.exp(1.2 * rng.normal(size=60)) ** batch[:, None]
    adata.X = sparse.csr_matrix(rng.poisson(adata.X.toarray() * factor).astype(np.float32))
    adata.obs["donor_id"] = batch.astype(str)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model = quick("auto").fit(adata)
    assert sum("cluster with batch_key='donor_id'" in str(one.message) for one in told) == 1
    assert model.number_.chosen == 4  # two types in two batches lie apart
    assert not model.number_.determined


def test_cells_of_one_kind_are_said_to_be_unclear(cells):
    with pytest.warns(UserWarning, match="agree little"):
        model = quick(3).fit(cells(sizes=(120,)))
    assert model.agreement_ < 0.6


def test_same_seed_same_result_and_no_other_generator_is_moved(cells):
    adata = cells()
    np.random.seed(3)  # noqa: NPY002 - the one that nothing may move
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    one, two = quick().fit(adata), quick().fit(adata)
    assert (one.labels_ == two.labels_).all()
    np.testing.assert_array_equal(one.embedding_, two.embedding_)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_labels_are_never_read(cells):
    adata, blind = cells(), cells()
    del blind.obs["truth"]
    assert (quick().fit(adata).labels_ == quick().fit(blind).labels_).all()


def test_a_cell_without_counts_is_left_out_and_the_others_stay_as_they_are(cells):
    adata = cells()
    alone = quick().fit(adata)
    more = anndata.AnnData(sparse.vstack([adata.X, np.zeros((1, 60))], format="csr"))
    model = quick().fit(more)
    assert model.labels_[-1] == ""
    assert np.isnan(model.stability_[-1])
    assert (model.labels_[:-1] == alone.labels_).all()
    model.annotate(more)
    assert more.obs["cluster"].isna().tolist() == [False] * 120 + [True]
    assert more.uns["cluster"]["left_out"] == 1


def test_it_has_the_face_of_scikit_learn(cells):
    model = quick(4, resolution=0.5)
    assert clone(model).get_params() == model.get_params()
    with pytest.raises(NotFittedError):
        model.annotate(cells())
    adata = cells()
    assert (quick().fit_predict(adata) == quick().fit(adata).labels_).all()


@pytest.mark.parametrize(
    ("arguments", "slot"),
    [
        ({"n_clusters": 0}, "n_clusters"),
        ({"n_clusters": 61}, "n_clusters"),
        ({"n_clusters": "many"}, "n_clusters"),
        ({"batch_key": "donor"}, "obs['donor']"),
        ({"members": 0}, "members"),
        ({"resolution": 0.0}, "resolution"),
        ({"min_counts": 10_000}, "X"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(arguments, slot, cells):
    with pytest.raises(InputError) as error:
        quick(**{"n_clusters": 3} | arguments).fit(cells())
    assert error.value.slot == slot


def test_values_that_are_no_counts_are_refused(cells):
    adata = cells()
    adata.X = sparse.csr_matrix(np.log1p(adata.X.toarray()))
    with pytest.raises(InputError, match="counts"):
        quick().fit(adata)


def test_another_table_is_not_annotated(cells):
    model = quick().fit(cells())
    with pytest.raises(InputError, match="cells"):
        model.annotate(cells(sizes=(10, 10)))


def test_a_handful_of_cells_is_clustered(cells):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is said of so few
        model = quick(2).fit(cells(sizes=(4, 4), depth=2000))
    assert len(set(model.labels_)) == 2
