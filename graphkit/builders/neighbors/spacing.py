"""Distances in the units of a slide: its spots' distance to their nearest neighbour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from graphkit.builders.neighbors.graph import Pairs, joined
from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

TOLERANCE = 0.02
"""Distances that differ by less than this, in spacings, are equal: whole-pixel coordinates of a
regular grid are that far from it."""

# More neighbours per spot than this, on average, and the graph would not fit into memory.
MAX_MEAN_DEGREE = 1000
_BLOCK = 16_384


def within(points: NDArray[np.float64], reach: NDArray[np.float64] | float) -> Pairs:
    """Return all pairs of a spot and another one at most `reach` away.

    Parameters
    ----------
    points : ndarray of float64 [n, d]
        Coordinates.
    reach : float or ndarray of float64 [n]
        For all spots, or for each.

    Returns
    -------
    Pairs
        Without pairs of a spot and itself.

    Raises
    ------
    InputError
        If there were more than a thousand neighbours per spot.
    """
    return joined(blocks_within(points, reach))


def blocks_within(
    points: NDArray[np.float64], reach: NDArray[np.float64] | float
) -> Iterator[Pairs]:
    """Yield the pairs of :func:`within`, of some thousand spots at a time, in their order."""
    n = len(points)
    tree = cKDTree(points)
    reach = np.broadcast_to(np.asarray(reach, dtype=np.float64), n)
    counts = tree.query_ball_point(points, reach, return_length=True)
    if counts.sum() > MAX_MEAN_DEGREE * n:
        raise InputError(
            f"{counts.sum():,} edges between {n:,} spots",
            slot="points",
            remedy="Ask for fewer neighbours, and check for spots that share coordinates.",
        )
    for start in range(0, n, _BLOCK):
        rows = slice(start, min(start + _BLOCK, n))
        found = tree.query_ball_point(points[rows], reach[rows])
        neighbor = np.concatenate(found).astype(np.int64)
        spot = np.repeat(np.arange(n)[rows], counts[rows])
        other = spot != neighbor
        spot, neighbor = spot[other], neighbor[other]
        yield Pairs(spot, neighbor, lengths(points, spot, neighbor))


def lengths(
    points: NDArray[np.float64], spot: NDArray[np.int64], neighbor: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the Euclidean distance of each pair, [E]."""
    square = np.zeros(len(spot))
    for axis in points.T:  # one axis at a time: an [E, d] temporary may be large
        square += (axis[spot] - axis[neighbor]) ** 2
    return np.sqrt(square)
