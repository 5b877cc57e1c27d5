"""From features of spots to genes and back: exact, and without a dense table of spots by genes."""

import numpy as np
import pytest
from scipy import sparse

from graphkit.builders import GeneLoadings
from graphkit.types import Scores

N, G, F = 12, 7, 3


@pytest.fixture
def source():
    rng = np.random.default_rng(0)
    expression = rng.poisson(1.0, (N, G)).astype(np.float32)
    return GeneLoadings(
        tuple("abcdefg"),
        rng.normal(size=(G, F)),
        expression.mean(axis=0),
        sparse.csr_matrix(expression),
    )


def test_features_are_linear_in_expression(source):
    dense = (source.expression.toarray() - source.mean) @ source.loadings
    np.testing.assert_allclose(source.features(), dense, atol=1e-6)


def test_sparse_projection_equals_dense(source):
    slopes = np.random.default_rng(1).normal(size=(N, F))
    away = source.expression.toarray().astype(np.float64) - source.mean
    dense = ((slopes @ source.loadings.T) * away).sum(axis=0)
    scores = Scores(slopes.ravel(), range(N * F), provenance=source).project()
    assert scores.ids == source.ids
    assert scores.provenance is None
    np.testing.assert_allclose(scores.values, dense, atol=1e-9)
    assert scores.values.sum() == pytest.approx((slopes * source.features()).sum())
