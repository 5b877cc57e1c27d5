"""What a spatial denoiser must beat: means, and principal components shared with neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.evaluation.thinning import gene_frequencies, poisson_nll, thin
from graphkit.omics import log_normalise, principal_components

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from graphkit.builders.spot_table import SpotTable

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
    shares = _shares(train.toarray().astype(np.float32))
    own = 1 / (1 + table.mask.sum(axis=1, keepdims=True))
    mixed: Rates = own * shares + (1 - own) * around(shares, table)
    return mixed.astype(np.float32)


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
    total = np.zeros_like(shares)
    for index, mask in zip(table.index.T, table.mask.T, strict=True):
        total += np.where(mask[:, None], shares[index], 0)
    n = table.mask.sum(axis=1, keepdims=True)
    return np.where(n > 0, total / np.maximum(n, 1), shares).astype(np.float32)


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
