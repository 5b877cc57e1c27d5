"""Spots by the batch, with all that two graph convolutions reach from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from graphkit.builders.neighbors.graph import normalised, sparse_tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class SpotBlock:
    """Some spots and their surroundings.

    Parameters
    ----------
    smooth : Tensor [b, F]
        Smoothed features of the spots.
    x : Tensor [r, F]
        Features of the spots that two hops reach.
    hops : two sparse Tensors, [q, r] and [b, q]
        Normalised adjacency of each hop, self-loops included.
    near : bool Tensor [b, b]
        Which of the spots are neighbours, each spot itself among them.
    items : Tensor [b]
        Number of each spot.
    """

    smooth: Tensor
    x: Tensor
    hops: tuple[Tensor, Tensor]
    near: Tensor
    items: Tensor

    def __len__(self) -> int:
        return len(self.items)

    def to(self, device: torch.device, **how: Any) -> SpotBlock:
        """Return the same block on `device`."""
        first, second = self.hops
        return SpotBlock(
            self.smooth.to(device, **how),
            self.x.to(device, **how),
            (first.to(device, **how), second.to(device, **how)),
            self.near.to(device, **how),
            self.items.to(device, **how),
        )


class Neighborhoods:
    """A data set of spots; a batch of them comes with one random neighbour of each.

    Memory grows with spots times neighbours: a batch reaches as far as two hops, and no farther.

    Parameters
    ----------
    x : ndarray [n, F]
        Features.
    smooth : ndarray [n, F]
        Smoothed features.
    connectivities : csr [n, n]
        0/1, without self-loops.
    """

    def __init__(
        self, x: NDArray[np.floating], smooth: NDArray[np.floating], connectivities: Any
    ) -> None:
        self.x = np.asarray(x, dtype=np.float32)
        self.smooth = np.asarray(smooth, dtype=np.float32)
        self.adjacency = normalised(connectivities).tocsr()

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, indices: Sequence[int]) -> SpotBlock:
        spots = np.asarray(indices, dtype=np.int64)
        start, degree = self.adjacency.indptr[spots], np.diff(self.adjacency.indptr)[spots]
        # torch's generator is the one that a training seeds from its seed and epoch.
        draw = (torch.rand(len(spots)).numpy() * degree).astype(np.int64)
        return self.block(np.unique(np.concatenate([spots, self.adjacency.indices[start + draw]])))

    def block(self, spots: NDArray[np.int64]) -> SpotBlock:
        """Return these spots, in this order, and no others."""
        near = self.adjacency[spots][:, spots].toarray() > 0
        second, reached = _rows(self.adjacency, spots)
        first, farthest = _rows(self.adjacency, reached)
        return SpotBlock(
            torch.from_numpy(self.smooth[spots]),
            torch.from_numpy(self.x[farthest]),
            (first, second),
            torch.from_numpy(near),
            torch.from_numpy(spots),
        )


def _rows(matrix: Any, rows: NDArray[np.int64]) -> tuple[Tensor, NDArray[np.int64]]:
    """Return rows of a sparse matrix with the columns that are empty left out, and the others."""
    part = matrix[rows]
    columns = np.unique(part.indices)
    return sparse_tensor(part[:, columns]), columns.astype(np.int64)
