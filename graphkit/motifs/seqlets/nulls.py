"""Null distribution of window sums, where there is no element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaincc, gammainccinv, gammaincinv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# The tail beyond this share of a measured null is smoothed by an exponential.
_TAIL = 0.01
_FEWEST_IN_TAIL = 20

# A body says little about the far tail. Sums of a few Laplace-distributed scores look Gaussian
# (shape 2) in their body and are not in their tail; up to this shape none of them were called.
_LIGHTEST = 1.3


def window_sums(scores: Floats, widths: Sequence[int]) -> Floats:
    """Sum every window of every width.

    Parameters
    ----------
    scores : float [L]
    widths
        Nucleotides per window, ascending.

    Returns
    -------
    ndarray [W, max(L - widths[0] + 1, 0)]
        By first position; NaN where the window holds a NaN or reaches beyond the end.

    Examples
    --------
    >>> window_sums(np.array([1.0, 2.0, np.nan, 4.0, 5.0]), [1, 2]).tolist()
    [[1.0, 2.0, nan, 4.0, 5.0], [3.0, nan, nan, 9.0, nan]]
    """
    missing = np.isnan(scores)
    total = np.concatenate(([0.0], np.cumsum(np.where(missing, 0.0, scores))))
    holes = np.concatenate(([0], np.cumsum(missing)))
    sums = np.full((len(widths), max(len(scores) - widths[0] + 1, 0)), np.nan)
    for row, width in zip(sums, widths, strict=True):
        n = max(len(scores) - width + 1, 0)
        row[:n] = total[width:] - total[:n]
        row[:n][holes[width:] > holes[:n]] = np.nan
    return sums


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Where the sums of one transcript lie, and how far from there half of them are.

    Parameters
    ----------
    centre, spread : float [W]
        Median, and median distance from it, for each width; NaN where nothing varies.
    """

    centre: Floats
    spread: Floats

    def standardise(self, sums: Floats) -> Floats:
        """Return how many spreads each sum [W, m] lies from the centre."""
        return (sums - self.centre[:, None]) / self.spread[:, None]


def fit_body(sums: Floats, *, size: float) -> Body:
    """Fit centre and spread to the body of some sums, which a few elements do not move.

    Where most sums are equal, as in a track that is zero but for its elements, the median
    distance vanishes; then that of the Laplace distribution with the same mean distance is taken.

    Parameters
    ----------
    sums : float [W, m]
        NaN is left out.
    size
        Largest absolute score: what differs by less than a billionth of it is rounding.
    """
    centre = _quantile(sums, 0.5)
    distance = np.abs(sums - centre[:, None])
    spread = _quantile(distance, 0.5)
    n = np.maximum((~np.isnan(distance)).sum(axis=1), 1)
    mean = np.nansum(distance, axis=1) / n * np.log(2)
    spread = np.where(spread > 1e-9 * size, spread, mean)
    return Body(centre, np.where(spread > 1e-9 * size, spread, np.nan))


def _quantile(values: Floats, share: float) -> Floats:
    """Return the nearest quantile of each row [W], NaN left out and returned for empty rows."""
    ordered = np.sort(values, axis=1)
    n = (~np.isnan(values)).sum(axis=1)
    if values.shape[1] == 0:
        return np.full(len(values), np.nan)
    return ordered[np.arange(len(values)), np.minimum((n * share).astype(int), values.shape[1] - 1)]


@dataclass(frozen=True, slots=True)
class ExponentialPower:
    """Tail of the density ``exp(-(z / scale)^shape)``: Laplace at shape 1, Gauss at 2."""

    shape: float
    scale: float

    def upper(self, z: Floats) -> Floats:
        """Return P(Z >= z) for z >= 0."""
        return np.asarray(0.5 * gammaincc(1 / self.shape, (z / self.scale) ** self.shape))

    def least(self, p: float) -> float:
        """Return the z that is exceeded with probability `p`, below one half."""
        return self.scale * float(gammainccinv(1 / self.shape, 2 * p)) ** (1 / self.shape)


def match_centre(distance: Floats) -> ExponentialPower:
    """Fit the tail that the body of the sums implies.

    The shape is chosen, from Laplace to a little towards Gauss, by how far the upper quartile of
    the distance lies beyond its median, so elements in less than a quarter of the windows do not
    count; the scale is the larger of those that the two imply (central matching, Efron 2004,
    doi 10.1198/016214504000000089).

    Parameters
    ----------
    distance : float [m]
        Absolute distances in spreads, of all transcripts together; no NaN.

    Examples
    --------
    >>> match_centre(np.array([0.1, 1.0, 1.0, 9.0, 9.0])).shape
    1.0
    """
    half, most = np.quantile(distance, (0.5, 0.75)).tolist() if distance.size else (0.0, 0.0)
    if half == 0:  # most sums are equal, and spreads are those of a Laplace distribution
        return ExponentialPower(1.0, 1 / float(np.log(2)))
    shapes = np.linspace(1.0, _LIGHTEST, 31)
    halves, mosts = (gammaincinv(1 / shapes, share) ** (1 / shapes) for share in (0.5, 0.75))
    best = int(np.argmin(np.abs(mosts / halves - most / half)))
    scale = max(half / float(halves[best]), most / float(mosts[best]))
    return ExponentialPower(float(shapes[best]), scale)


@dataclass(frozen=True, slots=True, eq=False)
class Empirical:
    """Upper tail of standardised sums seen under the null, exponential at its end.

    Parameters
    ----------
    values : float [m]
        Sorted.
    start
        Where the exponential takes over.
    excess
        Mean distance beyond `start` of what lies there.
    """

    values: Floats
    start: float
    excess: float

    def upper(self, z: Floats) -> Floats:
        """Return P(Z >= z)."""
        above = len(self.values) - np.searchsorted(self.values, z, side="left")
        p = (above + 1) / (len(self.values) + 1)
        far = z > self.start
        p[far] = _TAIL * np.exp(-(z[far] - self.start) / self.excess)
        return np.asarray(p)

    def least(self, p: float) -> float:
        """Return the z that is exceeded with probability `p`."""
        if p < _TAIL:
            return self.start + self.excess * float(np.log(_TAIL / p))
        return float(np.quantile(self.values, 1 - p))


def fit_tail(z: Floats) -> ExponentialPower | Empirical:
    """Fit the upper tail of standardised null sums; central matching where they are too few.

    Parameters
    ----------
    z : float [m]
        No NaN.

    Examples
    --------
    >>> tail = fit_tail(np.random.default_rng(0).laplace(size=100_000))
    >>> bool(0.003 < tail.upper(np.array([5.0]))[0] < 0.004)
    True
    """
    start = float(np.quantile(z, 1 - _TAIL)) if z.size else 0.0
    beyond = z[z > start] - start
    if beyond.size < _FEWEST_IN_TAIL:
        return match_centre(np.abs(z))
    return Empirical(np.sort(z), start, float(beyond.mean()))
