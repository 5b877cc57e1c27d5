"""Genes that vary more than their abundance explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from graphkit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Share of the genes that a local fit looks at, and how many places it is made at.
SPAN = 0.3
N_ANCHORS = 200


def highly_variable(
    counts: sparse.csr_matrix,
    *,
    n_top_genes: int = 3000,
    batch: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Return the genes whose counts vary most beyond the trend with abundance.

    The genes with the largest :func:`standardised_variance`; among equals the first. Genes without
    counts are never taken.

    Parameters
    ----------
    counts : csr_matrix [n, G]
        Raw counts.
    n_top_genes
        How many to take, >= 1.
    batch : ndarray of int64 [n]
        Slide of each spot: variances are taken within slides and averaged over them.

    Returns
    -------
    ndarray of int64 [min(n_top_genes, genes with counts)]
        Columns of `counts`, ascending.

    Raises
    ------
    InputError
        If `n_top_genes` is below 1.

    Examples
    --------
    >>> counts = sparse.csr_matrix(np.random.default_rng(0).poisson(2.0, (50, 4)))
    >>> highly_variable(counts, n_top_genes=2).shape
    (2,)
    """
    if n_top_genes < 1:
        raise InputError(f"is {n_top_genes}", slot="n_top_genes", remedy="Give 1 or more.")
    seen = np.asarray(counts.sum(axis=0)).ravel() > 0
    if batch is None:
        score = standardised_variance(counts)
    else:
        groups = np.unique(batch)
        parts = [standardised_variance(counts[batch == group]) for group in groups]
        score = np.mean(parts, axis=0)
    # Rounding keeps the order of near-equals independent of the order of the spots.
    order = np.lexsort([np.arange(len(score)), -score.round(6), ~seen])
    return np.sort(order[: min(n_top_genes, int(seen.sum()))]).astype(np.int64)


def standardised_variance(counts: sparse.csr_matrix) -> NDArray[np.float64]:
    """Return the variance of each gene after standardising by the trend and clipping.

    The trend of log variance over log mean is a quadratic fitted locally. Standardised counts are
    cut at the square root of the number of spots, so that one spot cannot make a gene.

    Parameters
    ----------
    counts : csr_matrix [n, G]
        Raw counts.

    Returns
    -------
    ndarray of float64 [G]
        About 1 for a gene on the trend; 0 for a constant gene.

    References
    ----------
    The "seurat_v3" score: Stuart et al. 2019, doi:10.1016/j.cell.2019.05.031.
    """
    n, n_genes = counts.shape
    if n < 2:
        return np.zeros(n_genes)
    matrix = sparse.csc_matrix(counts, dtype=np.float64)
    mean = np.asarray(matrix.mean(axis=0)).ravel()
    square = np.asarray(matrix.multiply(matrix).mean(axis=0)).ravel()
    variance = (square - mean**2) * n / (n - 1)
    varying = (mean > 0) & (variance > 1e-12 * square)
    score = np.zeros(n_genes)
    if not varying.any():
        return score
    expected = np.ones(n_genes)
    expected[varying] = 10 ** _trend(np.log10(mean[varying]), np.log10(variance[varying]))
    scale = np.sqrt(expected)
    limit = mean + scale * np.sqrt(n)
    columns = np.repeat(np.arange(n_genes), np.diff(matrix.indptr))
    clipped = np.minimum(matrix.data, limit[columns])
    total = np.bincount(columns, clipped, minlength=n_genes)
    squares = np.bincount(columns, clipped**2, minlength=n_genes)
    centred = squares - 2 * mean * total + n * mean**2
    score[varying] = centred[varying] / ((n - 1) * expected[varying])
    return score


def _trend(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a local quadratic fit of `y` on `x`, fitted at anchors and read off between them."""
    order = np.argsort(x, kind="stable")
    x_sorted, y_sorted = x[order], y[order]
    width = min(len(x), max(int(SPAN * len(x)), 10))
    anchors = np.unique(
        np.interp(np.linspace(0, 1, N_ANCHORS), np.linspace(0, 1, len(x)), x_sorted)
    )
    fitted = [_fit_at(anchor, x_sorted, y_sorted, width) for anchor in anchors]
    return np.interp(x, anchors, fitted)


def _fit_at(anchor: float, x: NDArray[np.float64], y: NDArray[np.float64], width: int) -> float:
    distance = np.abs(x - anchor)
    near = np.argsort(distance, kind="stable")[:width]
    reach = max(distance[near[-1]], 1e-12) * 1.001
    weight = np.sqrt((1 - (distance[near] / reach) ** 3) ** 3)
    shift = (x[near] - anchor) / reach
    degree = min(2, len(np.unique(x[near])) - 1)
    design = np.vander(shift, degree + 1) * weight[:, None]
    solution = np.linalg.lstsq(design, y[near] * weight, rcond=None)[0]
    return float(solution[-1])
