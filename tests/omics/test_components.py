import numpy as np
import pytest
from scipy import sparse

from graphkit.errors import InputError
from graphkit.omics import components as module
from graphkit.omics import pca, principal_components

DENSE = np.random.default_rng(0).poisson(0.5, (60, 25)) * np.linspace(0.2, 3, 25)
WIDE = DENSE.T.copy()


def oracle(matrix, d):
    left, values, _ = np.linalg.svd(matrix - matrix.mean(axis=0), full_matrices=False)
    return left[:, :d] * values[:d]


@pytest.fixture(params=["gram", "blocks", "iteration"])
def way(request, monkeypatch):
    """Every way a decomposition may go."""
    if request.param == "blocks":
        monkeypatch.setattr(module, "BLOCK", 7)
    if request.param == "iteration":
        monkeypatch.setattr(module, "MAX_GRAM", 3)


@pytest.mark.parametrize("dense", [DENSE, WIDE], ids=["tall", "wide"])
@pytest.mark.parametrize("store", [np.asarray, sparse.csr_matrix], ids=["dense", "sparse"])
def test_against_the_dense_decomposition(way, dense, store):
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
@pytest.mark.usefixtures("one_thread")
def test_the_same_every_time_and_in_every_order(way, dense):
    order = np.random.default_rng(2).permutation(len(dense))
    matrix = sparse.csr_matrix(dense)
    first = pca(matrix, n_components=4, seed=3)
    np.testing.assert_array_equal(first, pca(matrix, n_components=4, seed=3))
    np.testing.assert_allclose(pca(matrix[order], n_components=4, seed=3), first[order], atol=1e-4)


def test_too_many_components_are_cut():
    with pytest.warns(UserWarning, match="n_components = 50 cut to 24"):
        assert pca(DENSE).shape == (60, 24)


def test_spots_that_are_all_alike_have_zero_scores(way):
    for same in (np.ones((20, 8)), np.ones((8, 20))):
        scores = pca(same, n_components=3)
        assert np.isfinite(scores).all()
        np.testing.assert_allclose(scores, 0, atol=1e-6)


def test_what_has_no_components():
    with pytest.raises(InputError, match="1 spots x 5 genes"):
        pca(np.ones((1, 5)))
    with pytest.raises(InputError, match="n_components"):
        pca(DENSE, n_components=0)
