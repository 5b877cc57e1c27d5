"""Mixtures that clusterings are made of; the log-posterior of one is the logit of a domain."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from scipy.special import softmax
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from graphkit.losses import TMixture, fit_t_mixture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Reals = NDArray[np.floating]

RIDGE = 0.05
"""Variance that is added to a mixture's covariance, in mean variances of a column."""
STARTS = 3
"""Fits of a mixture, the most likely of which is kept."""


class LinearMixture(NamedTuple):
    """A mixture of one covariance: its log-posterior is linear in what it was fitted to.

    Parameters
    ----------
    weight, bias : ndarray [D, K], [K]
        ``x @ weight + bias`` is the log-posterior up to a constant per spot.
    """

    weight: Floats
    bias: Floats

    def posterior(self, x: Reals) -> Floats:
        """Return the probabilities of the K components, ``[n, K]``."""
        return softmax(x @ self.weight + self.bias, axis=1)


def fit_tied_mixture(x: Reals, n_domains: int, *, seed: int = 0) -> LinearMixture:
    """Fit a mixture of Gaussians with one covariance, drawn a little towards a sphere.

    Parameters
    ----------
    x : ndarray [n, D]
        Spots.
    n_domains
        Components of the mixture, at most n.
    seed
        Of the starting points.

    Examples
    --------
    >>> spots = np.repeat([[0.0, 0.0], [5.0, 5.0]], 20, axis=0)
    >>> spots += np.random.default_rng(0).normal(size=spots.shape)
    >>> labels = fit_tied_mixture(spots, 2).posterior(spots).argmax(axis=1)
    >>> len(set(labels[:20])), len(set(labels[20:])), labels[0] != labels[20]
    (1, 1, np.True_)
    """
    mixture = GaussianMixture(
        n_domains,
        covariance_type="tied",
        n_init=STARTS,
        # scikit-learn takes 32 bits.
        random_state=seed % 2**32,
        reg_covar=RIDGE * float(np.var(x, axis=0).mean()) + 1e-12,
    )
    # A fit that goes on improving in the sixth digit is good enough.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture.fit(x)
    weight = np.linalg.solve(mixture.covariances_, mixture.means_.T)
    bias = np.log(mixture.weights_) - 0.5 * np.einsum("kd,dk->k", mixture.means_, weight)
    return LinearMixture(weight, bias)


def fit_kmeans(x: Reals, n_domains: int, *, seed: int = 0) -> LinearMixture:
    """Return k-means as a mixture of spheres of one size, that of the mean square distance.

    Parameters
    ----------
    x : ndarray [n, D]
        Spots.
    n_domains
        Clusters, at most n.
    seed
        Of the starting points.
    """
    model = KMeans(n_domains, n_init=STARTS, random_state=seed % 2**32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(x)
    centres, size = model.cluster_centers_, max(model.inertia_ / x.size, 1e-12)
    return LinearMixture(centres.T / size, -0.5 * np.square(centres).sum(axis=1) / size)


class TMixtureSettings(NamedTuple):
    """Settings of the fit of t mixtures; see :func:`graphkit.losses.fit_t_mixture`.

    Parameters
    ----------
    dof
        Degrees of freedom.
    shared
        How far components share one shape.
    iterations
        Rounds of EM, at most.
    """

    dof: float = 4.0
    shared: float = 0.5
    iterations: int = 20


def cluster(
    x: Reals,
    n_modules: int,
    *,
    seed: int,
    restarts: int = 1,
    settings: TMixtureSettings | None = None,
) -> tuple[TMixture, NDArray[np.float64]]:
    """Fit a t mixture started from k-means.

    Parameters
    ----------
    x : float [G, D]
        Embeddings.
    n_modules
        Components.
    seed, restarts
        Of k-means.
    settings
        Of the mixture.

    Returns
    -------
    mixture
    posterior : float64 [G, K]
    """
    s = settings or TMixtureSettings()
    labels = KMeans(n_modules, n_init=restarts, random_state=seed).fit_predict(x)
    points = torch.from_numpy(np.asarray(x, dtype=np.float64))
    start = torch.nn.functional.one_hot(torch.from_numpy(labels).long(), n_modules)
    mixture = fit_t_mixture(points, start, dof=s.dof, shared=s.shared, iterations=s.iterations)
    return mixture, mixture.responsibilities(points).numpy()
