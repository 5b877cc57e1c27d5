"""Moran's I and fold changes against slow loops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from graphkit.errors import InputError
from graphkit.evaluation.tissues.genes import morans_i


def by_loop(x, w):
    n, away = len(x), x - x.mean()
    joint = sum(w[i, j] * away[i] * away[j] for i in range(n) for j in range(n))
    return n / w.sum() * joint / (away**2).sum()


@given(seed=st.integers(0, 50), block=st.integers(1, 5))
def test_moran_equals_loop(seed, block):
    rng = np.random.default_rng(seed)
    values = rng.poisson(0.7, (9, 4)).astype(float)
    values[0] += 1e-3 * np.arange(1, 5)  # no gene is constant
    weights = rng.random((9, 9)) * (rng.random((9, 9)) < 0.4)
    weights[0, 1] = 1.0
    expected = [by_loop(column, weights) for column in values.T]
    found = morans_i(sparse.csr_matrix(values), sparse.csr_matrix(weights), block=block)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    np.testing.assert_allclose(morans_i(values, sparse.csr_matrix(weights)), expected, atol=1e-9)


@pytest.mark.slow  # scanpy loads for long
def test_moran_equals_scanpy():
    metrics = pytest.importorskip("scanpy").metrics
    rng = np.random.default_rng(0)
    values = sparse.csr_matrix(rng.poisson(1.0, (60, 5)).astype(float))
    weights = sparse.random(60, 60, 0.1, random_state=0, format="csr")
    np.testing.assert_allclose(
        morans_i(values, weights), metrics.morans_i(weights, values.T.tocsr()), atol=1e-9
    )


def test_moran_of_what_does_not_vary_is_missing():
    chain = sparse.diags([1.0, 1.0], [-1, 1], shape=(4, 4))
    values = np.array([[0.1, 3.0, 0.0], [0.1, 3.0, 0.0], [0.1, 3.0, 1.0], [0.1, 3.0, 1.0]])
    assert np.isnan(morans_i(values, chain)).tolist() == [True, True, False]


def test_moran_without_edges_is_missing():
    assert np.isnan(morans_i(np.eye(3), sparse.csr_matrix((3, 3)))).all()


def test_moran_of_noise_is_near_its_expectation():
    n = 400
    rng = np.random.default_rng(1)
    ring = sparse.diags([1.0, 1.0], [-1, 1], shape=(n, n))
    found = morans_i(rng.normal(size=(n, 200)), ring)
    assert abs(found.mean() + 1 / (n - 1)) < 0.01


def test_moran_refuses_another_graph():
    with pytest.raises(InputError, match="a graph of 3 spots for 4"):
        morans_i(np.eye(4), sparse.eye(3))
