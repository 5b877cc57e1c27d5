"""Three losses that bring two views of the same spots together, after scRCL."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


def pairwise_divergence(first: Tensor, second: Tensor) -> Tensor:
    """Return the symmetric Kullback-Leibler divergence of every pair of rows.

    It falls apart into two matrix products, so that no tensor of pairs times classes is made.

    Parameters
    ----------
    first, second : Tensor [n, D], [m, D]
        Logarithms of probabilities.

    Returns
    -------
    Tensor [n, m]
        ``sum((p - q) * (log p - log q))``; 0 or more.

    Examples
    --------
    >>> import torch
    >>> even = torch.tensor([[0.5, 0.5]]).log()
    >>> pairwise_divergence(even, even)
    tensor([[0.]])
    """
    p, q = first.exp(), second.exp()
    own = (p * first).sum(dim=1)[:, None] + (q * second).sum(dim=1)
    return (own - p @ second.T - first @ q.T).clamp(min=0)


class ViewAlignment(nn.Module):
    """Pulls two views together: as whole matrices, and spot by spot (L_hea).

    Parameters
    ----------
    temperature
        Divides embeddings before the softmax.

    References
    ----------
    arXiv:2512.10640.
    """

    def __init__(self, temperature: float = 0.1) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Return the loss of two views ``[n, D]``."""
        first, second = first / self.temperature, second / self.temperature
        whole = _divergence(first.flatten().log_softmax(0), second.flatten().log_softmax(0))
        rows = _divergence(first.log_softmax(dim=1), second.log_softmax(dim=1))
        return whole.sum() + 0.5 * rows.mean()


class NeighborContrast(nn.Module):
    """Holds a spot nearer to its neighbours in the other view than to all others (L_ndc).

    Parameters
    ----------
    temperature
        Divides embeddings before the softmax.

    References
    ----------
    arXiv:2512.10640.
    """

    def __init__(self, temperature: float = 0.1) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, first: Tensor, second: Tensor, near: Tensor) -> Tensor:
        """Return the loss.

        Parameters
        ----------
        first, second : Tensor [n, D]
            Two views.
        near : bool Tensor [n, n]
            Neighbours, each spot itself among them.

        Returns
        -------
        Tensor
            Mean ratio of the divergence from neighbours to that from all others; 0 with a
            gradient path where there is one spot only.
        """
        n = len(first)
        if n < 2:
            return 0.0 * (first.sum() + second.sum())
        divergence = pairwise_divergence(
            (first / self.temperature).log_softmax(dim=1),
            (second / self.temperature).log_softmax(dim=1),
        )
        weight = near.to(divergence.dtype)
        inside = (divergence * weight).sum(dim=1) / weight.sum(dim=1).clamp(min=1)
        others = divergence.sum(dim=1) - divergence.diagonal()
        return (inside / (others / (n - 1)).clamp(min=1e-6)).mean()


class CrossViewConsistency(nn.Module):
    """Makes spots alike across views where they are neighbours, and only there (L_cvc).

    References
    ----------
    arXiv:2512.10640.
    """

    def forward(self, first: Tensor, second: Tensor, near: Tensor) -> Tensor:
        """Return the mean square of cosine minus neighbourhood.

        Parameters
        ----------
        first, second : Tensor [n, K]
            Two views.
        near : bool Tensor [n, n]
            Neighbours, each spot itself among them.
        """
        cosine = functional.normalize(first, dim=1) @ functional.normalize(second, dim=1).T
        return functional.mse_loss(cosine, near.to(cosine.dtype))


def _divergence(first: Tensor, second: Tensor) -> Tensor:
    return ((first.exp() - second.exp()) * (first - second)).sum(dim=-1)
