"""Test a motif's enrichment in one class, among transcripts of like length and composition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln, ndtri

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_PER_STRATUM = 8  # records that a stratum should hold about
_MOST_BINS = 8  # of length, and of chance sites within each


@dataclass(frozen=True, slots=True)
class Enrichment:
    """Enrichment of a motif in one class over the other.

    Parameters
    ----------
    odds_ratio
        Mantel-Haenszel, of holding the motif: in the class it speaks for, over the other.
    low, high
        95 % interval (Robins, Breslow and Greenland).
    p
        One-sided, conditional, exact; None where the comparison is only descriptive.
    q
        Benjamini-Hochberg over all motifs of the table; None as `p`.
    present : tuple of float
        Share of the transcripts that hold the motif: in the other class, in that it speaks for.
    n : tuple of int
        Transcripts compared, in the same order.
    """

    odds_ratio: float
    low: float
    high: float
    p: float | None
    q: float | None
    present: tuple[float, float]
    n: tuple[int, int]

    @property
    def log2(self) -> float:
        """Base-2 logarithm of the odds ratio."""
        return float(np.log2(self.odds_ratio))


def strata(length: ArrayLike, chance: ArrayLike) -> Ints:
    """Group transcripts that are alike in length and in the sites expected by chance.

    Length is cut into quantile bins, and each of those by the density of chance sites, which is
    what composition means for one motif. The bins are as many as leave about eight transcripts
    in each, up to 8 x 8.

    Parameters
    ----------
    length : float [n]
    chance : float [n]
        From :func:`graphkit.motifs.testing.chance.chance_sites`.

    Returns
    -------
    int64 [n]

    Examples
    --------
    >>> strata([500] * 16 + [900] * 16, [0.1] * 8 + [0.4] * 8 + [0.2] * 8 + [0.7] * 8)[::8].tolist()
    [0, 1, 8, 9]
    """
    lengths = np.asarray(length, dtype=np.float64)
    density = np.asarray(chance, dtype=np.float64) / np.maximum(lengths, 1)
    n_bins = int(np.clip(round(np.sqrt(len(lengths) / _PER_STRATUM)), 1, _MOST_BINS))
    outer = _bins(lengths, n_bins)
    inner = np.zeros(len(lengths), dtype=np.int64)
    for number in np.unique(outer):
        members = outer == number
        inner[members] = _bins(density[members], n_bins)
    return outer * _MOST_BINS + inner


def _bins(values: Floats, n_bins: int) -> Ints:
    """Cut into bins of equal size; equal values stay together."""
    if len(values) == 0:
        return np.empty(0, dtype=np.int64)
    edges = np.quantile(values, np.arange(1, n_bins) / n_bins)
    return np.searchsorted(edges, values, side="left")


def enrich(present: ArrayLike, positive: ArrayLike, stratum: ArrayLike) -> Enrichment:
    """Compare two classes within strata.

    Given how many transcripts of a stratum hold the motif and how many are of each class, the
    number that are and do is hypergeometric if class and motif are unrelated there. The sum over
    strata has the convolution of those distributions, so the test is exact at any size:
    Fisher's, stratified.

    Parameters
    ----------
    present : bool [n]
        Whether each transcript holds the motif.
    positive : bool [n]
        Whether it is of the class that the motif speaks for.
    stratum : int [n]
        From :func:`strata`.

    Returns
    -------
    Enrichment
        With `p` and without `q`.

    References
    ----------
    Mantel and Haenszel 1959, doi 10.1093/jnci/22.4.719; Robins, Breslow and Greenland 1986,
    doi 10.2307/2531052.

    Examples
    --------
    >>> found = enrich([1, 1, 1, 0] * 5, [1, 1, 0, 0] * 5, [0] * 20)
    >>> round(found.p, 4), found.present
    (0.0163, (0.5, 1.0))
    """
    tables = count_tables(present, positive, stratum)
    a, b, c, d = tables.T
    n_positive, n_negative = int((a + b).sum()), int((c + d).sum())
    odds, low, high = _odds_ratio(tables)
    share = (float(c.sum() / max(n_negative, 1)), float(a.sum() / max(n_positive, 1)))
    return Enrichment(odds, low, high, exact_p(tables), None, share, (n_negative, n_positive))


def count_tables(present: ArrayLike, positive: ArrayLike, stratum: ArrayLike) -> Ints:
    """Count the four kinds of transcripts in each stratum.

    Returns
    -------
    int64 [S, 4]
        Positive with, positive without, negative with, negative without the motif.
    """
    held, good = np.asarray(present, dtype=bool), np.asarray(positive, dtype=bool)
    _, group = np.unique(np.asarray(stratum), return_inverse=True)
    cell = np.where(good, 0, 2) + np.where(held, 0, 1)
    n = int(group.max()) + 1 if group.size else 0
    return np.bincount(group * 4 + cell, minlength=4 * n).reshape(n, 4)


def exact_p(tables: Ints) -> float:
    """Return P(at least as many positives hold the motif), all margins of all strata given.

    Parameters
    ----------
    tables : int64 [S, 4]
        From :func:`count_tables`.
    """
    density, observed = np.ones(1), 0
    for a, b, c, d in tables.tolist():
        least, most = max(0, a + c - (c + d)), min(a + c, a + b)
        # Counted from the least that the margins allow.
        density = np.convolve(density, _hypergeometric(least, most, a + c, b + d, a + b))
        observed += a - least
    return float(min(density[observed:].sum(), 1.0))


def _hypergeometric(least: int, most: int, held: int, others: int, drawn: int) -> Floats:
    """Chance of each number from `least` to `most` of holders among those drawn."""
    n = np.arange(least, most + 1)
    ways = _log_choose(held, n) + _log_choose(others, drawn - n)
    return np.exp(ways - _log_choose(held + others, np.array(drawn)))


def _log_choose(n: int, k: Ints) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _odds_ratio(tables: Ints) -> tuple[float, float, float]:
    """Mantel-Haenszel odds ratio and 95 % interval; half a count in each cell if it is 0 or inf."""
    a, b, c, d = tables.T.astype(np.float64)
    informative = (a + b > 0) & (c + d > 0) & (a + c > 0) & (b + d > 0)
    if not informative.any():
        return 1.0, 0.0, float("inf")
    a, b, c, d = a[informative], b[informative], c[informative], d[informative]
    if (a * d).sum() == 0 or (b * c).sum() == 0:
        a, b, c, d = a + 0.5, b + 0.5, c + 0.5, d + 0.5
    n = a + b + c + d
    r, s = a * d / n, b * c / n
    agree, differ = (a + d) / n, (b + c) / n
    variance = (
        (agree * r).sum() / (2 * r.sum() ** 2)
        + (agree * s + differ * r).sum() / (2 * r.sum() * s.sum())
        + (differ * s).sum() / (2 * s.sum() ** 2)
    )
    log = np.log(r.sum() / s.sum())
    reach = ndtri(0.975) * np.sqrt(variance)
    return float(np.exp(log)), float(np.exp(log - reach)), float(np.exp(log + reach))


def benjamini_hochberg(p: ArrayLike, *, n_tests: int | None = None) -> NDArray[np.float64]:
    """Return q-values: the smallest false discovery rate at which each test is called.

    Parameters
    ----------
    p : float [m]
        p-values, in any order.
    n_tests
        Tests made, where `p` holds only the smallest of them; by default `m`.

    Returns
    -------
    ndarray [m]
        In the order of `p`, never below it.

    References
    ----------
    Benjamini and Hochberg 1995, doi 10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.5, 0.02]).round(3).tolist()
    [0.03, 0.5, 0.03]
    """
    values = np.asarray(p, dtype=np.float64)
    if values.size == 0:
        return np.empty(0)
    order = np.argsort(values, kind="stable")
    total = values.size if n_tests is None else max(n_tests, values.size)
    raised = values[order] * total / np.arange(1, values.size + 1)
    q = np.empty_like(values)
    q[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return q
