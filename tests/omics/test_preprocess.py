import numpy as np
import pytest
from scipy import sparse

from graphkit.errors import InputError
from graphkit.omics import log_normalise

COUNTS = np.random.default_rng(0).poisson(1.0, (20, 6))
COUNTS[4] = 0


@pytest.mark.parametrize("target", [None, 1e4])
def test_against_the_dense_formula(target):
    total = COUNTS.sum(axis=1, keepdims=True)
    wanted = np.median(total[total > 0]) if target is None else target
    expected = np.log1p(COUNTS / np.maximum(total, 1) * wanted)
    found = log_normalise(sparse.csr_matrix(COUNTS), target_sum=target)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-6)


def test_counts_stay_as_they_are():
    counts = sparse.csr_matrix(COUNTS.astype(np.float32))
    before = counts.data.copy()
    log_normalise(counts)
    np.testing.assert_array_equal(counts.data, before)


def test_spots_without_counts_stay_zero():
    assert log_normalise(COUNTS)[4].nnz == 0
    assert log_normalise(np.zeros((2, 3))).nnz == 0


@pytest.mark.parametrize("target", [0, -1, float("nan")])
def test_totals_that_make_no_sense(target):
    with pytest.raises(InputError, match="target_sum"):
        log_normalise(COUNTS, target_sum=target)
