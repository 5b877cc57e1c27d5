"""Deletion and insertion: how far the prediction moves with the positions scores point to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.attribution.perturb import random_runs, shuffle, substitute
from graphkit.sequences import BREAK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from graphkit.attribution.log_odds import LogOdds
    from graphkit.attribution.perturb import Codes, Integers

SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)


@dataclass(frozen=True)
class Curve:
    """Change of the log-odds, by the share of positions that were changed.

    Parameters
    ----------
    shares : tuple of float [S]
        Shares of the positions that have a score.
    moved : ndarray [S]
        Mean change towards what the scores say, in log-odds: down for a deletion, up for an
        insertion.
    random : ndarray [S]
        Mean *size* of the change by as many runs of the same lengths at random places.
    """

    shares: tuple[float, ...]
    moved: NDArray[np.float64]
    random: NDArray[np.float64]

    @property
    def area(self) -> float:
        """Mean of `moved` over the span of the shares."""
        return _mean_height(self.shares, self.moved)

    @property
    def random_area(self) -> float:
        """Mean of `random` over the span of the shares."""
        return _mean_height(self.shares, self.random)

    def at(self, share: float) -> tuple[float, float]:
        """Return ``(moved, random)`` at one of the shares."""
        place = self.shares.index(share)
        return float(self.moved[place]), float(self.random[place])


def deletion(
    model: LogOdds,
    codes: Codes,
    scores: NDArray[np.floating],
    *,
    generator: np.random.Generator,
    shares: Sequence[float] = SHARES,
    draws: int = 4,
    random_draws: int = 20,
) -> Curve:
    """Substitute the positions of highest signed score, and as many random runs.

    Parameters
    ----------
    model
        What the scores explain.
    codes : uint8 [L]
        The encoded sequence.
    scores : ndarray [L]
        Scores; positions that score NaN are left alone.
    generator
        Source of the substituted letters and the random places.
    shares
        Shares of positions.
    draws, random_draws
        Substitutions of the highest positions, and of random runs.
    """

    def fall(chosen: list[Integers]) -> NDArray[np.float64]:
        variants = [substitute(codes, places, generator) for places in chosen]
        f_x, *after = model([codes, *variants])
        return f_x - np.array(after)

    return _curve(fall, codes, scores, generator, shares, (draws, random_draws))


def insertion(
    model: LogOdds,
    codes: Codes,
    scores: NDArray[np.floating],
    *,
    generator: np.random.Generator,
    shares: Sequence[float] = SHARES,
    draws: int = 4,
    random_draws: int = 20,
) -> Curve:
    """Put the positions of highest signed score back into a dinucleotide shuffle.

    The arguments are those of :func:`deletion`; each draw has a shuffle of its own.
    """
    everywhere = np.arange(len(codes))

    def rise(chosen: list[Integers]) -> NDArray[np.float64]:
        empty = [shuffle(codes, everywhere, generator) for _ in chosen]
        filled = [one.copy() for one in empty]
        for one, places in zip(filled, chosen, strict=True):
            one[places] = codes[places]
        return model(filled) - model(empty)

    return _curve(rise, codes, scores, generator, shares, (draws, random_draws))


def _curve(
    move: Callable[[list[Integers]], NDArray[np.float64]],
    codes: Codes,
    scores: NDArray[np.floating],
    generator: np.random.Generator,
    shares: Sequence[float],
    draws: tuple[int, int],
) -> Curve:
    allowed = np.flatnonzero(np.isfinite(scores) & (codes < BREAK))
    order = allowed[np.argsort(-scores[allowed], kind="stable")]
    moved, random = [], []
    for share in shares:
        places = np.sort(order[: max(1, round(share * len(order)))])
        elsewhere = [random_runs(places, allowed, generator) for _ in range(draws[1])]
        found = move([places] * draws[0] + elsewhere)
        moved.append(found[: draws[0]].mean())
        random.append(np.abs(found[draws[0] :]).mean())
    return Curve(tuple(shares), np.array(moved), np.array(random))


def _mean_height(shares: Sequence[float], heights: NDArray[np.float64]) -> float:
    return float(np.trapezoid(heights, shares) / (shares[-1] - shares[0]))
