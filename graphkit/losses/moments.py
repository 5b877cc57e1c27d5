"""Batches made alike: their means and variances in the embedding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST = 1e-6


class MatchedMoments(nn.Module):
    """Draws groups of items, such as protocols or conditions, to one mean and one variance.

    Each number of the embedding is divided by its deviation over all items, so that nothing is
    gained by shrinking. What differs between groups because they hold other types of cells goes,
    too: it is for groups that hold the same.

    References
    ----------
    After feature matching between domains; Sun and Saenko 2016, arXiv:1607.01719.

    Examples
    --------
    >>> z = torch.tensor([[0.0], [1.0], [0.0], [1.0]])
    >>> float(MatchedMoments()(z, torch.tensor([0, 0, 1, 1])))
    0.0
    >>> float(MatchedMoments()(z, torch.tensor([0, 1, 0, 1])))  # all that differs is the group
    2.0
    """

    def forward(
        self,
        embeddings: Tensor,
        labels: Tensor,
        indices_tuple: Sequence[Tensor] | None = None,
        ref_emb: Tensor | None = None,
        ref_labels: Tensor | None = None,
    ) -> Tensor:
        """Return the mean square of what sets a group's mean and variance apart, a scalar.

        Parameters
        ----------
        embeddings : Tensor [B, D]
        labels : LongTensor [B]
            Group of each item. A group of one item does not count; a single group costs nothing.
        indices_tuple
            Not read: there are no pairs.
        ref_emb : Tensor [M, D], optional
        ref_labels : LongTensor [M], optional
            More items, and their groups.
        """
        del indices_tuple
        if ref_emb is not None and ref_labels is not None:
            embeddings, labels = torch.cat([embeddings, ref_emb]), torch.cat([labels, ref_labels])
        names, sizes = labels.unique(return_counts=True)
        names = names[sizes > 1]
        if len(names) < 2:
            return 0.0 * embeddings.sum()
        centred = embeddings - embeddings.mean(dim=0)
        unit = centred / (centred.square().mean(dim=0) + _LEAST**2).sqrt()
        apart = [_excess(unit[labels == name]) for name in names]
        return torch.stack(apart).mean()


def _excess(z: Tensor) -> Tensor:
    """Return how far mean and variance of some standardised items are from 0 and 1."""
    variance = z.var(dim=0, correction=0)
    return (z.mean(dim=0).square() + (variance - 1).square()).mean()
