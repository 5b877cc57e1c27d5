"""Neighbours whose territories touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.spatial import Delaunay as Triangulation
from scipy.spatial import QhullError

from graphkit.builders.neighbors.base import SpatialBuilder
from graphkit.builders.neighbors.graph import Pairs
from graphkit.builders.neighbors.spacing import MAX_MEAN_DEGREE, TOLERANCE, lengths
from graphkit.errors import InputError
from graphkit.omics.lattice import distinct, spacing

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Cosine of an angle so near 180 degrees (two tolerances off, at unit sides) that its three spots
# lie on a line: such triangles line the border of a grid and join spots far apart.
FLAT = -np.cos(2 * TOLERANCE)


@dataclass(frozen=True)
class Delaunay(SpatialBuilder):
    """Spots that are neighbours in every Delaunay triangulation.

    Where four or more spots lie on one circle, as on a square grid, triangulations differ in the
    diagonals they draw, and which one is found changes as the slide turns: such diagonals are left
    out (a square grid gives four neighbours). Flat triangles along the border are left out too.
    Spots that share a place are neighbours of each other, and have the same neighbours.

    Parameters
    ----------
    max_length
        Longest edge, in spacings of the slide; None for no limit.

    Examples
    --------
    >>> points = np.array([[x, y] for x in range(3) for y in range(3)])
    >>> Delaunay().graph(points).n_neighbors.tolist()
    [2, 3, 2, 3, 4, 3, 2, 3, 2]
    """

    max_length: float | None = None

    def __post_init__(self) -> None:
        if self.max_length is not None and not self.max_length > 0:
            raise InputError(
                f"is {self.max_length}", slot="max_length", remedy="Give a number > 0, or None."
            )

    def pairs(self, points: NDArray[np.float64]) -> Pairs:
        """Return the neighbours among the points [n, 2] of one slide."""
        unit = spacing(points)
        first, place = distinct(points)
        places = points[first]
        one, other = _certain_edges((places - places.mean(axis=0)) / unit)
        far = lengths(places, one, other)
        if self.max_length is not None:
            near = far <= (self.max_length + TOLERANCE) * unit
            one, other, far = one[near], other[near], far[near]
        pairs = Pairs(one, other, far).both_ways()
        if len(first) == len(points):
            return Pairs(first[pairs.spot], first[pairs.neighbor], pairs.distance)
        return _shared_places(pairs, place, points)


def _certain_edges(points: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the edges that no other triangulation could do without, each once."""
    if len(points) == 2:
        return np.array([0]), np.array([1])
    try:
        triangles = Triangulation(points).simplices.astype(np.int64)
    except (QhullError, ValueError) as error:
        raise InputError(
            "the spots of a slide lie on a line, or have not two coordinates",
            slot="points",
            remedy="Use KNN or Radius, which need no triangles.",
        ) from error
    triangles = triangles[~_flat(points[triangles])]
    # Edge i of a triangle lies opposite its corner i.
    corners = np.concatenate([triangles[:, [1, 2]], triangles[:, [2, 0]], triangles[:, [0, 1]]])
    opposite = triangles.T.ravel()
    owner = np.tile(np.arange(len(triangles)), 3)
    corners.sort(axis=1)
    order = np.lexsort([corners[:, 1], corners[:, 0]])
    corners, opposite, owner = corners[order], opposite[order], owner[order]
    again = np.flatnonzero((corners[1:] == corners[:-1]).all(axis=1))
    centre, radius = _circles(points[triangles])
    # Of two triangles at an edge, either may be the one whose circle the other's corner is near:
    # which is first says nothing.
    doubtful = np.zeros(len(again), dtype=bool)
    for this, that in ((again, again + 1), (again + 1, again)):
        gap = np.linalg.norm(points[opposite[that]] - centre[owner[this]], axis=1)
        doubtful |= np.abs(gap - radius[owner[this]]) < TOLERANCE
    kept = np.ones(len(corners), dtype=bool)
    kept[again + 1] = False
    kept[again[doubtful]] = False
    return corners[kept, 0], corners[kept, 1]


def _flat(corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which triangles [T, 3, 2] have an angle of almost 180 degrees."""
    flat = np.zeros(len(corners), dtype=bool)
    for i in range(3):
        one = corners[:, (i + 1) % 3] - corners[:, i]
        other = corners[:, (i + 2) % 3] - corners[:, i]
        size = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
        flat |= (one * other).sum(axis=1) < FLAT * size
    return flat


def _circles(corners: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return centre [T, 2] and radius [T] of the circles through the corners [T, 3, 2]."""
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    twice = 2 * (one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
    first, second = (one**2).sum(axis=1), (other**2).sum(axis=1)
    shift = np.column_stack(
        [
            (other[:, 1] * first - one[:, 1] * second) / twice,
            (one[:, 0] * second - other[:, 0] * first) / twice,
        ]
    )
    return corners[:, 0] + shift, np.linalg.norm(shift, axis=1)


def _shared_places(pairs: Pairs, place: NDArray[np.int64], points: NDArray[np.float64]) -> Pairs:
    """Return the pairs of spots, from pairs of places and the place of each spot."""
    n, m = len(place), int(place.max()) + 1
    size = np.bincount(place)
    total = int((size[pairs.spot] * size[pairs.neighbor]).sum() + (size**2).sum())
    if total > MAX_MEAN_DEGREE * n:
        raise InputError(
            f"{total:,} edges between {n:,} spots, because many share a place",
            slot="points",
            remedy="Check the coordinates.",
        )
    at = sparse.csr_matrix((np.ones(n), (np.arange(n), place)), (n, m))
    touching = sparse.csr_matrix((np.ones(len(pairs.spot)), (pairs.spot, pairs.neighbor)), (m, m))
    spot, neighbor = (at @ (touching + sparse.identity(m)) @ at.T).nonzero()
    spot, neighbor = spot.astype(np.int64), neighbor.astype(np.int64)
    return Pairs(spot, neighbor, lengths(points, spot, neighbor))
