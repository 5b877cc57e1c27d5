"""Spots as scRCL sees them."""

import numpy as np
import pytest

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.methods import ScRCLParams
from graphkit.omics import tissue_adata
from graphkit.tasks.domains.scrcl import embed_spots, gene_graph

QUICK = ScRCLParams(epochs=1, width=8, dim=4)


@pytest.mark.usefixtures("one_thread")
def test_the_same_seed_gives_the_same_embedding_and_another_another():
    slide = tissue_adata(simulate_tissue(TissueParams(n_spots=80, n_layers=2), seed=0))
    found = []
    for seed in (0, 0, 1):
        embed_spots(slide, params=QUICK, seed=seed, device="cpu")
        found.append(slide.obsm["X_scrcl"].copy())
    assert found[0].shape == (80, 8)
    assert np.array_equal(found[0], found[1])
    assert not np.allclose(found[0], found[2], atol=1e-3)


def test_gene_graph_joins_genes_of_alike_loadings():
    loadings = np.repeat(np.eye(3), 10, axis=0).astype(np.float32)
    loadings += 0.01 * np.random.default_rng(0).normal(size=loadings.shape).astype(np.float32)
    dense = gene_graph(loadings).to_dense().numpy()
    assert dense[:10, 10:].sum() == 0
    assert (dense.diagonal() > 0).all()
    assert np.array_equal(gene_graph(loadings[:4]).to_dense().numpy(), np.eye(4))
