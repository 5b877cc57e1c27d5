"""Baselines against slow loops; settings come from the training part alone."""

import numpy as np
import pytest
from scipy import sparse

from graphkit.builders import isolated, spot_table
from graphkit.evaluation.clusters import agreement
from graphkit.evaluation.tissues.baselines import (
    PCANeighbors,
    around,
    gene_mean,
    neighbor_mean,
    pca_neighbors,
    smoothed_kmeans,
    tune_pca_neighbors,
)


@pytest.fixture
def slide():
    generator = np.random.default_rng(0)
    points = generator.uniform(size=(60, 2))
    share = np.where(points[:, :1] < 0.5, [[0.5, 0.1, 0.2, 0.2]], [[0.1, 0.5, 0.2, 0.2]])
    counts = sparse.csr_matrix(generator.poisson(share * 40).astype(np.float32))
    return counts, spot_table(points, n_neighbors=8)


def test_means_equal_loops(slide):
    counts, table = slide
    dense = counts.toarray()
    shares = dense / dense.sum(axis=1, keepdims=True)
    slow = [shares[[i, *table.index[i][table.mask[i]]]].mean(axis=0) for i in range(len(dense))]
    np.testing.assert_allclose(neighbor_mean(counts, table), slow, rtol=1e-5)
    neighbors = [shares[table.index[i][table.mask[i]]].mean(axis=0) for i in range(len(dense))]
    np.testing.assert_allclose(around(shares.astype(np.float32), table), neighbors, rtol=1e-5)
    total = dense.sum(axis=0) + 0.5
    np.testing.assert_allclose(gene_mean(counts)[5], total / total.sum(), rtol=1e-5)


def test_components_equal_a_dense_decomposition(slide):
    counts, table = slide
    dense = counts.toarray().astype(np.float64)
    logged = np.log1p(dense / dense.sum(1, keepdims=True) * np.median(dense.sum(1)))
    mean = logged.mean(axis=0)
    u, s, v = np.linalg.svd(logged - mean, full_matrices=False)
    back = np.maximum(np.expm1((u[:, :2] * s[:2]) @ v[:2] + mean), 0)
    back /= back.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(pca_neighbors(counts, table, PCANeighbors(2, 0)), back, atol=1e-4)
    mixed = (back + around(back.astype(np.float32), table.nearest(3))) / 2
    np.testing.assert_allclose(pca_neighbors(counts, table, PCANeighbors(2, 3)), mixed, atol=1e-4)


def test_tuning_wants_neighbors_where_they_help_and_none_where_they_do_not(slide):
    counts, table = slide
    options = {"ranks": (2,), "neighbors": (0, 8)}
    assert tune_pca_neighbors(counts, table, **options) == PCANeighbors(2, 8)
    order = np.random.default_rng(1).permutation(60)
    assert tune_pca_neighbors(counts[order], table, **options) == PCANeighbors(2, 0)


def test_isolated_spots_and_ranks_beyond_the_genes(slide):
    counts, _ = slide
    alone = isolated(60)
    choice = tune_pca_neighbors(counts, alone, ranks=(50,), neighbors=(0, 4))
    assert choice.rank == 3
    rates = pca_neighbors(counts, alone, PCANeighbors(3, 4))
    np.testing.assert_allclose(rates.sum(axis=1), 1, rtol=1e-5)


def test_smoothing_helps_where_noise_is_large():
    generator = np.random.default_rng(0)
    points = np.stack(np.meshgrid(np.arange(20), np.arange(20)), axis=-1).reshape(-1, 2)
    truth = (points[:, 0] >= 10).astype(int)
    components = truth[:, None] + generator.normal(size=(400, 3))
    scores = [
        agreement(smoothed_kmeans(components, points, 2, hops=hops), truth)[0] for hops in (0, 3)
    ]
    assert scores[0] < 0.4
    assert scores[1] > 0.8


def test_fewer_spots_than_neighbours():
    points = np.arange(8.0).reshape(4, 2)
    labels = smoothed_kmeans(np.eye(4), points, 2, hops=0, n_neighbors=18)
    assert set(labels.tolist()) == {0, 1}
