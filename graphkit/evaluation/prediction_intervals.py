"""Intervals around predicted numbers that hold what they promise on records held out."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Self

import numpy as np

from graphkit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_FEWEST = 20
# No interval is wider than so many scales to one side.
_WIDEST = 100.0


@dataclass(frozen=True)
class PredictionInterval:
    """How many of its own scales a prediction may be off to either side.

    A measured value differs from a prediction because the prediction is off, and because the
    measurement is. The interval is one of the first alone, for the true value; the second, whose
    variance is known, is allowed for while it is fitted.

    Parameters
    ----------
    below, above
        Scales from the prediction down to the lower end and up to the upper end.
    level
        Share of true values between the two.

    Examples
    --------
    >>> generator = np.random.default_rng(0)
    >>> value = generator.normal(0, 2, 5000)
    >>> found = PredictionInterval.fit(value, location=np.zeros(5000), scale=np.ones(5000))
    >>> round(found.above, 1), [round(float(end), 1) for end in found.apply(1.0, scale=0.5)]
    (2.6, [-0.3, 2.3])
    """

    below: float
    above: float
    level: float = 0.8

    @classmethod
    def fit(
        cls,
        value: ArrayLike,
        *,
        location: ArrayLike,
        scale: ArrayLike,
        variance: ArrayLike = 0.0,
        weight: ArrayLike = 1.0,
        level: float = 0.8,
    ) -> Self:
        """Widen or narrow the scales until held-out values fall outside as often as they should.

        Parameters
        ----------
        value : float [n]
            Measured values of records that were not learned from.
        location, scale : float [n]
            What was predicted for them.
        variance : float [n] or float
            Of the noise in `value`.
        weight : float [n] or float
            How much each record counts.
        level
            Wanted share between the ends; half of the rest on either side.

        Raises
        ------
        InputError
            If there are fewer than 20 records, a number is not finite, a scale not positive, or a
            weight negative.
        """
        given = (value, location, scale, variance, weight)
        y, centre, width, noise, counts = np.broadcast_arrays(
            *(np.asarray(part, dtype=np.float64) for part in given)
        )
        if y.ndim != 1 or len(y) < _FEWEST:
            raise InputError(f"no interval for values {y.shape}", slot="value")
        lowest = (width.min() > 0, noise.min() >= 0, counts.min() >= 0, counts.sum() > 0)
        if not np.isfinite([y, centre, width, noise, counts]).all() or not all(lowest):
            raise InputError("needs finite numbers and positive scales", slot="scale")
        tail = (1 - level) / 2
        reach = _reach(level) * np.sqrt(noise)
        ends = [_factor(sign * (y - centre), width, reach, tail, counts) for sign in (-1, 1)]
        return cls(ends[0], ends[1], level)

    def apply(self, location: ArrayLike, *, scale: ArrayLike) -> tuple[Floats, Floats]:
        """Return lower and upper ends around predictions, ``[n]`` each."""
        centre, width = (np.asarray(part, dtype=np.float64) for part in (location, scale))
        return centre - self.below * width, centre + self.above * width

    def covers(
        self, value: ArrayLike, *, location: ArrayLike, scale: ArrayLike, variance: ArrayLike = 0.0
    ) -> NDArray[np.bool_]:
        """Tell which measured values lie within the ends moved out by their noise, ``[n]``.

        The arguments are those of :meth:`fit`. Independent errors add up as squares.
        """
        off = np.asarray(value, dtype=np.float64) - np.asarray(location, dtype=np.float64)
        reach = _reach(self.level) * np.sqrt(np.asarray(variance, dtype=np.float64))
        factor = np.where(off < 0, self.below, self.above)
        inside: NDArray[np.bool_] = np.abs(off) <= np.hypot(factor * np.asarray(scale), reach)
        return inside


def _reach(level: float) -> float:
    """Return how many standard deviations of noise lie within a share `level` to one side."""
    return NormalDist().inv_cdf((1 + level) / 2)


def _factor(off: Floats, scale: Floats, reach: Floats, tail: float, counts: Floats) -> float:
    """Return by what to multiply scales so that a share `tail` of `off` lies beyond."""
    # To apply an interval is part of a prediction, which must not wait for this.
    from scipy.optimize import brentq

    def excess(factor: float) -> float:
        return float(np.average(off > np.hypot(factor * scale, reach), weights=counts)) - tail

    if excess(0.0) <= 0:
        return 0.0
    if excess(_WIDEST) >= 0:
        return _WIDEST
    return float(brentq(excess, 0.0, _WIDEST, xtol=1e-6))
