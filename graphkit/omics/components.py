"""Principal components of matrices that stay sparse."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from scipy import sparse
from scipy.linalg import eigh

from graphkit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    # scipy carries no types, so the union says no more than its first part.
    Matrix: TypeAlias = sparse.spmatrix | Any

# Up to this many rows or columns, the products of all pairs fit into memory, and decomposing them
# is exact and faster than an iteration, which needs long where no component stands out.
MAX_GRAM = 4096
# Rows or columns that are dense at a time.
BLOCK = 4096


class Components(NamedTuple):
    """Principal components: ``scores @ loadings.T + mean`` approximates the matrix.

    Parameters
    ----------
    scores : ndarray of float32 [n, d]
        Position of each row.
    loadings : ndarray of float32 [G, d]
        Unit vectors, by falling variance; the largest entry of each is positive.
    mean : ndarray of float32 [G]
        Mean of each column.
    """

    scores: NDArray[np.float32]
    loadings: NDArray[np.float32]
    mean: NDArray[np.float32]


def pca(matrix: Matrix, *, n_components: int = 50, seed: int = 0) -> NDArray[np.float32]:
    """Return the scores of :func:`principal_components`.

    Parameters
    ----------
    matrix : csr_matrix or ndarray [n, G]
        Spots by genes.
    n_components
        Components wanted.
    seed
        Start of the iteration.

    Returns
    -------
    ndarray of float32 [n, d]
        Scores; d is smaller than `n_components` where the matrix is.
    """
    return principal_components(matrix, n_components=n_components, seed=seed).scores


def principal_components(matrix: Matrix, *, n_components: int = 50, seed: int = 0) -> Components:
    """Return the leading principal components; columns are centred, not scaled.

    A sparse matrix is centred implicitly and stays sparse. Signs are fixed, so the same matrix and
    seed give the same numbers.

    Parameters
    ----------
    matrix : csr_matrix or ndarray [n, G]
        Spots by genes.
    n_components
        Components wanted, >= 1.
    seed
        Start of the iteration, >= 0; it moves the result by rounding only.

    Returns
    -------
    Components
        Scores, loadings and mean.

    Raises
    ------
    InputError
        If `n_components` is below 1 or the matrix has fewer than two rows or columns.

    Warns
    -----
    UserWarning
        If the matrix has not as many components, of which it then gives those it has.
    """
    most = min(matrix.shape) - 1
    if most < 1:
        raise InputError(
            f"{matrix.shape[0]} spots x {matrix.shape[1]} genes",
            slot="matrix",
            remedy="Principal components need two spots and two genes at least.",
        )
    if n_components < 1:
        raise InputError(f"is {n_components}", slot="n_components", remedy="Give 1 or more.")
    if n_components > most:
        warnings.warn(
            f"n_components = {n_components} cut to {most}: "
            f"the table has {matrix.shape[0]:,} spots and {matrix.shape[1]:,} genes",
            stacklevel=2,
        )
        n_components = most
    mean = np.asarray(matrix.mean(axis=0, dtype=np.float64)).ravel()
    if min(matrix.shape) > MAX_GRAM:
        loadings = _iterative(matrix, mean, n_components, seed)
    elif matrix.shape[1] <= matrix.shape[0]:
        loadings = _leading(_gram(matrix, mean), n_components)
    else:
        loadings = _through_rows(matrix, mean, n_components)
    # The entry that decides a sign is the largest one, which rounding does not change.
    loadings *= np.sign(loadings[np.abs(loadings).argmax(axis=0), np.arange(n_components)])
    scores = np.asarray(matrix @ loadings) - mean @ loadings
    return Components(
        scores.astype(np.float32), loadings.astype(np.float32), mean.astype(np.float32)
    )


def _gram(matrix: Matrix, mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the products of all pairs of centred columns, [G, G]."""
    total = np.zeros((matrix.shape[1], matrix.shape[1]))
    for start in range(0, matrix.shape[0], BLOCK):
        block = _centred(matrix[start : start + BLOCK], mean)
        total += block.T @ block
    return total


def _through_rows(
    matrix: Matrix, mean: NDArray[np.float64], n_components: int
) -> NDArray[np.float64]:
    """Return the loadings of a matrix with more columns than rows, [G, d]."""
    columns = sparse.csc_matrix(matrix) if sparse.issparse(matrix) else matrix
    total = np.zeros((matrix.shape[0], matrix.shape[0]))
    for start in range(0, matrix.shape[1], BLOCK):
        part = slice(start, start + BLOCK)
        block = _centred(columns[:, part], mean[part])
        total += block @ block.T
    left = _leading(total, n_components)
    loadings = np.asarray(matrix.T @ left) - np.outer(mean, left.sum(axis=0))
    size = np.linalg.norm(loadings, axis=0)
    # A component without variance has no direction; zeros leave its scores at zero.
    known: NDArray[np.bool_] = size > 1e-6 * size[0]
    return np.where(known, loadings / np.where(known, size, 1.0), 0.0)


def _leading(gram: NDArray[np.float64], n_components: int) -> NDArray[np.float64]:
    """Return the eigenvectors of the largest eigenvalues, in falling order."""
    size = len(gram)
    vectors: NDArray[np.float64] = eigh(gram, subset_by_index=[size - n_components, size - 1])[1]
    return vectors[:, ::-1].copy()


def _centred(block: Matrix, mean: NDArray[np.float64]) -> NDArray[np.float64]:
    values = block.toarray() if sparse.issparse(block) else np.asarray(block)
    centred: NDArray[np.float64] = values - mean
    return centred


def _iterative(
    matrix: Matrix, mean: NDArray[np.float64], n_components: int, seed: int
) -> NDArray[np.float64]:
    values = matrix.data if sparse.issparse(matrix) else matrix
    square = float(np.square(values, dtype=np.float64).sum())
    if square - matrix.shape[0] * float(mean @ mean) <= 1e-12 * square:
        return np.zeros((matrix.shape[1], n_components))  # nothing varies
    transposed = matrix.T.tocsr() if sparse.issparse(matrix) else matrix.T
    centred = sparse.linalg.LinearOperator(
        matrix.shape,
        matvec=lambda x: matrix @ x - mean @ x,
        matmat=lambda x: matrix @ x - mean @ x,
        rmatvec=lambda y: transposed @ y - mean * y.sum(),
        rmatmat=lambda y: transposed @ y - np.outer(mean, y.sum(axis=0)),
        dtype=np.float64,
    )
    start = np.random.default_rng(seed).standard_normal(min(matrix.shape))
    _, values, right = sparse.linalg.svds(centred, k=n_components, v0=start)
    loadings: NDArray[np.float64] = right[np.argsort(-values, kind="stable")].T.copy()
    return loadings
