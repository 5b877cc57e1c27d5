"""Activity of modules and correlations of genes, against dense tables."""

import numpy as np
import pytest
from scipy import sparse

from graphkit.tasks.modules.images import above_chance, module_images, reproducibility


def test_activity_and_correlation_are_those_of_dense_tables():
    rng = np.random.default_rng(0)
    library = np.repeat([0, 1], [30, 20])
    dense = rng.poisson(1.0, (50, 9)) * (1.0 + library[:, None])
    dense[:, 4] = 0
    module = np.array([0, 0, 0, 1, 1, 1, 1, 2, -1])
    member = np.eye(4)[module] * (module >= 0)[:, None]
    found = module_images(sparse.csr_matrix(dense), library, member)
    for slide in (0, 1):
        rows = library == slide
        spread = dense[rows].std(axis=0)
        dense[rows] = (dense[rows] - dense[rows].mean(axis=0)) / np.where(spread > 0, spread, 1)
    for k in range(3):
        used = (module == k) & dense.any(axis=0)
        np.testing.assert_allclose(found.activity[:, k], dense[:, used].mean(axis=1), atol=1e-5)
        for gene in (0, 1, 3, 5, 8):
            others = used.copy()
            others[gene] = False
            expected = np.corrcoef(dense[:, gene], dense[:, others].sum(axis=1))[0, 1]
            assert found.correlation[gene, k] == pytest.approx(expected, abs=1e-5)
    # A gene that does not vary, a module of one gene without it, a module without genes.
    assert np.isnan(found.correlation[4]).all()
    assert np.isnan(found.correlation[7, 2])
    assert np.isnan(found.correlation[:, 3]).all()
    assert np.isnan(found.activity[:, 3]).all()


def test_other_molecules_are_judged_without_the_gene_itself():
    rng = np.random.default_rng(1)
    one, other = (rng.poisson(2.0, (60, 6)).astype(float) for _ in range(2))
    module = np.array([0, 0, 0, 1, 1, 1])
    library = np.zeros(60, dtype=np.int64)
    found = module_images(
        sparse.csr_matrix(one), library, np.eye(2)[module], judged=sparse.csr_matrix(other)
    )
    z = (one - one.mean(axis=0)) / one.std(axis=0)
    for gene in range(6):
        for k in range(2):
            others = (module == k) & (np.arange(6) != gene)
            expected = np.corrcoef(other[:, gene], z[:, others].sum(axis=1))[0, 1]
            assert found.correlation[gene, k] == pytest.approx(expected, abs=1e-5)


def test_modules_with_a_pattern_are_found_again_and_those_of_chance_are_not():
    rng = np.random.default_rng(2)
    places, labels = np.arange(120) // 40, np.repeat([0, 1, 2, 3, 4], 15)
    rates = np.where((labels < 3) & (places[:, None] == labels), 4.0, 1.0)
    counts = sparse.csr_matrix(rng.poisson(rates).astype(np.float32))
    share = reproducibility(counts, np.zeros(120, dtype=np.int64), labels, seed=0)
    assert (share[:3] > 0.9).all()
    assert (share[3:] < 0.5).all()
    assert above_chance(share, np.bincount(labels)).tolist() == [True] * 3 + [False] * 2
    mixed = reproducibility(counts, np.zeros(120, dtype=np.int64), rng.permutation(labels), seed=0)
    assert not above_chance(mixed, np.bincount(labels)).any()
