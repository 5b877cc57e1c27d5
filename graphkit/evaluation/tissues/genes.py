"""Spatial autocorrelation of genes over a tissue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from graphkit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Genes multiplied with the graph at a time: their neighbour sums are nearly dense.
_BLOCK = 512


def morans_i(
    values: sparse.spmatrix | NDArray[Any], weights: sparse.spmatrix, *, block: int = _BLOCK
) -> Floats:
    """Return Moran's I of each gene: the correlation of a spot with its neighbours.

    ``I = n / sum(w) * sum_ij w_ij (x_i - m)(x_j - m) / sum_i (x_i - m)^2``. Without spatial pattern
    it is ``-1 / (n - 1)`` on average; averaging over neighbours raises it, so the values of a
    denoised layer say nothing about the tissue.

    Parameters
    ----------
    values : csr_matrix or ndarray [n, G]
        Expression; a sparse matrix stays sparse but for `block` genes at a time.
    weights : csr_matrix [n, n]
        Neighbour graph, weights >= 0; rows need not sum to 1.
    block
        Genes at a time.

    Returns
    -------
    ndarray of float64 [G]
        NaN for a gene that does not vary, and where no spot has a neighbour.

    References
    ----------
    Moran 1950, doi:10.1093/biomet/37.1-2.17.

    Examples
    --------
    >>> chain = sparse.diags([1.0, 1.0], [-1, 1], shape=(4, 4))
    >>> stripes_and_halves = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
    >>> morans_i(stripes_and_halves, chain).round(3)
    array([-1.   ,  0.333])
    """
    graph = sparse.csr_matrix(weights, dtype=np.float64)
    n, genes = values.shape
    if graph.shape != (n, n):
        raise InputError(
            f"a graph of {graph.shape[0]} spots for {n}",
            slot="weights",
            remedy="Make the graph from the same spots.",
        )
    columns = sparse.csc_matrix(values, dtype=np.float64)
    out_in = np.asarray(graph.sum(axis=0)).ravel() + np.asarray(graph.sum(axis=1)).ravel()
    total = float(graph.sum())
    found = np.full(genes, np.nan)
    if total == 0:
        return found
    for start in range(0, genes, block):
        x = columns[:, start : start + block]
        mean = _sum(x) / n
        spread = _sum(x.multiply(x)) - n * mean**2
        # Centring would make x dense: the product is expanded instead.
        joint = _sum(x.multiply(graph @ x)) - mean * np.asarray(x.T @ out_in) + mean**2 * total
        varies = spread > 1e-12 * np.maximum(_sum(x.multiply(x)), 1e-300)
        part = found[start : start + block]
        part[varies] = n / total * joint[varies] / spread[varies]
    return found


def _sum(matrix: sparse.spmatrix) -> Floats:
    return np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel()
