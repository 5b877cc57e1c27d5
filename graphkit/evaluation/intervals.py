"""Intervals, and those over the few seeds of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its percentile interval.

    Parameters
    ----------
    estimate
        The score on the records as they are.
    lower, upper
        Percentiles of the score over resampled records.
    """

    estimate: float
    lower: float
    upper: float

    def __str__(self) -> str:
        return f"{self.estimate:.3f} ({self.lower:.3f} to {self.upper:.3f})"


def seed_interval(values: ArrayLike, *, level: float = 0.95) -> Interval:
    """Return the mean over seeds with Student's interval; of one seed, no width is known.

    Parameters
    ----------
    values : float [n]
        One value per seed.
    level
        Coverage.

    Examples
    --------
    >>> seed_interval([1.0, 2.0, 3.0]).estimate
    2.0
    """
    numbers = np.asarray(values, dtype=np.float64)
    mean = float(numbers.mean())
    if len(numbers) < 2:
        return Interval(mean, float("nan"), float("nan"))
    half = float(
        stats.t.ppf((1 + level) / 2, len(numbers) - 1) * numbers.std(ddof=1) / len(numbers) ** 0.5
    )
    return Interval(mean, mean - half, mean + half)
