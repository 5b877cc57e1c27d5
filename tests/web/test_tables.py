"""Tables in the worker: the verb's own result, its page, and refusals before any work."""

import anndata
import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.omics import read_spatial
from graphkit.web import tables

ORDER = {
    "name": "slide.h5ad",
    "slots": {"layer": None, "spatial_key": "spatial", "library_key": "slide"},
    "number": "2",
    "memory_mb": 2_000,
    "seconds": 60,
}


@pytest.fixture
def folder(small_tissue, tmp_path):
    small_tissue.write_h5ad(tmp_path / "input.h5ad")
    return tmp_path


def test_the_result_is_that_of_the_verb_and_the_page_that_of_view(folder):
    told = []
    tables.annotate(folder, {**ORDER, "verb": "domains"}, lambda **one: told.append(one["text"]))
    assert told[0] == "Reading the table"
    found = read_spatial(folder / "result.h5ad", library_key="slide")
    assert found.obs["domain"].nunique() == 2
    assert found.uns["graphkit"]["domain"]["input"] == "slide.h5ad"
    page, shown = ((folder / name).read_text() for name in ("page.html", "shown.html"))
    assert "<h2>Domains</h2>" in page
    assert "result.h5ad" not in page
    assert 'href="result.h5ad"' in shown
    # And a table that has results is looked at as it is.
    (folder / "input.h5ad").unlink()
    (folder / "result.h5ad").rename(folder / "input.h5ad")
    tables.view(folder, {**ORDER, "verb": "view"}, lambda **_: None)
    assert 'href="result.h5ad"' not in (folder / "shown.html").read_text()


@pytest.mark.parametrize("verb", ["denoise", "modules", "cluster"])
def test_every_verb_is_called_with_its_defaults(folder, monkeypatch, verb):
    called = {}

    def fake(adata, **asked):
        called.update(asked)
        adata.uns["graphkit"] = {"x": {"verb": verb}}

    monkeypatch.setattr(f"graphkit.{'find_modules' if verb == 'modules' else verb}", fake)
    monkeypatch.setattr(tables, "_show", lambda *_, **__: None)
    tables.annotate(folder, {**ORDER, "verb": verb, "number": None}, lambda **_: None)
    assert called["random_state"] == 0
    assert called.get("n_modules", "auto") == "auto"
    assert called.get("n_clusters", "leiden") == "leiden"
    assert (folder / "result.h5ad").is_file()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"seconds": 1}, "takes some .* seconds, here it may 1. Use the command line"),
        ({"memory_mb": 300}, "MB of memory, here it may 300"),
        ({"memory_mb": 0}, "declares more than 0 MB"),
        ({"slots": {**ORDER["slots"], "library_key": None}}, "library_key"),
        ({"slots": {**ORDER["slots"], "layer": "raw"}}, "no such layer"),
    ],
)
def test_what_cannot_be_done_is_refused_before_it_begins(folder, more, words):
    with pytest.raises(InputError, match=words) as refused:
        tables.annotate(folder, {**ORDER, "verb": "domains", **more}, lambda **_: None)
    assert refused.value.file == "slide.h5ad"
    assert not (folder / "result.h5ad").exists()


def test_a_table_without_places_can_be_clustered_alone(tmp_path, monkeypatch):
    counts = np.random.default_rng(0).poisson(2.0, (40, 10)).astype(np.float32)
    anndata.AnnData(counts).write_h5ad(tmp_path / "input.h5ad")
    order = {**ORDER, "slots": {**ORDER["slots"], "library_key": None}}
    with pytest.raises(InputError, match="spatial"):
        tables.annotate(tmp_path, {**order, "verb": "domains"}, lambda **_: None)
    asked = []
    monkeypatch.setattr("graphkit.cluster", lambda adata, **more: asked.append(more))
    with pytest.raises(KeyError):  # the fake leaves no origin
        tables.annotate(tmp_path, {**order, "verb": "cluster"}, lambda **_: None)
    assert asked == [{"n_clusters": 2, "layer": None, "random_state": 0}]
