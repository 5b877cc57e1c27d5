"""Neighbours of spots as tables of fixed width, for layers that look at a few of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from graphkit.builders.neighbors.graph import neighbor_table
from graphkit.builders.neighbors.knn import KNN
from graphkit.omics.lattice import spacing

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
        return sparse.csr_matrix((np.ones(first[-1]), self.index[self.mask], first), shape=(n, n))

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
    places: NDArray[np.float64] = np.asarray(points, dtype=np.float64)
    slide = np.zeros(len(places), dtype=np.int64) if library is None else np.asarray(library)
    if n_neighbors == 0:
        return isolated(len(places))
    graph = KNN(n_neighbors, symmetric=False).graph(places, library=slide)
    unit = np.ones(len(places))
    for name in np.unique(slide):
        members = np.flatnonzero(slide == name)
        if len(members) > 1:
            unit[members] = spacing(places[members])
    far = graph.distances.copy()
    # Rounded, or the last bits of equal distances would choose the order once a slide is turned.
    far.data = np.round(far.data / np.repeat(unit, np.diff(far.indptr)), _DECIMALS)
    index, mask = neighbor_table(graph.connectivities, distances=far)
    apart = np.zeros(index.shape)
    for axis in places.T:
        apart += (axis[index] - axis[:, None]) ** 2
    return SpotTable(index, mask, (np.sqrt(apart) / unit[:, None]).astype(np.float32))


def isolated(n: int) -> SpotTable:
    """Return a table of `n` spots without neighbours."""
    return SpotTable(
        np.empty((n, 0), dtype=np.int64),
        np.empty((n, 0), dtype=bool),
        np.empty((n, 0), dtype=np.float32),
    )
