"""Principal components of matrices that stay sparse."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.decomposition import PCA
from sklearn.utils.sparsefuncs import mean_variance_axis

from graphkit.errors import InputError
from graphkit.omics.mapped import by_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray


# Variance of a column that does not vary.
_STILL = 1e-24


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


def principal_components(matrix: Any, *, n_components: int = 50, seed: int = 0) -> Components:
    """Return the leading principal components; columns are centred, not scaled.

    They are those of ``scanpy.pp.pca``, in double precision: in single precision, the scores of a
    Visium slide are off by up to 2e-4 of the largest.

    Parameters
    ----------
    matrix : csr_matrix or ndarray [n, G]
        Spots by genes; sparse ones are centred implicitly.
    n_components
        Components wanted, >= 1.
    seed
        Start of the iteration, >= 0; it moves the result by rounding only.

    Returns
    -------
    Components
        Scores, loadings and mean; all but the mean are 0 where no column varies.

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
    values = (
        by_rows(lambda part: part.astype(np.float64), matrix)
        if sparse.issparse(matrix)
        else matrix.astype(np.float64)
    )
    if not _varies(values):  # where the iteration fails
        mean = np.ravel(values.mean(axis=0))
        scores, loadings = (np.zeros((size, n_components)) for size in matrix.shape)
    else:
        model = PCA(n_components, svd_solver="arpack", random_state=seed)
        scores = model.fit_transform(values)
        loadings, mean = model.components_.T, model.mean_
    return Components(*(part.astype(np.float32) for part in (scores, loadings, mean)))


def _varies(values: Any) -> bool:
    """Return whether any column does; the variance of a sparse one that does not is rounding."""
    if sparse.issparse(values):
        return bool(mean_variance_axis(values, axis=0)[1].max() > _STILL)
    return bool(np.ptp(values, axis=0).any())
