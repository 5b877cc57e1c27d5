"""Positions of k-mers in their sequence: the provenance of de Bruijn graphs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Path(NamedTuple):
    """One walk through a graph.

    Parameters
    ----------
    unit : int64 [P]
        Node or edge that is visited at each step.
    start : int64 [P]
        0-based position of its first letter in the whole sequence; no two are alike.
    width
        Letters of each unit.
    """

    unit: NDArray[np.int64]
    start: NDArray[np.int64]
    width: int


@dataclass(frozen=True)
class Occurrences:
    """Provenance of what a sequence's graph is made of: its edges, followed by its nodes.

    A unit's score is split equally over its occurrences, and each of these over its letters: what
    the positions add up to is what the units that occur add up to.

    Parameters
    ----------
    paths
        Walks, for example two per region; a unit belongs to one of them.
    length
        Letters of the sequence.

    Examples
    --------
    >>> path = Path(np.array([0, 1, 0]), np.array([0, 1, 2]), width=2)
    >>> Occurrences((path,), length=5).project(np.array([4.0, 1]))
    array([1. , 1.5, 1.5, 1. , nan])
    """

    paths: tuple[Path, ...]
    length: int

    @property
    def ids(self) -> range:
        """0-based positions of the whole sequence."""
        return range(self.length)

    @cached_property
    def covered(self) -> NDArray[np.bool_]:
        """Positions that some unit covers, ``[L]``; all others score NaN, never 0."""
        covered = np.zeros(self.length, dtype=bool)
        for _, start, width in self.paths:
            for offset in range(width):
                covered[start + offset] = True
        return covered

    def project(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Carry scores of units, ``[n]``, to positions, ``[L]``."""
        track = np.zeros(self.length)
        for unit, start, width in self.paths:
            times = np.bincount(unit, minlength=len(values))
            each = np.asarray(values, dtype=np.float64) / np.maximum(times, 1) / width
            share = each[unit]
            for offset in range(width):
                track[start + offset] += share
        return np.where(self.covered, track, np.nan)

    def totals(self, values: NDArray[np.floating]) -> list[float]:
        """Add up the scores of the units, ``[n]``, that each walk visits."""
        return [float(values[np.unique(unit)].sum()) for unit, _, _ in self.paths]

    def evenly(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Give every occurrence on a walk the same share of what all units of that walk have.

        Nothing is given out on a walk that is empty.

        Parameters
        ----------
        values : ndarray [n]
            Scores of units, ``4^width`` for each walk, one walk's behind the other's.

        Examples
        --------
        >>> path = Path(np.array([0, 1, 0]), np.array([0, 1, 2]), width=1)
        >>> Occurrences((path,), length=3).evenly(np.array([0.0, 2, 4, 0]))
        array([4., 2., 0., 0.])
        """
        spread = np.zeros(len(values))
        first = 0
        for unit, _, width in self.paths:
            last = first + 4**width
            each = np.sum(values[first:last]) / max(len(unit), 1)
            spread[first:last] = each * np.bincount(unit - first, minlength=4**width)
            first = last
        return spread
