"""Baselines over space: means, and principal components shared with neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree
from sklearn.cluster import KMeans

from graphkit.builders.neighbors.graph import row_mean
from graphkit.evaluation.tissues.thinning import gene_frequencies, poisson_nll, thin
from graphkit.omics import log_normalise, principal_components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.builders.neighbors.table import SpotTable

    Rates = NDArray[np.float32]

RANKS = (3, 5, 8, 10, 15, 20)
NEIGHBORS = (0, 4, 6, 8, 12, 18, 24, 36)


@dataclass(frozen=True)
class PCANeighbors:
    """Rank and number of neighbours of the baseline.

    Parameters
    ----------
    rank
        Principal components.
    n_neighbors
        Neighbours that a spot is averaged with, half and half; 0 for none.
    """

    rank: int
    n_neighbors: int


def gene_mean(train: sparse.csr_matrix) -> Rates:
    """Return the gene frequencies of all spots together, for every spot, [n, G]."""
    return np.tile(gene_frequencies(train).astype(np.float32), (train.shape[0], 1))


def neighbor_mean(train: sparse.csr_matrix, table: SpotTable) -> Rates:
    """Return each spot's shares averaged with those of its neighbours, weighed alike, [n, G]."""
    mean = row_mean(table.adjacency + sparse.eye(len(table)))
    return np.asarray(mean @ _shares(train.toarray()), dtype=np.float32)


def pca_neighbors(train: sparse.csr_matrix, table: SpotTable, choice: PCANeighbors) -> Rates:
    """Return the reconstruction from principal components, shared with neighbours, [n, G].

    Counts are log-normalised, reconstructed at the rank, brought back, and mixed half and half
    with the mean over the nearest neighbours.

    Parameters
    ----------
    train : csr_matrix [n, G]
        Counts.
    table
        Neighbours, nearest first; it has as many as the choice asks for, or more.
    choice
        Rank and neighbours.
    """
    return _shared(_Reconstruction(train, choice.rank).shares(choice.rank), table, choice)


def tune_pca_neighbors(
    train: sparse.csr_matrix,
    table: SpotTable,
    *,
    ranks: tuple[int, ...] = RANKS,
    neighbors: tuple[int, ...] = NEIGHBORS,
    seed: int = 0,
) -> PCANeighbors:
    """Choose rank and neighbours on the training part alone: it is thinned once more.

    Parameters
    ----------
    train : csr_matrix [n, G]
        Counts.
    table
        Neighbours, nearest first.
    ranks, neighbors
        What to choose from.
    seed
        Of the thinning.
    """
    inner, judge = thin(train, seed=seed)
    frequencies = gene_frequencies(inner)
    limit = min(train.shape) - 1
    ranks = tuple(rank for rank in ranks if rank <= limit) or (limit,)
    reconstruction = _Reconstruction(inner, max(ranks))
    best, choice = np.inf, PCANeighbors(ranks[0], 0)
    for rank in ranks:
        shares = reconstruction.shares(rank)
        for k in neighbors:
            candidate = PCANeighbors(rank, k)
            loss = poisson_nll(_shared(shares, table, candidate), judge, frequencies)
            if loss < best:
                best, choice = loss, candidate
    return choice


def around(shares: Rates, table: SpotTable) -> Rates:
    """Return the mean over the neighbours of each spot, [n, G]; itself where it has none."""
    alone = sparse.diags((~table.mask.any(axis=1)).astype(np.float64))
    return np.asarray(row_mean(table.adjacency + alone) @ shares, dtype=np.float32)


def smoothed_kmeans(
    components: NDArray[np.floating],
    points: NDArray[np.floating],
    n_domains: int,
    *,
    hops: int = 2,
    n_components: int = 15,
    n_neighbors: int = 18,
    seed: int = 0,
) -> NDArray[np.int64]:
    """Cluster spots by their smoothed principal components: what domains have to beat.

    Parameters
    ----------
    components : ndarray [n, d]
        Principal components; the first `n_components` are read.
    points : ndarray [n, 2]
        Coordinates.
    n_domains
        Clusters.
    hops
        Times that a spot is averaged with its `n_neighbors` nearest.
    seed
        Of k-means.

    Returns
    -------
    ndarray [n]
        Clusters from 0.

    Examples
    --------
    >>> line = np.arange(20.0)
    >>> components = np.where(line < 10, 0.0, 5.0)[:, None]
    >>> labels = smoothed_kmeans(components, np.stack([line, line], 1), 2, n_neighbors=2)
    >>> bool((labels[:9] == labels[0]).all() and labels[0] != labels[-1])
    True
    """
    n = len(components)
    k = min(n_neighbors + 1, n)
    _, nearest = cKDTree(points).query(points, k=k)
    rows = np.repeat(np.arange(n), k)
    mean = sparse.csr_matrix((np.full(n * k, 1 / k), (rows, np.ravel(nearest))), shape=(n, n))
    values = np.asarray(components, dtype=np.float64)[:, :n_components]
    for _ in range(hops):
        values = mean @ values
    found = KMeans(n_domains, n_init=10, random_state=seed).fit_predict(values)
    return found.astype(np.int64)


class _Reconstruction:
    """Principal components of log-normalised counts, brought back to shares of genes."""

    def __init__(self, counts: sparse.csr_matrix, rank: int) -> None:
        self.parts = principal_components(log_normalise(counts), n_components=rank, seed=0)

    def shares(self, rank: int) -> Rates:
        scores, loadings, mean = self.parts
        log_values = scores[:, :rank] @ loadings[:, :rank].T + mean
        return _shares(np.maximum(np.expm1(log_values), 0))


def _shared(shares: Rates, table: SpotTable, choice: PCANeighbors) -> Rates:
    if choice.n_neighbors == 0:
        return shares
    shared: Rates = (shares + around(shares, table.nearest(choice.n_neighbors))) / np.float32(2)
    return shared


def _shares(values: NDArray[np.floating]) -> Rates:
    total = np.maximum(values.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(values / total, dtype=np.float32)
