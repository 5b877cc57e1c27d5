"""One page of what a table holds: complete, safe, and of one file."""

import re

import numpy as np
import pandas as pd
import pytest

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.omics import tissue_adata
from graphkit.reports.view import view
from graphkit.tasks.cells.annotate import annotate
from graphkit.tasks.cells.check_labels import check_labels
from graphkit.tasks.denoise.denoiser import COUNTS, SHARES


@pytest.fixture
def tissue():
    """A tissue with results of three verbs, made by hand."""
    adata = tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_layers=2), seed=0))
    rng = np.random.default_rng(0)
    n, genes = adata.shape
    adata.obs["domain"] = pd.Categorical(adata.obs["layer"].cat.codes.map({0: "1", 1: "2"}))
    adata.obs["domain_stability"] = rng.random(n)
    adata.uns["domain"] = {"smoothing": "no smoothing"}
    adata.layers["denoised"] = rng.random((n, genes)).astype(np.float32)
    adata.uns["denoised"] = {"scale": SHARES}
    adata.var["denoise_gain"], adata.var["denoise_gain_se"] = 0.1, 0.01
    adata.var["denoise_verdict"] = "yes"
    adata.var["denoise_molecules"] = np.arange(genes)
    adata.var["gene_module"] = pd.Categorical(
        np.resize(["module1", "module2", "unassigned"], genes)
    )
    adata.varm["gene_module_probability"] = rng.dirichlet([1, 1], genes)
    adata.uns["gene_module"] = {"reproducibility": [0.9, 0.4]}
    adata.uns["graphkit"] = {"domain": {"verb": "find_domains", "seed": 3, "input": "<b>.h5ad"}}
    return adata


def test_the_page_has_all_results_and_needs_nothing_else(tissue):
    before = set(tissue.uns)
    page = view(tissue, genes=["layer1_001", "layer2_016"])
    assert set(tissue.uns) == before
    for words in ("Domains", "no smoothing was", "layer2_016", "Modules of genes", "40 %"):
        assert words in page
    assert page.count("<details name=") == 2
    # Domains, genes of the domains, two genes, modules: inside, and nothing else is asked for.
    assert page.count('src="data:image/png;base64,') == 5
    assert not re.search(r"<script|https?://|src=\"(?!data:)", page)
    assert "<b>.h5ad" not in page
    assert "by <code>find_domains</code>, seed 3" in page


def test_genes_that_argue_for_a_domain_are_found_where_the_table_has_none(tissue):
    page = view(tissue)
    rows = re.findall(r"<td><span class=\"swatch\".*?</tr>", page)
    assert len(rows) == 2
    assert "layer1_" in rows[0]
    assert "layer2_" in rows[1]
    assert page.count("<details name=") == 8


def test_what_a_table_lacks_is_left_out(tissue):
    del tissue.uns["domain"], tissue.uns["gene_module"]
    tissue.uns["denoised"]["scale"] = COUNTS
    page = view(tissue)
    assert "Modules" not in page
    assert "Domains" not in page
    assert "measured and denoised" in page
    del tissue.uns["denoised"]
    with pytest.raises(InputError, match=r"no result to show\. Make one first: graphkit denoise"):
        view(tissue)


def test_genes_that_cannot_be_drawn(tissue):
    with pytest.raises(InputError, match="nothing"):
        view(tissue, genes=["nothing"])
    del tissue.layers["denoised"]
    with pytest.raises(InputError, match="run graphkit denoise first"):
        view(tissue, genes=["layer1_001"])


def test_clusters_of_cells_need_no_places():
    import anndata

    rng = np.random.default_rng(0)
    cells = anndata.AnnData(rng.poisson(2.0, (20, 5)).astype(np.float32))
    cells.obs["cluster"] = pd.Categorical(np.resize(["1", "2", None], 20), ["1", "2"])
    cells.obs["cluster_stability"] = rng.random(20)
    cells.obsm["X_cluster"] = rng.random((20, 3))
    cells.uns["cluster"], cells.uns["cluster_colors"] = {}, ["#0072B2", "#D55E00"]
    page = view(cells)
    assert "20 cells and 5 genes" in page
    assert page.count('src="data:image/png;base64,') == 1
    assert re.findall(r"</span>(\d)</td><td class=\"number\">(\d)", page) == [
        ("1", "7"),
        ("2", "7"),
    ]
    assert "X_umap" not in cells.obsm


@pytest.fixture
def cells():
    """Cells of two kinds, the last two of the first labelled as the other."""
    import anndata

    rng = np.random.default_rng(0)
    rates = np.repeat([[1.0] * 15 + [5.0] * 15, [5.0] * 15 + [1.0] * 15], 30, axis=0)
    made = anndata.AnnData(rng.poisson(rates).astype(np.float32))
    made.obs["cell_type"] = ["one"] * 28 + ["<b>two"] * 32
    return made


def test_types_of_cells_and_how_well_they_are_told(cells):
    query = annotate(cells, cells[5:55], copy=True)
    text = view(query)
    assert "<h2>Types of cells</h2>" in text
    assert "held out" in text
    assert "50 cells and 30 genes" in text
    assert text.count('src="data:image/png;base64,') == 1
    sizes = map(int, re.findall(r"</span>.+?</td><td class=\"number\">(\d+)", text))
    assert sum(sizes) == 50
    assert "<b>two" not in text


def test_labels_that_are_likely_wrong_and_of_which_cells(cells):
    check_labels(cells)
    text = view(cells)
    assert "<h2>Labels of cells</h2>" in text
    assert "<code>cell_type</code>" in text
    worst = re.findall(r"<td class=\"id\"><bdi>(\d+)</bdi>", text)
    assert set(worst[:2]) == {"28", "29"}
    assert "<b>two" not in text
    del cells.obs["cell_type"]
    with pytest.raises(InputError, match="missing"):
        view(cells)
