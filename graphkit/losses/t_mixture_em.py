"""Expectation-maximisation for mixtures of Student's t."""

from __future__ import annotations

import torch
from torch import Tensor

from graphkit.errors import InputError
from graphkit.losses.t_mixture import TMixture


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


def cast(mixture: TMixture, like: Tensor) -> TMixture:
    """Return the mixture with the type and on the device of another tensor."""
    return TMixture(*(part.to(like) for part in mixture))
