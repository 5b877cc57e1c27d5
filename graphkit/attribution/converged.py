"""Integrated gradients with as many points on the path as it takes for the shares to add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.attribution.gradients import Attribution, integrated_gradients

if TYPE_CHECKING:
    from graphkit.attribution.log_odds import Codes, LogOdds

TOLERANCE = 0.01
"""Gap, as a share of what is to be explained, that more points are spent on."""

MOST_STEPS = 1024
"""Points on the path at which more are no longer tried."""

_FACTOR = 4


def converged_gradients(
    model: LogOdds, codes: Codes, *, steps: int = 64, tolerance: float = TOLERANCE
) -> Attribution:
    """Explain the log-odds of one sequence; where the shares do not add up, look closer.

    The path to a sequence of few k-mers, such as a homopolymer, is steep and has kinks where units
    of the network switch on: a few points may miss one. Four times as many are then tried, and four
    times as many again, as long as that is no more than 1,024.

    Parameters
    ----------
    model
        What is explained.
    codes : uint8 [L]
        The encoded sequence.
    steps
        Points to begin with, at least 2.
    tolerance
        Largest :attr:`Attribution.gap` that is good enough; infinite for exactly `steps` points.

    Returns
    -------
    Attribution
        That of the smallest gap; `steps` says how many points it took.

    Raises
    ------
    InputError
        If `steps` is less than 2.
    """
    found = integrated_gradients(model, codes, steps=steps)
    while found.gap > tolerance and _FACTOR * steps <= MOST_STEPS:
        steps *= _FACTOR
        found = min(found, integrated_gradients(model, codes, steps=steps), key=lambda a: a.gap)
    return found
