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
    "reference": None,
    "options": {"n_domains": 2},
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
    tables.annotate(folder, {**ORDER, "verb": verb, "options": {}}, lambda **_: None)
    slots = {"layer": None} if verb == "cluster" else ORDER["slots"]
    assert called == {**slots, "random_state": 0}
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
    order = {**ORDER, "slots": {**ORDER["slots"], "library_key": None}, "options": {}}
    with pytest.raises(InputError, match="spatial"):
        tables.annotate(tmp_path, {**order, "verb": "domains"}, lambda **_: None)
    asked = []
    monkeypatch.setattr("graphkit.cluster", lambda adata, **more: asked.append(more))
    with pytest.raises(KeyError):  # the fake leaves no origin
        tables.annotate(tmp_path, {**order, "verb": "cluster"}, lambda **_: None)
    assert asked == [{"layer": None, "random_state": 0}]


@pytest.fixture
def cells(tmp_path):
    """A folder with cells of two kinds, and the same as a reference."""
    rng = np.random.default_rng(0)
    rates = np.repeat([[1.0] * 15 + [5.0] * 15, [5.0] * 15 + [1.0] * 15], 30, axis=0)
    made = anndata.AnnData(rng.poisson(rates).astype(np.float32))
    made.obs["kind"] = ["one"] * 28 + ["two"] * 32
    for name in ("input", "reference"):
        made.write_h5ad(tmp_path / f"{name}.h5ad")
    return tmp_path


TYPES = {**ORDER, "verb": "annotate", "reference": "known.h5ad", "options": {"label": "kind"}}


def test_types_are_told_from_the_second_table(cells):
    tables.annotate(cells, TYPES, lambda **_: None)
    found = anndata.read_h5ad(cells / "result.h5ad")
    assert found.obs["predicted"].cat.categories.tolist() == ["one", "two", "Unknown"]
    assert found.uns["graphkit"]["predicted"]["input"] == "slide.h5ad"
    assert "<h2>Types of cells</h2>" in (cells / "page.html").read_text()


def test_labels_are_checked(cells):
    order = {**TYPES, "verb": "check-labels", "reference": None}
    tables.annotate(cells, order, lambda **_: None)
    assert "<h2>Labels of cells</h2>" in (cells / "page.html").read_text()
    suspicion = anndata.read_h5ad(cells / "result.h5ad").obs["suspicion"]
    assert set(suspicion.nlargest(2).index) == {"28", "29"}


@pytest.mark.parametrize(
    ("more", "file", "words"),
    [
        ({"options": {"label": "nothing"}}, "known.h5ad", "missing"),
        ({"options": {"label": "kind", "reference_layer": "x"}}, "known.h5ad", "no such layer"),
        ({"verb": "check-labels", "reference": None, "options": {"label": "x"}}, None, "missing"),
        ({"seconds": 1}, None, "takes some .* seconds"),
    ],
)
def test_cells_that_cannot_be_told_are_refused(cells, more, file, words):
    with pytest.raises(InputError, match=words) as refused:
        tables.annotate(cells, {**TYPES, **more}, lambda **_: None)
    assert refused.value.file == (file or "slide.h5ad")
    assert not (cells / "result.h5ad").exists()
