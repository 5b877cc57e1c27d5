"""A mixture of one covariance says what scikit-learn's does, as a linear function."""

import numpy as np
from sklearn.mixture import GaussianMixture

from graphkit.methods.mixtures import RIDGE, STARTS, cluster, fit_kmeans, fit_tied_mixture


def blobs(seed=0):
    generator = np.random.default_rng(seed)
    centres = np.array([[0, 0, 0], [6, 0, 0], [0, 6, 3]])
    return np.repeat(centres, 50, axis=0) + generator.normal(size=(150, 3))


def test_posterior_is_that_of_the_mixture():
    spots = blobs()
    ridge = RIDGE * spots.var(axis=0).mean() + 1e-12
    how = {"covariance_type": "tied", "n_init": STARTS, "random_state": 1, "reg_covar": ridge}
    slow = GaussianMixture(3, **how).fit(spots)
    found = fit_tied_mixture(spots, 3, seed=1).posterior(spots)
    np.testing.assert_allclose(found, slow.predict_proba(spots), atol=1e-6)
    assert len(set(found.argmax(axis=1)[:50])) == 1


def test_k_means_as_a_mixture_gives_each_spot_to_the_nearest_centre():
    spots = blobs()
    found = fit_kmeans(spots, 3).posterior(spots)
    truth = np.repeat([0, 1, 2], 50)
    centres = np.stack([spots[found.argmax(axis=1) == k].mean(axis=0) for k in range(3)])
    nearest = np.square(spots[:, None] - centres).sum(axis=2).argmin(axis=1)
    assert (found.argmax(axis=1) == nearest).mean() > 0.99
    assert len({(a, b) for a, b in zip(truth, nearest, strict=True)}) == 3


def test_constant_columns_and_one_domain():
    spots = np.hstack([blobs(), np.ones((150, 2))])
    assert np.isfinite(fit_tied_mixture(spots, 2).posterior(spots)).all()
    assert np.allclose(fit_tied_mixture(spots, 1).posterior(spots), 1)


def test_cluster_is_deterministic_and_sums_to_one():
    x = np.random.default_rng(0).normal(size=(60, 3))
    first, again = (cluster(x, 4, seed=1)[1] for _ in range(2))
    assert (first == again).all()
    np.testing.assert_allclose(first.sum(axis=1), 1)
