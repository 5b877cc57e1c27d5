"""Three losses that bring two views of the same spots together, after scRCL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    >>> even = torch.tensor([[0.5, 0.5]]).log()
    >>> pairwise_divergence(even, even)
    tensor([[0.]])
    """
    p, q = first.exp(), second.exp()
    own = (p * first).sum(dim=1)[:, None] + (q * second).sum(dim=1)
    return (own - p @ second.T - first @ q.T).clamp(min=0)


class TwoViewLoss(nn.Module, ABC):
    """A loss of two views of the same items, called as the losses of pytorch-metric-learning are.

    Parameters
    ----------
    temperature
        Divides embeddings before a softmax.

    References
    ----------
    arXiv:2512.10640.
    """

    def __init__(self, temperature: float = 0.1) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(
        self,
        embeddings: Tensor,
        labels: Tensor | None = None,
        indices_tuple: Sequence[Tensor] | None = None,
        ref_emb: Tensor | None = None,
        ref_labels: Tensor | None = None,
    ) -> Tensor:
        """Return the loss, a scalar; 0 with a gradient path where there is no pair to compare.

        Parameters
        ----------
        embeddings : Tensor [n, D]
            First view.
        labels : Tensor [n], optional
            Items of one label are neighbours, where `indices_tuple` names none.
        indices_tuple : tuple of LongTensor, optional
            Its first two are the pairs of neighbours, ``(item of the first view, item of the
            second)``, each item and itself among them; what follows (negatives) is not read.
            Without this and labels, an item has itself alone.
        ref_emb : Tensor [n, D], optional
            Second view; the first once more if None.
        ref_labels : Tensor [n], optional
            Labels in the second view; `labels` if None.
        """
        second = embeddings if ref_emb is None else ref_emb
        if indices_tuple is not None:
            near = embeddings.new_zeros(len(embeddings), len(second))
            near[indices_tuple[0], indices_tuple[1]] = 1.0
        elif labels is not None:
            near = (labels[:, None] == (labels if ref_labels is None else ref_labels)[None]).to(
                embeddings.dtype
            )
        else:
            near = torch.eye(len(embeddings), dtype=embeddings.dtype, device=embeddings.device)
        if len(embeddings) < self.fewest:
            return 0.0 * (embeddings.sum() + second.sum())
        return self.compare(embeddings, second, near)

    fewest: ClassVar[int] = 1

    @abstractmethod
    def compare(self, first: Tensor, second: Tensor, near: Tensor) -> Tensor:
        """Return the loss of two views [n, D], given 1 where items are neighbours [n, n]."""


class ViewAlignment(TwoViewLoss):
    """Pulls two views together: as whole matrices, and item by item (L_hea).

    It reads no neighbours. Parameters and reference: :class:`TwoViewLoss`.
    """

    def compare(self, first: Tensor, second: Tensor, near: Tensor) -> Tensor:
        """Return the divergence of the whole plus half the mean divergence of the rows."""
        del near
        first, second = first / self.temperature, second / self.temperature
        whole = _divergence(first.flatten().log_softmax(0), second.flatten().log_softmax(0))
        rows = _divergence(first.log_softmax(dim=1), second.log_softmax(dim=1))
        return whole.sum() + 0.5 * rows.mean()


class NeighborContrast(TwoViewLoss):
    """Holds a spot nearer to its neighbours in the other view than to all others (L_ndc).

    The mean ratio of the divergence from neighbours to that from all others. Parameters and
    reference: :class:`TwoViewLoss`.
    """

    fewest = 2

    def compare(self, first: Tensor, second: Tensor, near: Tensor) -> Tensor:
        """Return the mean ratio."""
        divergence = pairwise_divergence(
            (first / self.temperature).log_softmax(dim=1),
            (second / self.temperature).log_softmax(dim=1),
        )
        inside = (divergence * near).sum(dim=1) / near.sum(dim=1).clamp(min=1)
        others = divergence.sum(dim=1) - divergence.diagonal()
        return (inside / (others / (len(first) - 1)).clamp(min=1e-6)).mean()


class CrossViewConsistency(TwoViewLoss):
    """Makes spots alike across views where they are neighbours, and only there (L_cvc).

    The mean square of cosine minus neighbourhood; no temperature enters. Reference:
    :class:`TwoViewLoss`.
    """

    def compare(self, first: Tensor, second: Tensor, near: Tensor) -> Tensor:
        """Return the mean square."""
        cosine = functional.normalize(first, dim=1) @ functional.normalize(second, dim=1).T
        return functional.mse_loss(cosine, near)


def _divergence(first: Tensor, second: Tensor) -> Tensor:
    return ((first.exp() - second.exp()) * (first - second)).sum(dim=-1)
