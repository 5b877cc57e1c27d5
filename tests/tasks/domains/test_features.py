"""What is read of spots: counts, or an embedding by name; and which spots are read."""

import anndata
import numpy as np
import pytest
from scipy import sparse

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.omics import tissue_adata
from graphkit.tasks.domains.features import kept_spots, spot_features

HOW = {"n_top_genes": 50, "n_components": 5}


@pytest.fixture(scope="module")
def tissue():
    return tissue_adata(simulate_tissue(TissueParams(n_spots=80), seed=0))


def test_counts_become_components_with_loadings(tissue):
    found, reader = spot_features(tissue, **HOW)
    assert found.table.shape == (80, 5)
    assert reader.loadings.shape == (50, 5)
    assert reader.source == "5 principal components of 50 variable genes"
    assert np.allclose(found.table.mean(axis=0), 0, atol=1e-5)
    assert found.table[:, 0].std() == pytest.approx(1, rel=1e-3)


def test_halves_of_the_molecules_agree_and_are_not_the_same(tissue):
    ((first, second),) = spot_features(tissue, **HOW)[0].halves
    assert 0.3 < np.corrcoef(first[:, 0], second[:, 0])[0, 1] < 0.999


def test_an_embedding_is_asked_for_by_name_and_all_of_it_is_read(tissue):
    x = np.random.default_rng(0).normal(size=(80, 10)) * np.r_[np.ones(9), 30.0]
    tissue.obsm["X_pca"] = x
    found, reader = spot_features(tissue, use_rep="X_pca", **HOW)
    assert reader.source == "5 principal components of 10 columns of X_pca"
    assert abs(np.corrcoef(found.table[:, 0], x[:, 9])[0, 1]) > 0.99
    assert [one.shape for one in found.halves[0]] == [(80, 2), (80, 3)]
    tissue.obsm["X_few"] = x[:, :3]
    few, reader = spot_features(tissue, use_rep="X_few", **HOW)
    assert reader.source == "3 columns of X_few"
    assert np.corrcoef(few.table[:, 2], x[:, 2])[0, 1] > 0.9
    with pytest.raises(InputError, match="X_nothing"):
        spot_features(tissue, use_rep="X_nothing", **HOW)
    x[3, 2] = np.nan
    with pytest.raises(InputError, match="NaN"):
        spot_features(anndata.AnnData(x), use_rep="X", **HOW)


@pytest.mark.parametrize("n_genes", [15, 150, 250])
def test_scaled_expression_of_any_width_is_no_embedding(n_genes):
    scaled = anndata.AnnData(np.random.default_rng(0).normal(size=(80, n_genes)))
    with pytest.raises(InputError, match="no raw counts"):
        spot_features(scaled, **HOW)


def test_each_slide_is_centred_by_itself():
    x = np.random.default_rng(0).normal(size=(80, 10))
    x[40:] += 7
    slides = anndata.AnnData(x)
    slides.obs["slide"] = ["a"] * 40 + ["b"] * 40
    found, _ = spot_features(
        slides, library_key="slide", use_rep="X", n_top_genes=5, n_components=10
    )
    assert np.allclose(found.table[:40].mean(axis=0), 0, atol=1e-5)
    assert np.allclose(found.table[40:].mean(axis=0), 0, atol=1e-5)


def test_log_normalised_values_are_refused(tissue):
    wrong = tissue.copy()
    wrong.X = np.log1p(np.asarray(wrong.X.todense() if sparse.issparse(wrong.X) else wrong.X))
    with pytest.raises(InputError):
        spot_features(wrong, **HOW)


def test_spots_without_counts_and_off_the_tissue_are_left_out(tissue):
    slide = tissue.copy()
    slide.X = sparse.csr_matrix(slide.X.multiply((np.arange(80) >= 3)[:, None]))
    slide.obs["in_tissue"] = [1] * 70 + [0] * 10
    how = {"layer": None, "use_rep": None, "min_counts": 10}
    kept = kept_spots(slide, off_tissue=False, **how)
    assert kept.tolist() == list(range(3, 70))
    assert kept_spots(slide, off_tissue=True, **how).tolist() == list(range(3, 80))
    everything = kept_spots(slide, off_tissue=True, **{**how, "use_rep": "X_pca"})
    assert everything.tolist() == list(range(80))
