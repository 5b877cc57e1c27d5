"""Mixtures of multivariate Student's t: density, soft assignments, and a loss made of them."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn


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
