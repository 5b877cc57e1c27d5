"""Seqlets, and how overlapping windows become seqlets that do not overlap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SMALLEST = 1e-300
"""p-values below this tie."""

_QUIET = 0.1  # share of its strongest score below which a letter at a seqlet's end is cut off


class Seqlet(NamedTuple):
    """One stretch that stands out.

    Parameters
    ----------
    record
        Index of its track.
    start, end
        0-based, half-open.
    sign
        1 or -1: the direction it speaks for.
    score
        Sum of its position scores.
    p, q
        Of the window, under the null; signs are corrected apart.
    """

    record: int
    start: int
    end: int
    sign: int
    score: float
    p: float
    q: float


def tidy(windows: Sequence[Seqlet], scores: Sequence[Floats], *, longest: int) -> list[Seqlet]:
    """Make seqlets of the windows of one sign that were called.

    Of those that overlap the best is kept; letters at the ends that say less than a tenth of the
    strongest are cut off; and neighbours at most one letter apart are joined where that makes no
    more than `longest` letters, so that an element is not cut in two.

    Parameters
    ----------
    windows
        Of any order.
    scores : sequence of float [L]
        Position scores of each record.
    longest
        Letters of the longest seqlet.

    Returns
    -------
    list of Seqlet
        In order of record and start.
    """
    joined: list[Seqlet] = []
    kept = [_trimmed(window, scores[window.record]) for window in _without_overlaps(windows)]
    for seqlet in sorted(kept):
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.record == seqlet.record
            and seqlet.start - last.end <= 1
            and seqlet.end - last.start <= longest
        ):
            joined[-1] = last._replace(
                end=seqlet.end,
                score=float(scores[last.record][last.start : seqlet.end].sum()),
                p=min(last.p, seqlet.p),
                q=min(last.q, seqlet.q),
            )
        else:
            joined.append(seqlet)
    return joined


def _without_overlaps(windows: Sequence[Seqlet]) -> list[Seqlet]:
    """Keep the best of those that overlap, greedily; of equals the longer, then the earlier."""

    def worth(seqlet: Seqlet) -> tuple[float, ...]:
        # Rounded, for sums of the same scores differ in their last digits.
        rank = round(math.log(max(seqlet.p, SMALLEST)), 6)
        return rank, seqlet.start - seqlet.end, seqlet.record, seqlet.start

    kept: list[Seqlet] = []
    taken: set[tuple[int, int]] = set()
    for seqlet in sorted(windows, key=worth):
        cells = {(seqlet.record, t) for t in range(seqlet.start, seqlet.end)}
        if taken.isdisjoint(cells):
            taken |= cells
            kept.append(seqlet)
    return kept


def _trimmed(seqlet: Seqlet, scores: Floats) -> Seqlet:
    speaks = seqlet.sign * scores[seqlet.start : seqlet.end]
    loud = np.flatnonzero(speaks >= _QUIET * speaks.max())
    start, end = seqlet.start + int(loud[0]), seqlet.start + int(loud[-1]) + 1
    return seqlet._replace(start=start, end=end, score=float(scores[start:end].sum()))
