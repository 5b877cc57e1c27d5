"""Mixtures of multivariate Student's t: density, a fit by EM, and a loss made of them."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from graphkit.errors import InputError


class TMixture(NamedTuple):
    """A mixture of K multivariate t-distributions in D dimensions.

    Parameters
    ----------
    weight : Tensor [K]
        Mixing proportions; they sum to 1.
    mean : Tensor [K, D]
    scale_tril : Tensor [K, D, D]
        Lower Cholesky factors of the scale matrices.
    dof : Tensor [K]
        Degrees of freedom, above 0; the tails are heavier the fewer there are.
    """

    weight: Tensor
    mean: Tensor
    scale_tril: Tensor
    dof: Tensor

    def squared_distance(self, x: Tensor) -> Tensor:
        """Return squared Mahalanobis distances ``[N, K]`` of ``x [N, D]``."""
        away = (x[None] - self.mean[:, None]).transpose(1, 2)
        return torch.linalg.solve_triangular(self.scale_tril, away, upper=False).square().sum(1).T

    def log_joint(self, x: Tensor) -> Tensor:
        """Return ``log(weight_k) + log t_k(x)``.

        Parameters
        ----------
        x : Tensor [N, D]

        Returns
        -------
        Tensor [N, K]
            Its log-sum-exp over components is the log-density, its softmax the posterior.
        """
        d, nu = x.shape[1], self.dof
        log_det = self.scale_tril.diagonal(dim1=1, dim2=2).log().sum(dim=1)
        constant = (
            torch.lgamma((nu + d) / 2)
            - torch.lgamma(nu / 2)
            - d / 2 * (nu * math.pi).log()
            - log_det
        )
        tail = -(nu + d) / 2 * torch.log1p(self.squared_distance(x) / nu)
        return self.weight.clamp(min=1e-30).log() + constant + tail

    def responsibilities(self, x: Tensor) -> Tensor:
        """Return the posterior probability of each component, ``[N, K]``."""
        return self.log_joint(x).softmax(dim=1)

    def log_density(self, x: Tensor) -> Tensor:
        """Return the log-density of each point, ``[N]``."""
        return self.log_joint(x).logsumexp(dim=1)

    def to(self, like: Tensor) -> TMixture:
        """Return the mixture with the type and on the device of another tensor."""
        return TMixture(*(part.to(like) for part in self))


class TMixtureLoss(nn.Module):
    """Negative log-likelihood of embeddings under a mixture, optionally self-paced.

    The mixture is held fixed: it is estimated by EM (:func:`~graphkit.losses.fit_t_mixture`)
    between epochs, and the gradient moves the embeddings. Self-paced: only the embeddings the
    mixture is surest of count, a share that the caller lets grow. No metric loss: it compares items
    with a density, not with one another, hence not the signature of one.

    References
    ----------
    After DARLC, arXiv:2409.01781; Peel and McLachlan 2000, doi:10.1023/A:1008981510081; Kumar et
    al. 2010 for self-paced learning.

    Examples
    --------
    >>> mixture = TMixture(torch.ones(1), torch.zeros(1, 1), torch.ones(1, 1, 1), torch.ones(1))
    >>> round(float(TMixtureLoss()(torch.zeros(2, 1), mixture)), 4)  # log(pi), for Cauchy
    1.1447
    """

    def forward(self, embeddings: Tensor, mixture: TMixture, *, share: float = 1.0) -> Tensor:
        """Return the mean negative log-likelihood per dimension.

        Parameters
        ----------
        embeddings : Tensor [B, D]
        mixture
            The mixture, on the same device.
        share
            Share of the batch that counts, those of highest posterior first; 0 gives a loss of 0.
        """
        joint = mixture.log_joint(embeddings.float())
        kept = math.ceil(share * len(joint))
        if not kept:
            return embeddings.sum() * 0.0
        sure = joint.detach().softmax(dim=1).amax(dim=1)
        chosen = torch.topk(sure, kept, sorted=False).indices
        return -joint[chosen].logsumexp(dim=1).mean() / embeddings.shape[1]


def fit_t_mixture(
    x: Tensor,
    posterior: Tensor,
    *,
    dof: float = 4.0,
    ridge: float = 1e-3,
    shared: float = 0.0,
    iterations: int = 200,
    tolerance: float = 1e-6,
) -> TMixture:
    """Fit a mixture of multivariate t-distributions by EM, from given soft assignments.

    Each M-step weighs a point by its posterior times ``(dof + D) / (dof + distance^2)``, so that
    outliers move neither mean nor scale much.

    Parameters
    ----------
    x : Tensor [N, D]
        Points; the fit runs in float64.
    posterior : Tensor [N, K]
        Where to start: rows sum to 1 (one-hot k-means labels do).
    dof
        Degrees of freedom of every component, held fixed.
    ridge
        Added to the diagonal of every scale matrix, as a share of the mean variance of `x`.
    shared
        0 gives each component its own scale matrix, 1 the pooled one to all; between, a mix.
    iterations, tolerance
        Stop after that many rounds, or when the mean log-density changes by less.

    Raises
    ------
    InputError
        No points, a point that is not finite, or `posterior` of another length.

    References
    ----------
    Peel and McLachlan 2000, doi:10.1023/A:1008981510081.

    Examples
    --------
    >>> x = torch.tensor([[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]])
    >>> start = torch.eye(2)[torch.tensor([0, 0, 0, 1, 1, 1])]
    >>> fit_t_mixture(x, start).mean.round(decimals=1).flatten()
    tensor([0.1000, 9.1000], dtype=torch.float64)
    """
    points = x.detach().double()
    if not len(points) or not bool(points.isfinite().all()) or len(points) != len(posterior):
        raise InputError(
            f"{tuple(points.shape)} points with {len(posterior)} assignments",
            slot="x",
            remedy="Pass finite points, at least one, and one row of assignments for each.",
        )
    r = posterior.detach().double()
    floor = ridge * points.var(dim=0, correction=0).mean().clamp(min=1e-12)
    weigh = torch.ones_like(r)
    before = -torch.inf
    mixture = m_step(points, r, weigh, dof=dof, floor=floor, shared=shared)
    for _ in range(iterations):
        joint = mixture.log_joint(points)
        now = float(joint.logsumexp(dim=1).mean())
        if abs(now - before) < tolerance:
            break
        before = now
        r = joint.softmax(dim=1)
        weigh = (dof + points.shape[1]) / (dof + mixture.squared_distance(points))
        mixture = m_step(points, r, weigh, dof=dof, floor=floor, shared=shared)
    return mixture


def m_step(
    x: Tensor, r: Tensor, weigh: Tensor, *, dof: float, floor: Tensor, shared: float
) -> TMixture:
    """Return the mixture that maximises the expected log-likelihood.

    Parameters
    ----------
    x : Tensor [N, D]
    r : Tensor [N, K]
        Posterior of each component.
    weigh : Tensor [N, K]
        Expected precision of each point under each component.
    dof, shared
        As in :func:`fit_t_mixture`.
    floor : Tensor []
        Added to the diagonal of the scale matrices.
    """
    n, d = x.shape
    size = r.sum(dim=0)
    mass = r * weigh
    mean = (mass.T @ x) / mass.sum(dim=0).clamp(min=1e-12)[:, None]
    scatter = torch.stack([_scatter(x - m, w) for m, w in zip(mean, mass.T, strict=True)])
    pooled = scatter.sum(dim=0) / n
    own = scatter / size.clamp(min=1e-12)[:, None, None]
    # A component that has lost its points keeps the pooled shape instead of none.
    own = torch.where((size < 1e-6)[:, None, None], pooled, own)
    scale = (1 - shared) * own + shared * pooled
    scale = scale + floor * torch.eye(d, dtype=x.dtype, device=x.device)
    return TMixture(size / n, mean, torch.linalg.cholesky(scale), torch.full_like(size, dof))


def _scatter(away: Tensor, weight: Tensor) -> Tensor:
    return (away * weight[:, None]).T @ away
