import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics import roc_auc_score

from graphkit.datasets import CellsParams, simulate_cells
from graphkit.tasks.cells.doublets import oddness


@pytest.fixture(scope="module")
def planted():
    return simulate_cells(CellsParams(n_cells=600, doublets=0.1), seed=3)


def test_two_cells_in_one_are_odd_at_their_depth_and_at_that_of_one(planted):
    counts = planted.counts.copy()
    assert roc_auc_score(planted.doublet, oddness(sparse.csr_matrix(counts))) > 0.95
    rng = np.random.default_rng(0)
    counts[planted.doublet] = rng.binomial(counts[planted.doublet], 0.5)
    assert roc_auc_score(planted.doublet, oddness(sparse.csr_matrix(counts))) > 0.85


def test_it_is_the_share_of_doublets_that_are_less_odd(planted):
    found = oddness(sparse.csr_matrix(planted.counts))
    assert 0 <= found.min() <= found.max() <= 1
    assert 0.25 < np.median(found[planted.doublet]) < 0.95
    assert (found[~planted.doublet] > 0.5).mean() < 0.1


def test_same_seed_same_result(planted):
    counts = sparse.csr_matrix(planted.counts[:200])
    assert (oddness(counts, seed=1) == oddness(counts, seed=1)).all()
    assert (oddness(counts, seed=1) != oddness(counts, seed=2)).any()


def test_two_cells_are_of_one_batch():
    batch = np.repeat([0, 1], [120, 80])
    rng = np.random.default_rng(0)
    rates = np.where(batch[:, None] == np.repeat([0, 1], 15), 5.0, 1.0)
    counts = sparse.csr_matrix(rng.poisson(rates * rng.lognormal(0, 0.3, (200, 1))))
    assert (oddness(counts) <= 0.5).mean() > 0.9
    # Two cells of a kind are not told from one.
    assert np.isnan(oddness(counts, batch=batch)).all()


@pytest.mark.parametrize("n", [4, 12, 60])
def test_of_a_few_cells_nothing_is_told(n, planted):
    assert np.isnan(oddness(sparse.csr_matrix(planted.counts[:n]))).all()


def test_cells_all_alike_are_no_reason_to_fail():
    assert np.isnan(oddness(sparse.csr_matrix(np.full((30, 20), 3.0)))).all()
