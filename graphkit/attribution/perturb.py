"""Ways to take letters out of a sequence that leave a sequence: never by N."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.sequences import BREAK, dinucleotide_shuffle

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Codes = NDArray[np.uint8]
    Integers = NDArray[np.int64]
    Knockout = Callable[[Codes, Integers, np.random.Generator], Codes]


def substitute(codes: Codes, places: Integers, generator: np.random.Generator) -> Codes:
    """Put another letter, each of the three as likely, at each of some positions.

    Parameters
    ----------
    codes : uint8 [L]
        The encoded sequence.
    places : int64 [n]
        Positions, all different; breaks among them stay breaks.
    generator
        Source of randomness.

    Returns
    -------
    uint8 [L]
        A new array.
    """
    changed = codes.copy()
    places = places[codes[places] < BREAK]
    step = generator.integers(1, 4, size=len(places))
    changed[places] = (codes[places] + step) % BREAK
    return changed


def shuffle(codes: Codes, places: Integers, generator: np.random.Generator) -> Codes:
    """Shuffle each run of adjacent positions, keeping its dinucleotides.

    Runs of up to three letters have one order only and stay as they are.

    Parameters
    ----------
    codes, places, generator
        As for :func:`substitute`; the positions in order.

    Returns
    -------
    uint8 [L]
        A new array.
    """
    changed = codes.copy()
    for start, end in zip(*run_bounds(places), strict=True):
        changed[start:end] = dinucleotide_shuffle(codes[start:end], generator)
    return changed


def run_bounds(places: Integers) -> tuple[Integers, Integers]:
    """Return start and end of each run of adjacent positions.

    Parameters
    ----------
    places : int64 [n]
        Positions in order.

    Returns
    -------
    start, end : int64 [R]
        0-based, half-open.

    Examples
    --------
    >>> [bounds.tolist() for bounds in run_bounds(np.array([2, 3, 7]))]
    [[2, 7], [4, 8]]
    """
    if not len(places):
        return places, places
    gap = np.flatnonzero(np.diff(places) > 1)
    first = np.concatenate([[0], gap + 1])
    last = np.concatenate([gap, [len(places) - 1]])
    return places[first], places[last] + 1


def random_runs(places: Integers, allowed: Integers, generator: np.random.Generator) -> Integers:
    """Draw positions in as many runs, and of the same lengths, as those of given positions.

    Scattered single knock-outs break more k-mers than a few runs do, so a fair comparison has runs.

    Parameters
    ----------
    places : int64 [n]
        Positions in order, all of them allowed.
    allowed : int64 [m]
        Positions that may be drawn, in order; lengths are measured along them.
    generator
        Source of randomness.

    Returns
    -------
    int64 [n]
        Positions in order.
    """
    start, end = run_bounds(np.searchsorted(allowed, places))
    lengths = generator.permutation(end - start)
    # Letters left over, and all runs before it, stand in front of each run; no two runs touch.
    free = len(allowed) - len(places)
    before = np.sort(generator.choice(free + 1, size=len(lengths), replace=False))
    earlier = np.cumsum(lengths) - lengths
    steps = np.arange(lengths.sum()) - np.repeat(earlier, lengths)
    return allowed[np.repeat(before + earlier, lengths) + steps]
