"""Mixtures that clusterings are made of; the log-posterior of one is the logit of a domain."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from graphkit.errors import InputError
from graphkit.losses import TMixture, fit_t_mixture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Reals = NDArray[np.floating]


@dataclass(frozen=True)
class TiedMixture:
    """A mixture over principal components of an embedding; its log-posterior is linear in them.

    Parameters
    ----------
    mean : ndarray [D]
        Of the embedding.
    axes : ndarray [D, q]
        Principal axes of the embedding.
    weight, bias : ndarray [q, K], [K]
        ``components @ weight + bias`` is the log-posterior up to a constant per spot.
    bic
        Bayesian information criterion; lower is better.
    """

    mean: Floats
    axes: Floats
    weight: Floats
    bias: Floats
    bic: float

    def linear(self) -> tuple[Floats, Floats]:
        """Return weights [D, K] and biases [K]: ``embedding @ weights + biases`` are its logits."""
        weight = self.axes @ self.weight
        return weight, self.bias - self.mean @ weight

    def log_posterior(self, embedding: NDArray[np.floating]) -> Floats:
        """Return logarithms of the probabilities of the K components, ``[n, K]``."""
        z = (np.asarray(embedding, dtype=np.float64) - self.mean) @ self.axes
        logits = z @ self.weight + self.bias
        top = logits.max(axis=1, keepdims=True)
        shifted = logits - top
        return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def fit_tied_mixture(
    embedding: NDArray[np.floating],
    n_domains: int,
    *,
    n_components: int = 15,
    seed: int = 0,
    starts: int = 3,
) -> TiedMixture:
    """Fit a mixture with one covariance.

    Parameters
    ----------
    embedding : ndarray [n, D]
        Embedding of the spots.
    n_domains
        Components of the mixture.
    n_components
        Principal components of the embedding that it sees, at most.
    seed
        Of the starting points.
    starts
        Fits, the most likely of which is kept.

    Raises
    ------
    InputError
        If there are fewer spots than domains.

    Examples
    --------
    >>> spots = np.repeat([[0.0, 0.0], [5.0, 5.0]], 20, axis=0)
    >>> spots += np.random.default_rng(0).normal(size=spots.shape)
    >>> mixture = fit_tied_mixture(spots, 2)
    >>> labels = mixture.log_posterior(spots).argmax(axis=1)
    >>> len(set(labels[:20])), len(set(labels[20:])), labels[0] != labels[20]
    (1, 1, np.True_)
    """
    n = len(embedding)
    if not 1 <= n_domains <= n:
        raise InputError(
            f"{n_domains} domains for {n} spots", slot="n_domains", remedy="Ask for fewer."
        )
    values = np.asarray(embedding, dtype=np.float64)
    mean = values.mean(axis=0)
    _, spread, axes = np.linalg.svd(values - mean, full_matrices=False)
    kept = max(1, min(n_components, int((spread > 1e-6 * max(spread[0], 1e-12)).sum())))
    axes = axes[:kept].T
    z = (values - mean) @ axes
    mixture = GaussianMixture(
        n_domains,
        covariance_type="tied",
        n_init=starts,
        # scikit-learn takes 32 bits.
        random_state=seed % 2**32,
        max_iter=200,
        reg_covar=1e-6 * float(z.var(axis=0).mean()) + 1e-12,
    )
    # A fit that goes on improving in the sixth digit is good enough.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture.fit(z)
    precision = np.linalg.inv(mixture.covariances_)
    weight = precision @ mixture.means_.T
    bias = np.log(mixture.weights_) - 0.5 * np.einsum("kd,dk->k", mixture.means_, weight)
    return TiedMixture(mean, axes, weight, bias, float(mixture.bic(z)))


class TMixtureSettings(NamedTuple):
    """How t mixtures are fitted; see :func:`graphkit.losses.fit_t_mixture`.

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
