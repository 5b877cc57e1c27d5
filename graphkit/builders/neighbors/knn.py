"""Neighbours by distance: the nearest few, or all within reach."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from graphkit.builders.neighbors.base import SpatialBuilder
from graphkit.builders.neighbors.spacing import TOLERANCE, within
from graphkit.errors import InputError
from graphkit.omics.lattice import spacing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.builders.neighbors.graph import Pairs


@dataclass(frozen=True)
class KNN(SpatialBuilder):
    """The nearest spots, and every spot tied with the last of them.

    Spots are tied when their distances differ by less than 2 % of the slide's spacing (the median
    distance to the nearest spot). On a regular grid a rule that chose among tied spots would choose
    others once the slide is turned (scikit-learn's: 12 % of the edges for eight neighbours on a
    hexagonal grid); taking all of them does not. A spot has at least `n_neighbors` neighbours, and
    exactly as many where there are no ties.

    Parameters
    ----------
    n_neighbors
        How many, >= 1; cut, with a warning, where a slide has no more spots.
    symmetric
        Whether two spots are neighbours if either is among the nearest of the other. Otherwise row
        i of the graph holds the nearest of spot i alone.

    Examples
    --------
    >>> import numpy as np
    >>> KNN(1).graph(np.array([[0.0, 0], [1, 0], [2, 0], [9, 0]])).n_neighbors.tolist()
    [1, 2, 2, 1]
    """

    n_neighbors: int = 6
    symmetric: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        if self.n_neighbors < 1:
            raise InputError(f"is {self.n_neighbors}", slot="n_neighbors", remedy="Give 1 or more.")

    def slide_pairs(self, points: NDArray[np.float64]) -> Pairs:
        """Return the neighbours on one slide; warns where it is too small."""
        return self.pairs(points)

    def pairs(self, points: NDArray[np.float64]) -> Pairs:
        """Return the neighbours among the points [n, d] of one slide."""
        pairs = within(points, self.reach(points))
        return pairs.both_ways() if self.symmetric else pairs

    def reach(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far the last neighbour of each of the points of one slide may be, [n]."""
        k = min(self.n_neighbors, len(points) - 1)
        if k < self.n_neighbors:
            warnings.warn(
                f"n_neighbors = {self.n_neighbors} cut to {k}: the slide has {len(points):,} spots",
                stacklevel=3,
            )
        if k == 0:
            return np.zeros(len(points))
        # The spot itself is among those at distance 0, so the k-th other one is at position k.
        last = cKDTree(points).query(points, k=[k + 1])[0][:, 0]
        return np.asarray(last + TOLERANCE * spacing(points))


@dataclass(frozen=True)
class Radius(SpatialBuilder):
    """All spots within reach.

    Parameters
    ----------
    radius
        In spacings of the slide (its median distance to the nearest spot), > 0: the unit of the
        coordinates does not matter. A distance up to 2 % of a spacing above it counts as equal.

    Examples
    --------
    >>> import numpy as np
    >>> Radius(1.0).graph(np.array([[0.0, 0], [10, 0], [20, 0]])).n_neighbors.tolist()
    [1, 2, 1]
    """

    radius: float = 1.5

    def __post_init__(self) -> None:
        if not self.radius > 0:
            raise InputError(f"is {self.radius}", slot="radius", remedy="Give a number > 0.")

    def pairs(self, points: NDArray[np.float64]) -> Pairs:
        """Return the neighbours among the points [n, d] of one slide."""
        return within(points, (self.radius + TOLERANCE) * spacing(points))
