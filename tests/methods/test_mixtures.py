"""A mixture of one covariance says what scikit-learn's does, as a linear function."""

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from graphkit.errors import InputError
from graphkit.methods.mixtures import cluster, fit_tied_mixture


def blobs(seed=0):
    generator = np.random.default_rng(seed)
    centres = np.array([[0, 0, 0], [6, 0, 0], [0, 6, 3]])
    return np.repeat(centres, 50, axis=0) + generator.normal(size=(150, 3))


def test_posterior_is_that_of_the_mixture():
    spots = blobs()
    mixture = fit_tied_mixture(spots, 3, seed=1)
    z = (spots - mixture.mean) @ mixture.axes
    slow = GaussianMixture(3, covariance_type="tied", n_init=3, random_state=1, max_iter=200)
    posterior, expected = np.exp(mixture.log_posterior(spots)), slow.fit(z).predict_proba(z)
    assert np.allclose(posterior.sum(axis=1), 1)
    # Starts that end in one optimum tie to rounding, so either may be kept: components have no
    # order of their own, and are compared blob by blob.
    order, theirs = (each[[0, 50, 100]].argmax(axis=1) for each in (posterior, expected))
    assert set(order) == set(theirs) == {0, 1, 2}
    assert np.allclose(posterior[:, order], expected[:, theirs], atol=1e-4)
    assert len(set(posterior.argmax(axis=1)[:50])) == 1


def test_constant_columns_and_one_domain():
    spots = np.hstack([blobs(), np.ones((150, 2))])
    assert np.isfinite(fit_tied_mixture(spots, 2).log_posterior(spots)).all()
    assert np.allclose(fit_tied_mixture(spots, 1).log_posterior(spots), 0)


def test_more_domains_than_spots():
    with pytest.raises(InputError, match="4 domains for 3 spots"):
        fit_tied_mixture(np.eye(3), 4)


def test_cluster_is_deterministic_and_sums_to_one():
    x = np.random.default_rng(0).normal(size=(60, 3))
    first, again = (cluster(x, 4, seed=1)[1] for _ in range(2))
    assert (first == again).all()
    np.testing.assert_allclose(first.sum(axis=1), 1)
