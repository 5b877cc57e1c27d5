"""Spots by the batch: one half of their counts and of their neighbours', to predict the other."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch

from graphkit.builders.halves import halve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy import sparse
    from torch import Tensor

    from graphkit.builders.spot_table import SpotTable

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

    def to(self, device: torch.device) -> Self:
        """Return the batch on `device`."""
        return type(self)(*(getattr(self, part.name).to(device) for part in fields(self)))


@dataclass
class SpotInputs:
    """Rows of sparse counts as the network reads them: dense, log-normalised, input genes only.

    Parameters
    ----------
    counts : csr_matrix of float32 [n, G]
        Counts; only its pattern is used where other values are given.
    inputs : ndarray of int64 [F]
        Columns that are read.
    target_sum
        Total of every spot after normalisation.
    """

    counts: sparse.csr_matrix
    inputs: NDArray[np.int64]
    target_sum: float

    def __post_init__(self) -> None:
        self._place = np.full(self.counts.shape[1], -1, dtype=np.int64)
        self._place[self.inputs] = np.arange(len(self.inputs))

    def dense(
        self, rows: NDArray[np.int64], values: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Return the counts of `rows`, [len(rows), G]; `values` [nnz] replace those stored."""
        return self._scatter(rows, values, place=None)

    def log_normalised(
        self, rows: NDArray[np.int64], values: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Return ``log(1 + count / total * target_sum)`` of the input genes, [len(rows), F]."""
        x = self._scatter(rows, values, place=self._place, normalise=True)
        return np.log1p(x, out=x)

    def _scatter(
        self,
        rows: NDArray[np.int64],
        values: NDArray[np.float32] | None,
        *,
        place: NDArray[np.int64] | None,
        normalise: bool = False,
    ) -> NDArray[np.float32]:
        data = self.counts.data if values is None else values
        first = self.counts.indptr[rows].astype(np.int64)
        length = self.counts.indptr[rows + 1].astype(np.int64) - first
        row = np.repeat(np.arange(len(rows)), length)
        before = np.cumsum(length) - length
        stored = np.arange(len(row)) + np.repeat(first - before, length)
        column, found = self.counts.indices[stored].astype(np.int64), data[stored]
        if normalise:
            total = np.bincount(row, found, minlength=len(rows))
            found = found * (self.target_sum / np.maximum(total, 1))[row]
        width = self.counts.shape[1]
        if place is not None:
            column, width = place[column], len(self.inputs)
            read = column >= 0
            row, column, found = row[read], column[read], found[read]
        out = np.zeros((len(rows), width), dtype=np.float32)
        out[row, column] = found
        return out


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
        self._half = halve(self.source.counts.data, generator)

    def __getitem__(self, indices: Sequence[int]) -> SpotBatch:
        rows = np.asarray(indices, dtype=np.int64)
        neighbors, mask, distance = self._sampled(rows)
        nodes, place = np.unique(np.concatenate([rows, neighbors.ravel()]), return_inverse=True)
        rest = self.source.dense(rows) - self.source.dense(rows, self._half)
        return SpotBatch(
            torch.from_numpy(self.source.log_normalised(nodes, self._half)),
            torch.from_numpy(place[: len(rows)]),
            torch.from_numpy(place[len(rows) :].reshape(neighbors.shape)),
            torch.from_numpy(mask),
            torch.from_numpy(distance),
            torch.from_numpy(rest),
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
