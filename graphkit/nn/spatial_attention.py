"""A spot and its neighbours: attention over a table, and a gate that says how much to smooth."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn


class NeighborMix(NamedTuple):
    """What :class:`NeighborAttention` returns.

    Parameters
    ----------
    nodes : Tensor [b, D]
        Each spot mixed with its neighbours.
    gate : Tensor [b]
        Share of the neighbours in it: 0 for a spot without any.
    attention : Tensor [b, k]
        Share of each neighbour among them: adds up to 1, or to 0 for a spot without any.
    """

    nodes: Tensor
    gate: Tensor
    attention: Tensor


class NeighborAttention(nn.Module):
    """Mix each spot with an attention-weighted mean of its neighbours.

    Scores are scaled dot products plus a learned function of the distance. How far a spot is
    moved towards its neighbours is a gate in (0, 1) that sees both. Neither knows directions or an
    order of the neighbours, so turning a slide or permuting its spots changes nothing.

    Parameters
    ----------
    dim
        Numbers per spot.
    radial
        Hidden units of the function of the distance.

    References
    ----------
    Attention over neighbours: Velickovic et al. 2018, arXiv:1710.10903.

    Examples
    --------
    >>> layer = NeighborAttention(2)
    >>> nodes, none = torch.ones(1, 2), torch.zeros(1, 3, dtype=torch.long)
    >>> mix = layer(nodes, torch.tensor([0]), none, none.bool(), none.float())
    >>> mix.nodes.tolist(), mix.gate.tolist()
    ([[1.0, 1.0]], [0.0])
    """

    def __init__(self, dim: int, *, radial: int = 8) -> None:
        super().__init__()
        self.query = nn.Linear(dim, dim, bias=False)
        self.key = nn.Linear(dim, dim, bias=False)
        self.change = nn.Linear(dim, dim)
        self.radial = nn.Sequential(nn.Linear(1, radial), nn.Tanh(), nn.Linear(radial, 1))
        self.gate = nn.Linear(2 * dim, 1)
        # A start as a plain mean, half and half with the spot itself.
        nn.init.zeros_(self.change.weight)
        nn.init.zeros_(self.change.bias)
        nn.init.zeros_(self.gate.weight)
        nn.init.zeros_(self.gate.bias)
        with torch.no_grad():
            self.query.weight.mul_(0.1)

    def forward(
        self, nodes: Tensor, seed: Tensor, index: Tensor, mask: Tensor, distance: Tensor
    ) -> NeighborMix:
        """Return the mix for each spot of `seed`.

        Parameters
        ----------
        nodes : Tensor [m, D]
            Spots and their neighbours.
        seed : LongTensor [b]
            Rows of `nodes` to mix.
        index : LongTensor [b, k]
            Rows of their neighbours.
        mask : BoolTensor [b, k]
            Where `index` is a neighbour.
        distance : Tensor [b, k]
            In spacings of the slide.
        """
        own = nodes[seed]
        if index.shape[1] == 0:
            return NeighborMix(own, own.new_zeros(len(own)), own.new_zeros(index.shape))
        score = (self.query(own)[:, None] * self.key(nodes)[index]).sum(dim=-1)
        score = score / math.sqrt(nodes.shape[1]) + self.radial(distance[..., None])[..., 0]
        score = score.masked_fill(~mask, float("-inf"))
        largest = score.detach().amax(dim=1, keepdim=True).clamp(min=-1e30)
        weight = (score - largest).exp()
        attention = weight / weight.sum(dim=1, keepdim=True).clamp(min=1e-30)
        values = nodes + self.change(nodes)
        around = (attention[..., None] * values[index]).sum(dim=1)
        gate = torch.sigmoid(self.gate(torch.cat([own, around], dim=1)))[:, 0]
        gate = gate * mask.any(dim=1)
        mixed = own + gate[:, None] * (around - own)
        return NeighborMix(mixed, gate, attention)
