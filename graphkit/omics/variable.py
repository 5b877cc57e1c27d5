"""Genes that vary: more than their abundance explains, or from place to place."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse, stats
from sklearn.utils.sparsefuncs import mean_variance_axis

from graphkit.errors import InputError
from graphkit.omics.mapped import by_rows, column_sums, is_mapped, row_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Shares of the genes that the local fit of the trend looks at: scanpy's, and wider ones for tables
# where many genes have the same few counts, which make a narrow fit singular.
SPANS = (0.3, 0.6, 1.0)
# scikit-misc's fit of next to no genes reads where nothing is, and ends the process.
FEWEST = 10
# Standard deviation of a column that does not vary: rounding alone.
_STILL = 1e-3
# Values that are dense at a time.
_BLOCK = 1 << 22
# Stored values of a mapped table that are copied into memory at a time.
_COPIED = 1 << 22
# Values of chance that Moran's I is compared with, in how many orders of the spots, and the spots
# that these need.
_CHANCES, _ORDERS, _FEWEST_SPOTS = 10_000, (3, 30), 4


def highly_variable(
    counts: sparse.csr_matrix,
    *,
    n_top_genes: int = 3000,
    batch: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Return the genes whose counts vary most beyond the trend with abundance.

    They are scanpy's "seurat_v3" ones. Genes without counts are never taken.

    Parameters
    ----------
    counts : csr_matrix [n, G]
        Raw counts.
    n_top_genes
        How many to take, >= 1; all genes with counts where there are not more.
    batch : ndarray of int64 [n]
        Slide of each spot: genes are ranked within slides, and the ranks are joined. Slides of one
        spot say nothing.

    Returns
    -------
    ndarray of int64 [min(n_top_genes, genes with counts)]
        Columns of `counts`, ascending.

    Raises
    ------
    InputError
        If `n_top_genes` is below 1, or the counts of too few genes vary to see a trend.

    References
    ----------
    Stuart et al. 2019, doi:10.1016/j.cell.2019.05.031.

    Examples
    --------
    >>> counts = sparse.csr_matrix(np.random.default_rng(0).poisson(2.0, (50, 4)))
    >>> highly_variable(counts, n_top_genes=4)
    array([0, 1, 2, 3])
    """
    if n_top_genes < 1:
        raise InputError(f"is {n_top_genes}", slot="n_top_genes", remedy="Give 1 or more.")
    seen = np.flatnonzero(column_sums(counts) > 0)
    if len(seen) <= n_top_genes:
        return seen
    slide = np.zeros(counts.shape[0], dtype=np.int64) if batch is None else batch
    spots = np.flatnonzero(np.bincount(slide)[slide] > 1)
    read = by_rows(lambda part: part[:, seen], sparse.csr_matrix(counts), spots)
    return seen[_seurat_v3(read, slide[spots], n_top_genes)]


def morans_i(values: sparse.spmatrix | NDArray[Any], weights: sparse.spmatrix) -> Floats:
    """Return Moran's I of each gene: the correlation of a spot with its neighbours.

    Without spatial pattern it is ``-1 / (n - 1)`` on average; averaging over neighbours raises it,
    so the values of a denoised layer say nothing about the tissue.

    Parameters
    ----------
    values : csr_matrix or ndarray [n, G]
        Expression.
    weights : csr_matrix [n, n]
        Neighbour graph, weights >= 0; rows need not sum to 1.

    Returns
    -------
    ndarray of float64 [G]
        NaN for a gene that does not vary, and where no spot has a neighbour.

    Raises
    ------
    InputError
        If the graph is one of other spots.

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
    return _morans_i(sparse.csr_matrix(values), weights, [np.arange(values.shape[0])])[0]


def _morans_i(
    values: sparse.csr_matrix, weights: sparse.spmatrix, orders: Sequence[NDArray[np.integer]]
) -> Floats:
    """Return Moran's I of each gene with the spots in some orders, [len(orders), G]."""
    n, n_genes = values.shape
    if weights.shape != (n, n):
        raise InputError(
            f"a graph of {weights.shape[0]} spots for {n}",
            slot="weights",
            remedy="Make the graph from the same spots.",
        )
    found = np.full((len(orders), n_genes), np.nan)
    if weights.sum() == 0:
        return found
    w = sparse.csr_matrix(weights, dtype=np.float64)
    for columns, block in _dense_columns(values):
        varying = np.ptp(block, axis=0) > 0
        z = (block - block.mean(axis=0))[:, varying]
        for number, order in enumerate(orders):
            y = z[order]
            found[number, columns[varying]] = (y * (w @ y)).sum(axis=0) / (y**2).sum(axis=0)
    return n / w.sum() * found


