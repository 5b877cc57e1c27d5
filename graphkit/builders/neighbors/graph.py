"""Neighbours of spots: one value for every way to find them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from scipy import sparse

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from torch import Tensor


class Pairs(NamedTuple):
    """Neighbours as a list, in any order.

    Parameters
    ----------
    spot, neighbor : ndarray of int64 [E]
        `neighbor` is one of the neighbours of `spot`.
    distance : ndarray of float64 [E]
        How far apart they are.
    """

    spot: NDArray[np.int64]
    neighbor: NDArray[np.int64]
    distance: NDArray[np.float64]

    def both_ways(self) -> Pairs:
        """Return the pairs and their reverse."""
        return joined([self, Pairs(self.neighbor, self.spot, self.distance)])


def joined(found: Iterable[Pairs]) -> Pairs:
    """Return pairs one after another."""
    return Pairs(*(np.concatenate(column) for column in zip(*found, strict=True)))


@dataclass(frozen=True)
class NeighborGraph:
    """A graph of spots, without self-loops; row i holds the neighbours of spot i.

    Parameters
    ----------
    connectivities : csr_matrix of float32 [n, n]
        Weight of each edge; 1 unless the builder says otherwise.
    distances : csr_matrix of float64 [n, n]
        Distance along each edge, with the pattern of `connectivities`: spots that share a place
        have a stored 0.
    params
        How the graph was made, ready for JSON.
    """

    connectivities: sparse.csr_matrix
    distances: sparse.csr_matrix
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def n_neighbors(self) -> NDArray[np.int64]:
        """Neighbours of each spot, [n]."""
        return np.diff(self.connectivities.indptr).astype(np.int64)


def neighbor_graph(pairs: Pairs, n: int, *, params: dict[str, Any]) -> NeighborGraph:
    """Return the graph of `pairs`: each edge once, self-loops left out.

    Parameters
    ----------
    pairs
        Neighbours, repeated or not.
    n
        Number of spots.
    params
        How they were found.

    Returns
    -------
    NeighborGraph
        Edges of weight 1, columns sorted.
    """
    proper = pairs.spot != pairs.neighbor
    key, first = np.unique(
        pairs.spot[proper] * np.int64(n) + pairs.neighbor[proper], return_index=True
    )
    spot, neighbor = key // n, key % n
    indptr = np.concatenate([[0], np.cumsum(np.bincount(spot, minlength=n))])
    distances = sparse.csr_matrix((pairs.distance[proper][first], neighbor, indptr), shape=(n, n))
    connectivities = sparse.csr_matrix(
        (np.ones(len(key), dtype=np.float32), neighbor, indptr), shape=(n, n)
    )
    return NeighborGraph(connectivities, distances, params)


def edges(graph: NeighborGraph) -> tuple[Tensor, Tensor]:
    """Return the edges for message passing, with one self-loop per spot at the end.

    Weights are those of :func:`normalised`: convolutions neither normalise nor add loops.

    Parameters
    ----------
    graph
        Neighbours of n spots.

    Returns
    -------
    LongTensor [2, E + n], FloatTensor [E + n]
        From neighbour (row 0) to spot (row 1), and the weight.

    Examples
    --------
    >>> pairs = Pairs(np.array([0, 1]), np.array([1, 0]), np.ones(2))
    >>> index, weight = edges(neighbor_graph(pairs, 2, params={}))
    >>> index.tolist(), weight.tolist()
    ([[1, 0, 0, 1], [0, 1, 0, 1]], [0.5, 0.5, 0.5, 0.5])
    """
    matrix = normalised(graph.connectivities)
    index = np.stack([matrix.col, matrix.row]).astype(np.int64)
    return torch.from_numpy(index), torch.from_numpy(matrix.data)


def normalised(connectivities: sparse.csr_matrix) -> sparse.coo_matrix:
    """Return the normalised adjacency with self-loops.

    Entries are ``a / sqrt(d_i d_j)``, where d are row and column sums with the self-loops, each of
    weight 1.

    Parameters
    ----------
    connectivities : csr_matrix [n, n]
        Without self-loops.

    Returns
    -------
    coo_matrix of float32 [n, n]
        Edges in their order, then the self-loops.

    References
    ----------
    Kipf and Welling 2017, arXiv:1609.02907.

    Examples
    --------
    >>> normalised(sparse.csr_matrix([[0, 1], [1, 0]])).toarray()
    array([[0.5, 0.5],
           [0.5, 0.5]], dtype=float32)
    """
    matrix = sparse.csr_matrix(connectivities)
    n = matrix.shape[0]
    loop = np.arange(n)
    spot = np.concatenate([np.repeat(loop, np.diff(matrix.indptr)), loop])
    neighbor = np.concatenate([matrix.indices, loop])
    weight = np.concatenate([matrix.data.astype(np.float64), np.ones(n)])
    incoming = np.bincount(spot, weight, minlength=n)
    outgoing = np.bincount(neighbor, weight, minlength=n)
    weight = weight / np.sqrt(incoming[spot] * outgoing[neighbor])
    return sparse.coo_matrix((weight.astype(np.float32), (spot, neighbor)), shape=(n, n))


def row_mean(connectivities: sparse.spmatrix) -> sparse.csr_matrix:
    """Return the graph with rows that sum to 1, or to 0 where a spot has no neighbour.

    Examples
    --------
    >>> row_mean(sparse.csr_matrix([[0, 1, 1], [1, 0, 0], [0, 0, 0]])).toarray()
    array([[0. , 0.5, 0.5],
           [1. , 0. , 0. ],
           [0. , 0. , 0. ]])
    """
    degree = np.asarray(connectivities.sum(axis=1), dtype=np.float64).ravel()
    share = np.divide(1.0, degree, out=np.zeros_like(degree), where=degree > 0)
    return sparse.csr_matrix(sparse.diags(share) @ connectivities)


def sparse_tensor(matrix: sparse.spmatrix) -> Tensor:
    """Return a matrix of scipy as a sparse tensor of the same type, coalesced."""
    csr = matrix.tocsr()
    csr.sum_duplicates()
    coo = csr.tocoo()
    index = torch.from_numpy(np.stack([coo.row, coo.col]).astype(np.int64))
    values = torch.from_numpy(coo.data)
    return torch.sparse_coo_tensor(
        index, values, coo.shape, check_invariants=True, is_coalesced=True
    )


def neighbor_table(
    connectivities: sparse.csr_matrix,
    *,
    k: int | None = None,
    distances: sparse.csr_matrix | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return neighbours as a table of fixed width.

    Parameters
    ----------
    connectivities : csr_matrix [n, n]
        As in :class:`NeighborGraph`.
    k
        Width; None for the largest number of neighbours, which loses nothing. A spot with more
        than `k` keeps the nearest; among equals (or without `distances`) the first.
    distances : csr_matrix [n, n]
        With the same pattern; sorts the neighbours of each spot.

    Returns
    -------
    index : ndarray of int64 [n, k]
        Neighbours of each spot; padded with the spot itself.
    mask : ndarray of bool [n, k]
        Where `index` is a neighbour; all False in the row of an isolated spot.

    Raises
    ------
    InputError
        If `k` is negative or the two patterns differ.

    Examples
    --------
    >>> index, mask = neighbor_table(sparse.csr_matrix([[0, 1, 1], [1, 0, 0], [0, 0, 0]]))
    >>> index.tolist(), mask.tolist()
    ([[1, 2], [0, 1], [2, 2]], [[True, True], [True, False], [False, False]])
    """
    matrix = sparse.csr_matrix(connectivities)
    n = matrix.shape[0]
    degree = np.diff(matrix.indptr)
    if k is None:
        k = int(degree.max(initial=0))
    if k < 0:
        raise InputError(f"is {k}", slot="k", remedy="Give 0 or more.")
    row = np.repeat(np.arange(n), degree)
    column = matrix.indices.astype(np.int64)
    far = np.zeros(len(column)) if distances is None else _aligned(distances, matrix)
    order = np.lexsort([column, far, row])
    place = np.arange(len(column)) - np.repeat(matrix.indptr[:-1], degree)
    kept = place < k
    index = np.repeat(np.arange(n, dtype=np.int64)[:, None], k, axis=1)
    index[row[kept], place[kept]] = column[order][kept]
    mask = np.zeros((n, k), dtype=bool)
    mask[row[kept], place[kept]] = True
    return index, mask


def _aligned(distances: sparse.csr_matrix, matrix: sparse.csr_matrix) -> NDArray[np.float64]:
    if not (
        np.array_equal(distances.indptr, matrix.indptr)
        and np.array_equal(distances.indices, matrix.indices)
    ):
        raise InputError(
            "do not have the edges of the connectivities",
            slot="distances",
            remedy="Give both matrices of one NeighborGraph.",
        )
    return np.asarray(distances.data, dtype=np.float64)
