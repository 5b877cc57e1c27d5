"""Activity of modules and correlations of genes, against dense tables."""

import numpy as np
import pytest
from scipy import sparse

from graphkit.tasks.modules.images import module_images


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
