"""Neighbours of spots as tables of fixed width, for layers that look at a few of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from graphkit.builders.neighbors.base import checked, slides_of
from graphkit.builders.neighbors.knn import KNN
from graphkit.builders.neighbors.spacing import blocks_within
from graphkit.omics.lattice import spacing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.builders.neighbors.graph import Pairs


# Distances in spacings that agree to so many decimals are equal.
_DECIMALS = 6


@dataclass(frozen=True)
class SpotTable:
    """The neighbours of each spot, nearest first; those at equal distance in the spots' order.

    Parameters
    ----------
    index : ndarray of int64 [n, k]
        Neighbours; padded with the spot itself.
    mask : ndarray of bool [n, k]
        Where `index` is a neighbour.
    distance : ndarray of float32 [n, k]
        In spacings of the slide: no unit of the coordinates enters.
    """

    index: NDArray[np.int64]
    mask: NDArray[np.bool_]
    distance: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.index)

    @property
    def adjacency(self) -> sparse.csr_matrix:
        """1 where a spot has a neighbour, [n, n]."""
        n, size = len(self), self.mask.sum(axis=1)
        first = np.concatenate([[0], np.cumsum(size)])
        ones = np.ones(first[-1], dtype=np.float32)
        return sparse.csr_matrix((ones, self.index[self.mask], first), shape=(n, n))

    def nearest(self, k: int) -> SpotTable:
        """Return a table of the `k` nearest neighbours."""
        return SpotTable(self.index[:, :k], self.mask[:, :k], self.distance[:, :k])


def spot_table(
    points: NDArray[np.floating],
    *,
    n_neighbors: int = 18,
    library: NDArray[np.integer] | None = None,
) -> SpotTable:
    """Return the nearest neighbours of each spot, ties included.

    Parameters
    ----------
    points : ndarray [n, d]
        Coordinates.
    n_neighbors
        How many; a spot has more where the last is tied (two rings of a hexagonal grid are 18).
    library : ndarray of int [n], optional
        Slide of each spot: neighbours are on the same one.

    Examples
    --------
    >>> table = spot_table(np.array([[0.0, 0], [2, 0], [6, 0]]), n_neighbors=1)
    >>> table.index.tolist(), table.distance.tolist()
    ([[1], [0], [1]], [[1.0], [1.0], [2.0]])
    """
    places = checked(points)
    if n_neighbors == 0:
        return isolated(len(places))
    builder = KNN(n_neighbors, symmetric=False)
    blocks: list[tuple[NDArray[np.int64], SpotTable]] = []
    for members in slides_of(places, library):
        own = places[members]
        unit = spacing(own) if len(own) > 1 else 1.0
        near = blocks_within(own, builder.reach(own))
        blocks += [_block(pairs, members, unit) for pairs in near]
    width = max(few.index.shape[1] for _, few in blocks)
    index = np.repeat(np.arange(len(places))[:, None], width, axis=1)
    table = SpotTable(index, np.zeros(index.shape, bool), np.zeros(index.shape, np.float32))
    for rows, few in blocks:
        k = few.index.shape[1]
        table.index[rows, :k] = few.index
        table.mask[rows, :k], table.distance[rows, :k] = few.mask, few.distance
    return table


def _block(
    pairs: Pairs, members: NDArray[np.int64], unit: float
) -> tuple[NDArray[np.int64], SpotTable]:
    """Return the spots of some pairs, places among the `members` of a slide, and their table."""
    far = pairs.distance / unit
    # Rounded, or the last bits of equal distances would choose the order once a slide is turned.
    order = np.lexsort([pairs.neighbor, np.round(far, _DECIMALS), pairs.spot])
    spots, row, degree = np.unique(pairs.spot, return_inverse=True, return_counts=True)
    place = np.arange(len(row)) - np.repeat(np.cumsum(degree) - degree, degree)
    rows = members[spots]
    index = np.repeat(rows[:, None], degree.max(initial=0), axis=1)
    mask, distance = np.zeros(index.shape, bool), np.zeros(index.shape, np.float32)
    index[row, place] = members[pairs.neighbor[order]]
    mask[row, place], distance[row, place] = True, far[order]
    return rows, SpotTable(index, mask, distance)


def isolated(n: int) -> SpotTable:
    """Return a table of `n` spots without neighbours."""
    return SpotTable(
        np.empty((n, 0), dtype=np.int64),
        np.empty((n, 0), dtype=bool),
        np.empty((n, 0), dtype=np.float32),
    )
