"""A graph convolution over nodes that know how abundant they are, read out in two ways."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from graphkit.nn.debruijn import propagate


class AbundanceGCN(nn.Module):
    """One convolution on de Bruijn graphs of fixed topology, and two readouts of it.

    A node's feature is a vector of its k-mer (a free one, plus a linear map of its letters) plus
    its log abundance times one direction. The readouts are the mean over occurrences, and a
    multi-head attention per occurrence. What differs between sequences enters through edge weights
    and counts alone, so an explanation that varies both explains everything this module says.

    Parameters
    ----------
    letters : Tensor [4^k, 4 k]
        One-hot letters of each k-mer.
    dim
        Numbers per node feature.
    width
        Numbers per node after the convolution; a multiple of `heads`.
    heads
        Attention heads.
    dropout
        Dropout on the node features.

    Attributes
    ----------
    size : int
        Numbers per graph: ``2 * width``.

    Examples
    --------
    >>> gcn = AbundanceGCN(torch.eye(4), dim=3, width=8, heads=2)
    >>> gcn(torch.rand(5, 16), torch.ones(5, 4), torch.full((5, 1), 4.0)).shape
    torch.Size([5, 16])
    """

    letters: Tensor

    def __init__(
        self, letters: Tensor, *, dim: int, width: int, heads: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.register_buffer("letters", letters)
        self.free = nn.Parameter(_normal(len(letters), dim, times=0.1))
        self.shared = nn.Linear(letters.shape[1], dim)
        self.abundance = nn.Parameter(_normal(dim, times=0.1))
        self.conv = nn.Linear(dim, width)
        self.gate = nn.Linear(width, heads)
        self.value = nn.Parameter(_normal(heads, width, width // heads, over=math.sqrt(width)))
        self.dropout = nn.Dropout(dropout)
        self.size = 2 * width

    def forward(self, weights: Tensor, count: Tensor, total: Tensor) -> Tensor:
        """Encode graphs.

        Parameters
        ----------
        weights : Tensor [B, 4^(k+1)]
            Normalised edge weights; each node's added self-loop is not among them.
        count : Tensor [B, 4^k]
            Occurrences of each node.
        total : Tensor [B, 1]
            Occurrences of all nodes. An argument of its own, so that counts can be varied without
            the shares being scaled back.

        Returns
        -------
        Tensor [B, 2 * width]
        """
        nodes, mean, attention = self._read(weights, count, total)
        pooled = torch.bmm(attention.transpose(1, 2), nodes)
        attended = torch.einsum("bhd,hde->bhe", pooled, self.value)
        return torch.cat([mean, attended.flatten(1)], dim=1)

    def attention(self, weights: Tensor, count: Tensor, total: Tensor) -> Tensor:
        """Return how each head weighs the nodes, ``[B, 4^k, heads]``; arguments as to a call."""
        return self._read(weights, count, total)[2]

    def _read(self, weights: Tensor, count: Tensor, total: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return nodes, their mean over all occurrences, and the attention of each head."""
        n = count.shape[1]
        total = total.clamp(min=1)
        level = torch.log((count + 1) * n / (total + n))
        # conv(vector + level * direction): the part all sequences share is made once.
        vector = self.conv(self.dropout(self.free + self.shared(self.letters)))
        direction = self.conv.weight @ self.abundance
        nodes = propagate(vector, weights) + propagate(level[..., None], weights) * direction
        nodes = nodes.relu()
        share = count / total
        mean = torch.bmm(share[:, None], nodes)[:, 0]
        # Scores are bounded so that an exponential can neither overflow nor vanish.
        attention = self.gate(nodes).clamp(-8, 8).exp() * share[..., None]
        return nodes, mean, attention / attention.sum(dim=1, keepdim=True).clamp(min=1e-12)


def _normal(*size: int, times: float = 1.0, over: float = 1.0) -> Tensor:
    # On the device "meta", where model folders are compared, there is nothing to draw, and torch
    # would import its compiler for it, which takes as long as torch itself.
    values = torch.empty(size)
    return values if values.is_meta else values.normal_().mul_(times).div_(over)