def _dense_columns(values: sparse.csr_matrix) -> Iterator[tuple[NDArray[np.int64], Floats]]:
    """Yield some columns and their values, [n, b]; rows are read once for many columns."""
    n, n_genes = values.shape
    width = max(1, _BLOCK // n)
    many = max(width, _COPIED * n_genes // max(values.nnz, 1)) if is_mapped(values) else n_genes
    for first in range(0, n_genes, many):
        columns = np.arange(first, min(first + many, n_genes))
        genes = values
        if len(columns) < n_genes:
            rows = row_blocks(values.shape, values.nnz)
            genes = sparse.vstack([values[part][:, columns] for part in rows])
        genes = sparse.csc_matrix(genes)
        for start in range(0, len(columns), width):
            block = genes[:, start : start + width].toarray().astype(np.float64)
            yield columns[start : start + width], block


class SpatialPattern(NamedTuple):
    """Moran's I of genes over a tissue, and its false discovery rate.

    Parameters
    ----------
    morans_i : ndarray of float64 [G]
        As :func:`morans_i` gives it.
    morans_fdr : ndarray of float64 [G]
        False discovery rate (Benjamini-Hochberg) of "more than spots in any order"; NaN where
        Moran's I is.
    """

    morans_i: Floats
    morans_fdr: Floats


def spatial_pattern(
    values: sparse.csr_matrix,
    weights: sparse.csr_matrix,
    *,
    slide: NDArray[np.int64] | None = None,
    seed: int = 0,
) -> SpatialPattern:
    """Return Moran's I of each gene and its false discovery rate by permutation.

    Spots are put into another order, within slides, for all genes at once. What the genes then
    have is compared in units of the deviation that Moran's I has for values of such kurtosis, so
    that few permutations do for many genes.

    Parameters
    ----------
    values : csr_matrix [n, G]
        Log-normalised expression.
    weights : csr_matrix [n, n]
        Neighbour graph.
    slide : ndarray of int64 [n]
        Slide of each spot; None where there is one.
    seed
        Of the orders.

    Examples
    --------
    >>> chain = sparse.diags([1.0, 1.0], [-1, 1], shape=(60, 60)).tocsr()
    >>> halves = np.repeat([0.0, 1.0], 30)
    >>> values = np.stack([halves, np.random.default_rng(0).permutation(halves)], axis=1)
    >>> spatial_pattern(sparse.csr_matrix(values), chain).morans_fdr < 0.05
    array([ True, False])
    """
    n, n_genes = values.shape
    if n < _FEWEST_SPOTS:
        return SpatialPattern(morans_i(values, weights), np.full(n_genes, np.nan))
    rng = np.random.default_rng(seed)
    slide = np.zeros(n, dtype=np.int64) if slide is None else slide
    sorted_spots = np.argsort(slide, kind="stable")
    orders = [np.arange(n, dtype=np.int32)]
    for _ in range(int(np.clip(_CHANCES / n_genes, *_ORDERS))):
        order = np.empty(n, dtype=np.int32)
        order[sorted_spots] = np.lexsort((rng.random(n), slide))
        orders.append(order)
    found, *chance = _morans_i(values, weights, orders)
    spread = _deviation(values, weights)
    null = np.concatenate(chance) / np.tile(spread, len(chance))
    null = np.sort(null[np.isfinite(null)])
    known = np.isfinite(found / spread)
    above = len(null) - np.searchsorted(null, (found / spread)[known])
    fdr = np.full(n_genes, np.nan)
    if known.any():
        fdr[known] = stats.false_discovery_control((1 + above) / (1 + len(null)))
    return SpatialPattern(found, fdr)


def _deviation(values: sparse.csr_matrix, weights: sparse.csr_matrix) -> Floats:
    """Return the standard deviation of Moran's I of each gene over all orders of the spots."""
    n = float(values.shape[0])
    first, second, third, fourth = (column_sums(values, power=p) / n for p in (1, 2, 3, 4))
    variance = second - first**2
    peaked = fourth - 4 * first * third + 6 * first**2 * second - 3 * first**4
    w = sparse.csr_matrix(weights, dtype=np.float64)
    s0 = w.sum()
    # (w + w.T).power(2).sum() / 2, in less memory
    s1 = np.square(w.data).sum() + w.multiply(w.T).sum()
    s2 = np.square(np.asarray(w.sum(axis=0)).ravel() + np.asarray(w.sum(axis=1)).ravel()).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        kurtosis = peaked / variance**2
        normal = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
        tails = kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
        square = (normal - tails) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - 1 / (n - 1) ** 2
        # Where all spots are neighbours, no order differs from another.
        return np.asarray(np.where(square > 0, np.sqrt(square), np.nan))


def _seurat_v3(
    counts: sparse.csr_matrix, slide: NDArray[np.int64], n_top_genes: int
) -> NDArray[np.bool_]:
    """Return whether each gene is taken, [G]; scanpy says the same, and copies the counts."""
    slides = [np.flatnonzero(slide == one) for one in np.unique(slide)]
    parts = [counts] if len(slides) == 1 else [by_rows(_same, counts, rows) for rows in slides]
    moments = [
        (part, *(column_sums(part, power=p) / part.shape[0] for p in (1, 2))) for part in parts
    ]
    fewest = min(((square > mean**2).sum() for _, mean, square in moments), default=0)
    for span in SPANS if fewest >= FEWEST else ():
        try:
            spread = np.stack([_spread(*one, span=span) for one in moments])
        except ValueError:  # raised by scikit-misc
            continue
        ranks = np.argsort(np.argsort(-spread, axis=1), axis=1).astype(np.float64)
        ranks[ranks >= n_top_genes] = np.nan
        taken = np.isfinite(ranks).sum(axis=0)
        middle = np.full(len(taken), np.inf)
        middle[taken > 0] = np.nanmedian(ranks[:, taken > 0], axis=0)
        chosen = np.zeros(len(taken), dtype=bool)
        chosen[np.lexsort([-taken, middle])[:n_top_genes]] = True
        return chosen
    raise InputError(
        f"too few counts to tell which {n_top_genes:,} of {counts.shape[1]:,} genes vary most",
        slot="X",
        remedy=f"Take all genes: n_top_genes={counts.shape[1]}.",
    )


def _spread(counts: sparse.csr_matrix, mean: Floats, square: Floats, *, span: float) -> Floats:
    """Return the variance of each gene in units of the trend, large counts cut, [G]."""
    from skmisc.loess import loess

    n = counts.shape[0]
    variance = (square - mean**2) * (n / (n - 1))
    varies, trend = variance > 0, np.zeros(len(mean))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = loess(np.log10(mean[varies]), np.log10(variance[varies]), span=span, degree=2)
        fit.fit()
    trend[varies] = fit.outputs.fitted_values
    expected = np.sqrt(10**trend)
    cut = expected * np.sqrt(n) + mean
    first, second = (column_sums(counts, power=p, most=cut) for p in (1, 2))
    return np.asarray((n * mean**2 + second - 2 * first * mean) / ((n - 1) * expected**2))


def _same(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    return counts


def column_moments(
    table: sparse.csr_matrix, weights: NDArray[np.floating] | None = None
) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of each column; 1 where it does not vary.

    Parameters
    ----------
    table : csr_matrix [n, G]
        Log-normalised genes.
    weights : float [n]
        Of the rows; None for equal ones.

    Returns
    -------
    mean, deviation : float64 [G]

    Examples
    --------
    >>> column_moments(sparse.csr_matrix([[1.0, 5.0], [3.0, 5.0]]))
    (array([2., 5.]), array([1., 1.]))
    """
    like = None if weights is None else np.asarray(weights, dtype=table.dtype)
    mean, variance = mean_variance_axis(table, axis=0, weights=like)
    deviation = np.sqrt(variance.astype(np.float64))
    return mean.astype(np.float64), np.where(deviation > _STILL, deviation, 1.0)
