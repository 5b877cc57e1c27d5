"""What is read of spots: genes, or an embedding as it is."""

import anndata
import numpy as np
import pytest
from scipy import sparse

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.omics import tissue_adata
from graphkit.tasks.domains.features import gene_graph, smoothed, spot_features

HOW = {"n_top_genes": 50, "n_components": 5}


@pytest.fixture(scope="module")
def tissue():
    return tissue_adata(simulate_tissue(TissueParams(n_spots=80), seed=0))


def test_counts_become_components_with_loadings(tissue):
    found, reader = spot_features(tissue, **HOW)
    assert found.table.shape == (80, 5)
    assert found.loadings.shape == (50, 5)
    assert reader.source == "5 principal components of 50 variable genes"
    assert np.allclose(found.table.mean(axis=0), 0, atol=1e-5)
    assert found.table[:, 0].std() == pytest.approx(1, rel=1e-3)


def test_an_embedding_in_x_is_taken_as_it_is(tissue):
    x = np.random.default_rng(0).normal(size=(80, 10))
    found, reader = spot_features(anndata.AnnData(x), **HOW)
    assert reader.source == "the first 5 columns of X"
    assert np.corrcoef(found.table[:, 0], x[:, 0])[0, 1] > 0.99
    tissue.obsm["X_pca"] = x
    assert spot_features(tissue, use_rep="X_pca", **HOW)[1].source.endswith("X_pca")
    with pytest.raises(InputError, match="X_nothing"):
        spot_features(tissue, use_rep="X_nothing", **HOW)
    x[3, 2] = np.nan
    with pytest.raises(InputError, match="NaN"):
        spot_features(anndata.AnnData(x), use_rep="X", **HOW)


def test_each_slide_is_centred_by_itself():
    x = np.random.default_rng(0).normal(size=(80, 10))
    x[40:] += 7
    slides = anndata.AnnData(x)
    slides.obs["slide"] = ["a"] * 40 + ["b"] * 40
    found, _ = spot_features(slides, library_key="slide", **HOW)
    assert np.allclose(found.table[:40].mean(axis=0), 0, atol=1e-5)
    assert np.allclose(found.table[40:].mean(axis=0), 0, atol=1e-5)


def test_log_normalised_values_are_refused(tissue):
    wrong = tissue.copy()
    wrong.X = np.log1p(np.asarray(wrong.X.todense() if sparse.issparse(wrong.X) else wrong.X))
    with pytest.raises(InputError):
        spot_features(wrong, **HOW)


def test_smoothing_is_the_mean_of_a_spot_and_its_neighbours():
    line = sparse.diags([np.ones(2), np.ones(2)], [-1, 1], shape=(3, 3), format="csr")
    x = np.array([[0.0], [3.0], [9.0]])
    assert np.allclose(smoothed(x, line, 1).ravel(), [1.5, 4, 6])
    assert np.array_equal(smoothed(x, line, 0), x)


def test_gene_graph_joins_genes_of_alike_loadings(tissue):
    loadings = np.repeat(np.eye(3), 10, axis=0).astype(np.float32)
    loadings += 0.01 * np.random.default_rng(0).normal(size=loadings.shape).astype(np.float32)
    dense = gene_graph(loadings).to_dense().numpy()
    assert dense[:10, 10:].sum() == 0
    assert (dense.diagonal() > 0).all()
    assert np.array_equal(gene_graph(np.eye(9, dtype=np.float32)).to_dense().numpy(), np.eye(9))
