"""Spots by the batch: one half of their counts and of their neighbours', to predict the other."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch
from scipy import sparse

from graphkit.builders.halves import halve
from graphkit.omics.mapped import by_rows, is_mapped, with_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from graphkit.builders.neighbors.table import SpotTable

# Coins of the molecules and choice of the neighbours draw from different streams of one seed.
_COINS, _NEIGHBORS = 0, 1


@dataclass(frozen=True)
class SpotBatch:
    """Some spots, and the neighbours that they look at.

    Parameters
    ----------
    x : Tensor [m, F]
        Log-normalised input genes of the spots and their neighbours, each once.
    seed : LongTensor [b]
        Row of `x` of each spot.
    index : LongTensor [b, k]
        Rows of `x` of its neighbours.
    mask : BoolTensor [b, k]
        Where `index` is a neighbour.
    distance : Tensor [b, k]
        In spacings.
    y : Tensor [b, G]
        The counts to be predicted.
    """

    x: Tensor
    seed: Tensor
    index: Tensor
    mask: Tensor
    distance: Tensor
    y: Tensor

    def __len__(self) -> int:
        return len(self.seed)

    def edges(self) -> tuple[Tensor, Tensor]:
        """Return the edges from neighbours to spots, self-loops included, and their weights.

        Returns
        -------
        edge_index : LongTensor [2, E]
            Rows of `x`: from, to.
        edge_weight : Tensor [E]
            One over the edges that lead to the same row.
        """
        own = torch.arange(len(self.x), device=self.x.device)
        source = torch.cat([self.index[self.mask], own])
        target = torch.cat([self.seed[:, None].expand_as(self.mask)[self.mask], own])
        return torch.stack([source, target]), 1.0 / target.bincount()[target]

    def to(self, device: torch.device) -> Self:
        """Return the batch on `device`."""
        return type(self)(*(getattr(self, part.name).to(device) for part in fields(self)))


@dataclass
class SpotInputs:
    """Sparse counts, and as the network reads them: log-normalised, input genes only.

    Parameters
    ----------
    counts : csr_matrix of float32 [n, G]
        Counts.
    inputs : ndarray of int64 [F]
        Columns that are read.
    target_sum
        Total of every spot after normalisation.
    """

    counts: sparse.csr_matrix
    inputs: NDArray[np.int64]
    target_sum: float

    def __post_init__(self) -> None:
        self._place = np.full(self.counts.shape[1], -1, dtype=np.int32)
        self._place[self.inputs] = np.arange(len(self.inputs), dtype=np.int32)
        # Found once in memory, since every epoch asks.
        self._known = None if is_mapped(self.counts) else self._read(self.counts)

    def normalised(self, counts: sparse.csr_matrix | None = None) -> sparse.csr_matrix:
        """Return ``log(1 + count / total * target_sum)`` of the genes that are read, [n, F].

        `counts` [n, G], others in the places of those stored, replace them.
        """
        return by_rows(self._normalised, self.counts if counts is None else counts)

    def _normalised(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        stands, column, first = self._known or self._read(counts)
        total = np.asarray(counts.sum(axis=1, dtype=np.float64)).ravel()
        scale = (self.target_sum / np.maximum(total, 1)).astype(np.float32)
        read = counts.data[stands] * np.repeat(scale, np.diff(first))
        shape = (counts.shape[0], len(self.inputs))
        return sparse.csr_matrix((np.log1p(read, out=read), column, first), shape=shape)

    def _read(self, counts: sparse.csr_matrix) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return where the values that are read stand among all, their columns, and the rows."""
        column = self._place[counts.indices]
        stands = np.flatnonzero(column >= 0)
        return stands, column[stands], np.searchsorted(stands, counts.indptr).astype(np.int32)


@dataclass
class ThinnedSpots:
    """A data set of spots whose molecules are tossed anew each epoch.

    A batch holds one half of the molecules of its spots and of their neighbours, and asks for the
    other half of its spots': nothing can be learnt by copying.

    Parameters
    ----------
    source
        Counts, and how they are read.
    table
        Neighbours of each spot.
    n_sampled
        How many neighbours a spot is shown at once, drawn anew in each batch.
    seed
        Of all draws.
    """

    source: SpotInputs
    table: SpotTable
    n_sampled: int = 6
    seed: int = 0

    def __post_init__(self) -> None:
        self.set_epoch(0)

    def __len__(self) -> int:
        return len(self.table)

    def set_epoch(self, epoch: int) -> None:
        """Toss the coins of `epoch`."""
        self._epoch = epoch
        generator = np.random.default_rng((self.seed, epoch, _COINS))
        counts = self.source.counts
        half = halve(counts.data, generator)
        self._shown = self.source.normalised(with_values(counts, half))
        self._asked = with_values(counts, np.subtract(counts.data, half, out=half))

    def __getitem__(self, indices: Sequence[int]) -> SpotBatch:
        rows = np.asarray(indices, dtype=np.int64)
        neighbors, mask, distance = self._sampled(rows)
        nodes, place = np.unique(np.concatenate([rows, neighbors.ravel()]), return_inverse=True)
        return SpotBatch(
            torch.from_numpy(self._shown[nodes].toarray()),
            torch.from_numpy(place[: len(rows)]),
            torch.from_numpy(place[len(rows) :].reshape(neighbors.shape)),
            torch.from_numpy(mask),
            torch.from_numpy(distance),
            torch.from_numpy(self._asked[rows].toarray()),
        )

    def _sampled(self, rows: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        parts = (self.table.index[rows], self.table.mask[rows], self.table.distance[rows])
        if parts[0].shape[1] <= self.n_sampled:
            return parts
        # Of the batch's own, so that a resumed training draws what an unbroken one does.
        generator = np.random.default_rng((self.seed, self._epoch, _NEIGHBORS, int(rows[0])))
        order = generator.random(parts[1].shape)
        order[~parts[1]] = 2.0
        chosen = np.argsort(order, axis=1, kind="stable")[:, : self.n_sampled]
        index, mask, distance = (np.take_along_axis(part, chosen, axis=1) for part in parts)
        return index, mask, distance


@dataclass
class WholeSpots(ThinnedSpots):
    """The same spots with all their molecules and all their neighbours: for what is trained."""

    def set_epoch(self, epoch: int) -> None:
        """Show what there is; no coin is tossed in any epoch."""
        self._epoch = epoch
        self._shown, self._asked = self.source.normalised(), self.source.counts

    def _sampled(self, rows: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        return self.table.index[rows], self.table.mask[rows], self.table.distance[rows]
