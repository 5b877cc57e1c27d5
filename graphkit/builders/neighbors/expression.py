"""Neighbours by what spots or cells express."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from graphkit.builders.neighbors.base import SpatialBuilder, representation
from graphkit.builders.neighbors.graph import NeighborGraph, Pairs
from graphkit.errors import InputError

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray

METRICS = ("cosine", "euclidean", "gaussian_cosine")
# Distances this close, as a share of the median, are equal: rounding is far below it.
TIED = 1e-6
# How many spots tied at the last place are looked for.
MAX_TIES = 16


@dataclass(frozen=True)
class ExpressionKNN(SpatialBuilder):
    """The nearest spots or cells in a representation of their expression; an exact search.

    Parameters
    ----------
    n_neighbors
        How many, >= 1; those tied with the last are taken too. Cut, with a warning, where there are
        no more.
    metric
        ``"cosine"`` (1 - cosine similarity), ``"euclidean"``, or ``"gaussian_cosine"``: cosine,
        with edge weights ``exp(-d^2 / (2 s^2))``, s being the median distance along the edges.
    symmetric
        Whether two cells are neighbours if either is among the nearest of the other.
    use_rep
        ``obsm`` key of the representation, such as ``"X_pca"``; None for X.

    Examples
    --------
    >>> points = np.array([[1.0, 0.0], [2.0, 0.1], [0.0, 1.0], [0.1, 3.0]])
    >>> ExpressionKNN(1).graph(points).connectivities.indices.tolist()
    [1, 0, 3, 2]
    """

    n_neighbors: int = 15
    metric: str = field(default="cosine", kw_only=True)
    symmetric: bool = field(default=True, kw_only=True)
    use_rep: str | None = field(default="X_pca", kw_only=True)

    def __post_init__(self) -> None:
        if self.n_neighbors < 1:
            raise InputError(f"is {self.n_neighbors}", slot="n_neighbors", remedy="Give 1 or more.")
        if self.metric not in METRICS:
            raise InputError(
                f"is {self.metric!r}", slot="metric", remedy=f"Choose one of {', '.join(METRICS)}."
            )

    def points(self, adata: AnnData) -> NDArray[np.float64]:
        """Return the representation [n, d] that neighbours are near in."""
        return representation(adata, "X" if self.use_rep is None else self.use_rep)

    def pairs(self, points: NDArray[np.float64]) -> Pairs:
        """Return the neighbours among the points [n, d] of one slide, or of all cells."""
        n = len(points)
        if self.n_neighbors >= n:
            warnings.warn(f"n_neighbors = {self.n_neighbors} cut to {n - 1}", stacklevel=4)
        k = min(self.n_neighbors, n - 1)
        if self.metric != "euclidean":
            size = np.linalg.norm(points, axis=1)
            if (size == 0).any():
                return self._without_direction(points, size > 0)
            points = points / size[:, None]
        search = NearestNeighbors(algorithm="brute").fit(points)
        distance, neighbor = search.kneighbors(points, min(n, k + 1 + MAX_TIES))
        # The cell itself is among those at distance 0, so the k-th other one is at position k.
        near = distance <= distance[:, [k]] + TIED * np.median(distance[:, k])
        spot = np.broadcast_to(np.arange(n)[:, None], neighbor.shape)[near]
        far = distance[near]
        pairs = Pairs(
            spot,
            neighbor[near].astype(np.int64),
            far if self.metric == "euclidean" else far**2 / 2,
        )
        return pairs.both_ways() if self.symmetric else pairs

    def weighted(self, graph: NeighborGraph) -> NeighborGraph:
        """Return `graph` with Gaussian weights, where the metric asks for them."""
        if self.metric != "gaussian_cosine" or graph.distances.nnz == 0:
            return graph
        scale = float(np.median(graph.distances.data)) or 1.0
        weights = sparse.csr_matrix(graph.connectivities, copy=True)
        weights.data = np.exp(-((graph.distances.data / scale) ** 2) / 2).astype(np.float32)
        return replace(graph, connectivities=weights)

    def _without_direction(self, points: NDArray[np.float64], directed: NDArray[np.bool_]) -> Pairs:
        """Return the pairs of the others: a vector of zeros has a cosine with nothing."""
        warnings.warn(
            f"{(~directed).sum():,} spots are zero in every dimension and get no neighbours",
            stacklevel=5,
        )
        members = np.flatnonzero(directed)
        pairs = self.slide_pairs(points[members])
        return Pairs(members[pairs.spot], members[pairs.neighbor], pairs.distance)
