"""A transcript read whole and by its ends: what LncLoc and its kin share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from graphkit.builders import OneHotKmers, RegionBuilder, RegionCrops, Spectrum, edge_weights
from graphkit.errors import InputError
from graphkit.methods.base import SequenceMethod
from graphkit.nn import AbundanceGCN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.methods.lncloc_params import LncLocParams
    from graphkit.training import BatchDataset

    Codes = NDArray[np.uint8]

# Composition as `graphkit.sequences.composition` gives it: length, 4 bases, 16 dinucleotides.
_SIDE = 21


class RegionReader(SequenceMethod):
    """Base class of methods that read a transcript and its ends, up to a hidden layer.

    Each region is a de Bruijn graph whose nodes know their abundance
    (:class:`~graphkit.nn.AbundanceGCN`); the readouts, length and composition meet in one hidden
    layer. What stands behind it is the method's own.

    Parameters
    ----------
    classes
        Class names.
    params
        What there is to choose.
    whole, ends
        Encoders of the whole transcript's graph and of those of its ends, like
        :class:`~graphkit.nn.AbundanceGCN`; made after `params` where not given.
    """

    mean_weights: Tensor
    mean_shares: Tensor

    def __init__(
        self,
        classes: tuple[str, ...],
        params: LncLocParams,
        *,
        whole: AbundanceGCN | None = None,
        ends: AbundanceGCN | None = None,
    ) -> None:
        super().__init__(classes, params)
        p = params
        self.regions = p.builder().regions
        self.whole = whole or _gcn(p, p.k, p.width)
        self.ends = ends or _gcn(p, p.k_ends, p.width_ends)
        # The average training record: normalised edge weights, and shares of each region's nodes.
        self.register_buffer("mean_weights", torch.zeros(sum(4 ** (r.k + 1) for r in self.regions)))
        self.register_buffer("mean_shares", torch.zeros(sum(4**r.k for r in self.regions)))
        size = self.whole.size + (len(self.regions) - 1) * self.ends.size + _SIDE
        self.norm = nn.BatchNorm1d(size, affine=False, momentum=0.05)
        self.trunk = nn.Sequential(
            nn.Dropout(p.dropout), nn.Linear(size, p.hidden), nn.ReLU(), nn.Dropout(p.dropout)
        )

    def embed(self, data: Spectrum, **inputs: Tensor | None) -> Tensor:
        """Return graph embeddings ``[B, hidden]``.

        Parameters
        ----------
        data
            Counts of all regions, from :meth:`LncLocParams.builder`.
        inputs
            ``edge_weight`` [B, E] and ``node_count`` [B, N] of all regions, ``side`` [B, 21]: each
            in place of what `data` has.
        """
        return self.trunk(self._normalise(self._read(data, **inputs)))

    def side_baseline(self) -> Tensor:
        """Return the mean length and composition that the normalisation has seen, ``[S]``."""
        return cast("Tensor", self.norm.running_mean)[-_SIDE:]

    def average(self, data: Spectrum) -> dict[str, Tensor] | None:
        """Return mean edge weights and node shares of the training records, at the size of `data`.

        None for a network that was not made by :meth:`fresh`.
        """
        if not self.mean_shares.any():
            return None
        totals = [part.sum(dim=1, keepdim=True) for part in self._nodes(data.nodes)]
        shares = self._nodes(self.mean_shares[None])
        counts = torch.cat([share * total for share, total in zip(shares, totals, strict=True)], 1)
        return {"edge_weight": self.mean_weights[None], "node_count": counts}

    def attention(self, data: Spectrum) -> Tensor:
        """Return the heads' mean attention over the nodes of the whole; the ends' is left out."""
        heads = self.whole.attention(*self._graphs(data)[0])[0].mean(dim=1)
        first = data.edges.shape[1]
        units = heads.new_zeros(first + data.nodes.shape[1])
        units[first : first + len(heads)] = heads
        return units

    @classmethod
    def fresh(
        cls,
        classes: tuple[str, ...],
        params: Any,
        codes: Sequence[Codes],
        *,
        y: Sequence[Any],
        seed: int,
    ) -> Self:
        """Return a network with fresh weights that knows the average of its training records."""
        method = super().fresh(classes, params, codes, y=y, seed=seed)
        graphs = method._graphs(params.builder().spectrum(codes))
        weights = [weight for weight, _, _ in graphs]
        shares = [count / total.clamp(min=1) for _, count, total in graphs]
        method.mean_weights.copy_(torch.cat(weights, dim=1).mean(dim=0))
        method.mean_shares.copy_(torch.cat(shares, dim=1).mean(dim=0))
        return method

    @classmethod
    def builder(cls, params: LncLocParams) -> RegionBuilder:
        """Return the builder of the regions that `params` names."""
        return params.builder()

    @classmethod
    def training_inputs(
        cls,
        codes: Sequence[Codes],
        params: LncLocParams,
        *,
        y: Sequence[Any],
        seed: int,
    ) -> BatchDataset:
        """Return sequences as a training sees them: cropped anew each epoch."""
        crops = RegionCrops(params.builder(), codes, y, params.crops(), seed)
        return cast("BatchDataset", crops)

    def _normalise(self, features: Tensor) -> Tensor:
        if self.training and len(features) == 1:
            # One record has no variance of its own: use what was seen so far.
            mean, variance = self.norm.running_mean, self.norm.running_var
            return functional.batch_norm(features, mean, variance)
        return self.norm(features)

    def _read(self, data: Spectrum, *, side: Tensor | None = None, **inputs: Any) -> Tensor:
        first, *others = self._graphs(data, **inputs)
        read = [self.whole(*first), *(self.ends(*graph) for graph in others)]
        whole = data.side if side is None else side
        if whole is None:
            raise InputError("length and composition are missing", slot="side")
        return torch.cat([*read, whole], dim=1)

    def _graphs(
        self,
        data: Spectrum,
        edge_weight: Tensor | None = None,
        node_count: Tensor | None = None,
    ) -> list[tuple[Tensor, Tensor, Tensor]]:
        """Return edge weights, node counts and their total for each region."""
        totals = [part.sum(dim=1, keepdim=True) for part in self._nodes(data.nodes)]
        counts = self._nodes(data.nodes if node_count is None else node_count)
        sizes = [4 ** (region.k + 1) for region in self.regions]
        weights: Sequence[Tensor] = [edge_weights(part) for part in data.edges.split(sizes, dim=1)]
        if edge_weight is not None:
            weights = edge_weight.split(sizes, dim=1)
        return list(zip(weights, counts, totals, strict=True))

    def _nodes(self, values: Tensor) -> tuple[Tensor, ...]:
        """Split values of all nodes by region."""
        return values.split([4**region.k for region in self.regions], dim=1)


def _gcn(p: LncLocParams, k: int, width: int) -> AbundanceGCN:
    letters = torch.from_numpy(OneHotKmers(k)(np.arange(4**k)))
    return AbundanceGCN(letters, dim=p.dim, width=width, heads=p.heads, dropout=p.node_dropout)
