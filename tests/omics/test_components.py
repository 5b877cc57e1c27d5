import numpy as np
import pytest
from scipy import sparse

from graphkit.errors import InputError
from graphkit.omics import principal_components

DENSE = np.random.default_rng(0).poisson(0.5, (60, 25)) * np.linspace(0.2, 3, 25)
WIDE = DENSE.T.copy()


def oracle(matrix, d):
    left, values, _ = np.linalg.svd(matrix - matrix.mean(axis=0), full_matrices=False)
    return left[:, :d] * values[:d]


@pytest.mark.parametrize("dense", [DENSE, WIDE], ids=["tall", "wide"])
@pytest.mark.parametrize("store", [np.asarray, sparse.csr_matrix], ids=["dense", "sparse"])
def test_against_the_dense_decomposition(dense, store):
    found = principal_components(store(dense), n_components=5, seed=1)
    expected = oracle(dense, 5)
    for i in range(5):
        sign = np.sign(found.scores[:, i] @ expected[:, i])
        np.testing.assert_allclose(found.scores[:, i] * sign, expected[:, i], atol=1e-4)
    loadings = found.loadings
    np.testing.assert_allclose(loadings.T @ loadings, np.eye(5), atol=1e-5)
    assert (loadings[np.abs(loadings).argmax(axis=0), range(5)] > 0).all()
    np.testing.assert_allclose(found.mean, dense.mean(axis=0), rtol=1e-5, atol=1e-6)
    assert found.scores.dtype == np.float32


def test_all_components_give_the_matrix_back():
    found = principal_components(DENSE, n_components=24)
    rest = found.scores @ found.loadings.T + found.mean - DENSE
    assert np.abs(rest).max() < np.abs(DENSE - DENSE.mean(axis=0)).max()
    assert (rest**2).sum() < 0.02 * (DENSE**2).sum()


@pytest.mark.parametrize("dense", [DENSE, WIDE], ids=["tall", "wide"])
def test_neither_seed_nor_order_matters(dense):
    order = np.random.default_rng(2).permutation(len(dense))
    matrix = sparse.csr_matrix(dense)
    first = principal_components(matrix, n_components=4, seed=3).scores
    other = principal_components(matrix[order], n_components=4, seed=4).scores
    np.testing.assert_allclose(other, first[order], atol=1e-4)


def test_too_many_components_are_cut():
    with pytest.warns(UserWarning, match="n_components = 50 cut to 24"):
        assert principal_components(DENSE).scores.shape == (60, 24)


@pytest.mark.parametrize("store", [np.asarray, sparse.csr_matrix], ids=["dense", "sparse"])
@pytest.mark.parametrize("shape", [(20, 8), (8, 20)])
def test_spots_that_are_all_alike_have_zero_scores(store, shape):
    found = principal_components(store(np.full(shape, 3.0)), n_components=3)
    assert found.scores.shape == (shape[0], 3)
    assert not found.scores.any()
    assert (found.mean == 3.0).all()


def test_what_has_no_components():
    with pytest.raises(InputError, match="1 spots x 5 genes"):
        principal_components(np.ones((1, 5)))
    with pytest.raises(InputError, match="n_components"):
        principal_components(DENSE, n_components=0)
