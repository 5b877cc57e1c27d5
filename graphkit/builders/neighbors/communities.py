"""Communities of a neighbour graph: as many as asked for, or as a resolution gives."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from sklearn.cluster import AgglomerativeClustering

from graphkit.builders.neighbors.expression import ExpressionKNN

if TYPE_CHECKING:
    import igraph
    from numpy.typing import NDArray

# Where a resolution is looked for, and in how many steps.
_LOW, _HIGH, _STEPS = 0.01, 64.0, 18
# Rounds of Leiden's algorithm.
_ROUNDS = 5


def shared_neighbors(points: NDArray[np.floating], *, n_neighbors: int = 15) -> sparse.csr_matrix:
    """Return how far two near cells have the same neighbours, [n, n]: Jaccard's index.

    Parameters
    ----------
    points : ndarray [n, d]
        Cells.
    n_neighbors
        Nearest others of each, by Euclidean distance; the cell counts among its own.

    Examples
    --------
    >>> shared_neighbors(np.array([[0.0], [1.0], [5.0], [6.0]]), n_neighbors=1).toarray()[0]
    array([0., 1., 0., 0.])
    """
    near = ExpressionKNN(n_neighbors, metric="euclidean", symmetric=False).graph(points)
    mine = sparse.csr_matrix(near.connectivities > 0, dtype=np.float64)
    mine = mine + sparse.identity(len(points), format="csr")
    size = np.asarray(mine.sum(axis=1)).ravel()
    pairs = sparse.triu(mine + mine.T, k=1).tocoo()
    both = np.asarray(mine[pairs.row].multiply(mine[pairs.col]).sum(axis=1)).ravel()
    weight = both / (size[pairs.row] + size[pairs.col] - both)
    upper = sparse.csr_matrix((weight, (pairs.row, pairs.col)), shape=mine.shape)
    return sparse.csr_matrix(upper + upper.T)


def communities(
    weights: sparse.csr_matrix, *, resolution: float = 1.0, seed: int = 0
) -> NDArray[np.int64]:
    """Return Leiden's communities of a graph, [n], numbered from 0.

    Parameters
    ----------
    weights : csr_matrix [n, n]
        Of the edges, the same both ways.
    resolution
        The higher, the more communities.
    seed
        Of the order in which nodes are moved.

    References
    ----------
    Traag et al. 2019, doi:10.1038/s41598-019-41695-z.

    Examples
    --------
    >>> pairs = sparse.csr_matrix(np.kron(np.eye(2), 1 - np.eye(3)))
    >>> found = communities(pairs)
    >>> bool((found[:3] == found[0]).all()), len(set(found.tolist()))
    (True, 2)
    """
    return _leiden(_graph(weights), resolution, seed)


def n_communities(
    points: NDArray[np.floating], n_clusters: int, *, n_neighbors: int = 15, seed: int = 0
) -> NDArray[np.int64]:
    """Divide cells into `n_clusters` communities, [n], by looking for the resolution.

    Where no resolution gives just as many, the fewest above are merged: the two whose means are
    nearest, by Ward's criterion.

    Parameters
    ----------
    points : ndarray [n, d]
        Cells.
    n_clusters
        How many, at most n.
    n_neighbors
        As in :func:`shared_neighbors`.
    seed
        As in :func:`communities`.

    Examples
    --------
    >>> cells = np.repeat([[0.0, 0.0], [9.0, 9.0]], 30, axis=0)
    >>> cells += np.random.default_rng(0).normal(size=(60, 2))
    >>> np.bincount(n_communities(cells, 2)).tolist()
    [30, 30]
    """
    graph = _graph(shared_neighbors(points, n_neighbors=n_neighbors))
    low, high, best = _LOW, _HIGH, np.arange(len(points))
    for _ in range(_STEPS):
        middle = float(np.sqrt(low * high))
        found = _leiden(graph, middle, seed)
        number = found.max() + 1
        if n_clusters <= number <= best.max():
            best = found
        if number == n_clusters:
            return found
        low, high = (middle, high) if number < n_clusters else (low, middle)
    means = np.stack([points[best == one].mean(axis=0) for one in range(best.max() + 1)])
    merged: NDArray[np.int64] = AgglomerativeClustering(n_clusters).fit(means).labels_[best]
    return merged


def _graph(weights: sparse.csr_matrix) -> igraph.Graph:
    import igraph

    upper = sparse.triu(weights, k=1).tocoo()
    pairs = np.column_stack([upper.row, upper.col])
    return igraph.Graph(weights.shape[0], pairs, edge_attrs={"weight": upper.data})


def _leiden(graph: igraph.Graph, resolution: float, seed: int) -> NDArray[np.int64]:
    import igraph

    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - no secret
    try:
        found = graph.community_leiden(
            "modularity", weights="weight", resolution=resolution, n_iterations=_ROUNDS
        )
    finally:
        igraph.set_random_number_generator(random)
    return np.asarray(found.membership, dtype=np.int64)
