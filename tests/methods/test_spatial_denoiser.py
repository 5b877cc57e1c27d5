"""The estimator: fit, transform, rates, folders."""

import numpy as np
import pytest
from scipy import sparse

from graphkit.builders import spot_table
from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.methods import DenoiserParams, SpatialDenoiser
from graphkit.omics import raw_counts, tissue_adata

PARAMS = DenoiserParams(steps=4, min_epochs=2, hidden=8, dim=4, members=2, n_neighbors=6)


@pytest.fixture(scope="module")
def tissue():
    return tissue_adata(simulate_tissue(TissueParams(n_spots=60), seed=0))


@pytest.fixture(scope="module")
def model(tissue):
    return SpatialDenoiser(PARAMS).fit(tissue)


def test_predicts_every_gene_from_few(tissue):
    model = SpatialDenoiser(DenoiserParams(steps=2, min_epochs=1, members=1, n_top_genes=5))
    model.fit(tissue)
    assert len(model.inputs_) == 5
    seen = np.asarray(tissue.X.sum(axis=0)).ravel() > 0
    assert model.genes_ == tuple(tissue.var_names[seen])
    counts, table = model.inputs(tissue, None, "spatial", None)
    ((_, found),) = model.rates(counts, table)
    assert found.shape == (60, seen.sum())
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-4)


def test_embedding_smoothing_and_folder(tissue, model, tmp_path):
    latent = model.transform(tissue)
    assert latent.shape == (60, 8)
    counts, table = model.inputs(tissue, None, "spatial", None)
    gate = model.smoothing(counts, table)
    assert gate.shape == (60,)
    assert (gate > 0).all()
    assert (gate < 1).all()
    model.save(tmp_path / "denoiser")
    loaded = SpatialDenoiser.load(tmp_path / "denoiser")
    np.testing.assert_allclose(loaded.transform(tissue), latent, atol=1e-6)


def test_other_order_of_genes_and_spots(tissue, model):
    genes = np.random.default_rng(0).permutation(tissue.n_vars)
    spots = np.random.default_rng(1).permutation(tissue.n_obs)
    turned = tissue[spots, genes].copy()
    np.testing.assert_allclose(model.transform(turned), model.transform(tissue)[spots], atol=1e-5)


def test_missing_genes_are_refused(tissue, model):
    with pytest.raises(InputError):
        model.transform(tissue[:, :10].copy())


def test_genes_that_never_occur_are_left_out(tissue):
    counts = sparse.csr_matrix(raw_counts(tissue)).tolil()
    counts[:, 3] = 0
    table = spot_table(tissue.obsm["spatial"], n_neighbors=6)
    genes = tuple(map(str, tissue.var_names))
    model = SpatialDenoiser(PARAMS).fit_counts(sparse.csr_matrix(counts), table, genes=genes)
    seen = np.asarray(counts.sum(axis=0)).ravel() > 0
    assert not seen[3]
    assert model.genes_ == tuple(np.array(genes)[seen])


def test_too_few_spots_with_counts(tissue):
    lonely = tissue.copy()
    lonely.X = sparse.csr_matrix(np.eye(1, tissue.n_vars * 60).reshape(60, -1))
    with pytest.raises(InputError, match="fewer than two spots"):
        SpatialDenoiser(PARAMS).fit(lonely)
