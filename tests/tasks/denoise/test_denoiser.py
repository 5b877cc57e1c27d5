"""The estimator: fit, transform, rates, folders."""

from itertools import combinations

import numpy as np
import pytest
import torch
from scipy import sparse

from graphkit.builders import spot_table
from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.methods import DenoiserParams
from graphkit.methods.spot_denoiser import DenoisingNetwork
from graphkit.omics import raw_counts, tissue_adata
from graphkit.tasks import SpatialDenoiser

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
    ((_, found),) = model.apply(counts, table).rates()
    assert found.shape == (60, seen.sum())
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-4)


def test_embedding_smoothing_and_folder(tissue, model, tmp_path):
    latent = model.transform(tissue)
    assert latent.shape == (60, 8)
    counts, table = model.inputs(tissue, None, "spatial", None)
    gate = model.apply(counts, table).smoothing
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
    model = SpatialDenoiser(PARAMS).fit_counts(sparse.csr_matrix(counts), table)
    seen = np.asarray(counts.sum(axis=0)).ravel() > 0
    assert not seen[3]
    assert model.columns_.tolist() == np.flatnonzero(seen).tolist()
    with pytest.raises(InputError, match="not fitted"):
        model.transform(tissue)  # its genes have no names


def test_each_network_reads_the_spots_once(tissue, model, monkeypatch):
    calls = []
    encode = DenoisingNetwork.encode
    monkeypatch.setattr(
        DenoisingNetwork, "encode", lambda self, x: calls.append(len(x)) or encode(self, x)
    )
    denoised = model.apply(*model.inputs(tissue, None, "spatial", None))
    assert denoised.latent.shape[0] == len(denoised.smoothing)
    assert sum(len(block) for _, block in denoised.rates()) == 60
    assert calls == [60] * PARAMS.members


def test_two_seeds_share_no_network(tissue):
    one, two = (SpatialDenoiser(PARAMS, seed=seed).fit(tissue).members_ for seed in (0, 1))
    weights = [member.decoder.weight for member in (*one, *two)]
    assert not any(torch.allclose(a, b, atol=1e-3) for a, b in combinations(weights, 2))


def test_unfitted_is_said(tissue, tmp_path):
    with pytest.raises(InputError, match="not fitted"):
        SpatialDenoiser(PARAMS).transform(tissue)
    with pytest.raises(InputError, match="not fitted"):
        SpatialDenoiser(PARAMS).save(tmp_path / "denoiser")


def test_too_few_spots_with_counts(tissue):
    lonely = tissue.copy()
    lonely.X = sparse.csr_matrix(np.eye(1, tissue.n_vars * 60).reshape(60, -1))
    with pytest.raises(InputError, match="fewer than two spots"):
        SpatialDenoiser(PARAMS).fit(lonely)
