"""Seqlets: short stretches whose summed score stands out, at a stated false discovery rate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.motifs.seqlets.nulls import fit_tail, match_centre, window_sums
from graphkit.motifs.seqlets.segments import fit_parts
from graphkit.motifs.testing.enrichment import benjamini_hochberg
from graphkit.motifs.track import Seqlet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.motifs.seqlets.nulls import Empirical, ExponentialPower
    from graphkit.motifs.track import Track

    Floats = NDArray[np.float64]
    Tail = Empirical | ExponentialPower

SMALLEST = 1e-300
"""p-values below this tie."""

_QUIET = 0.1  # share of its strongest score below which a letter at a seqlet's end is cut off


@dataclass(frozen=True, slots=True, kw_only=True)
class SeqletParams:
    """Parameters of the calling of seqlets.

    Parameters
    ----------
    min_length, max_length
        Shortest and longest window, nucleotides; quiet letters at its ends are cut off.
    fdr
        False discovery rate over all window starts of one sign.

    Raises
    ------
    InputError
        Naming the argument that makes no sense.
    """

    min_length: int = 4
    max_length: int = 15
    fdr: float = 0.05

    def __post_init__(self) -> None:
        if not 1 <= self.min_length <= self.max_length:
            raise InputError(
                f"lengths are {self.min_length} to {self.max_length}",
                slot="min_length",
                remedy="Give 1 <= min_length <= max_length.",
            )
        if not 0 < self.fdr < 1:
            raise InputError(f"fdr is {self.fdr}", slot="fdr", remedy="Give 0 < fdr < 1.")

    @property
    def widths(self) -> range:
        """Every length tried."""
        return range(self.min_length, self.max_length + 1)


def call_seqlets(
    tracks: Sequence[Track],
    params: SeqletParams | None = None,
    *,
    nulls: Sequence[Sequence[Floats]] | None = None,
) -> list[Seqlet]:
    """Find the stretches of each sign whose summed score exceeds the null.

    Each window of each length gets the p-value of its sum. At each start the best length is
    kept, its p-value multiplied by the number of lengths tried; Benjamini-Hochberg runs over the
    starts of all transcripts, each sign apart; and of the windows below `fdr` those that overlap
    a better one of their sign are dropped (:func:`graphkit.motifs.seqlets.call.tidy` does the
    rest).

    Sums are compared within the part of the transcript they lie in (``Track.breaks``).

    The best null is the model's own scores of dinucleotide-shuffled transcripts: window sums are
    scaled by transcript, and their pooled upper tail is empirical up to its last hundredth and
    exponential beyond. Without it the tail is what the body of the tracks' own sums implies
    (:func:`graphkit.motifs.seqlets.nulls.match_centre`): an assumption, and too lenient for a model
    whose scores have heavier tails than their body shows.

    Parameters
    ----------
    tracks
        Explained transcripts.
    params
        None for the defaults.
    nulls : sequence [n] of sequence of float [L], optional
        For each track, scores of shuffles of its transcript.

    Returns
    -------
    list of Seqlet
        In order of record and start. None from tracks that are constant or uncovered.

    Raises
    ------
    InputError
        If there is not one entry of `nulls` per track.

    Examples
    --------
    >>> from graphkit.motifs import Track
    >>> from graphkit.sequences import encode
    >>> scores = np.tile([0.01, -0.01], 50)
    >>> scores[40:48] = 1.0
    >>> [s[:4] for s in call_seqlets([Track("x", encode("ACGUU" * 20), scores)])]
    [(0, 40, 48, 1)]
    """
    params = params or SeqletParams()
    if nulls is not None and len(nulls) != len(tracks):
        raise InputError(
            f"{len(nulls)} nulls for {len(tracks)} tracks",
            slot="nulls",
            remedy="Give the scores of some shuffles for each track.",
        )
    sums = [window_sums(track.scores, params.widths) for track in tracks]
    null_sums = [[s] for s in sums] if nulls is None else [_sums(null, params) for null in nulls]
    bodies = [fit_parts(null, track.breaks) for null, track in zip(null_sums, tracks, strict=True)]
    every = zip(bodies, null_sums, strict=True)
    pooled = _pool([b.standardise(copy) for b, null in every for copy in null], params)
    found: list[Seqlet] = []
    for sign in (1, -1):
        if nulls is None:
            tails: list[Tail] = [match_centre(np.abs(z)) for z in pooled]
        else:
            tails = [fit_tail(sign * z) for z in pooled]
        best = [
            _best_windows(sign * s, sign * b.standardise(s), tails, params.fdr)
            for s, b in zip(sums, bodies, strict=True)
        ]
        found += _call(tracks, best, params, sign)
    return sorted(found)


def strongest(track: Track, *, most: int = 5) -> list[Seqlet]:
    """Find the stretches of a track that lie farthest from its body, above chance or not.

    Parameters
    ----------
    track
        An explained transcript.
    most
        Stretches.

    Returns
    -------
    list of Seqlet
        In order, none overlapping another; p and q are 1: nothing was tested.

    Examples
    --------
    >>> from graphkit.motifs import Track
    >>> from graphkit.sequences import encode
    >>> scores = np.random.default_rng(0).normal(size=100) * 0.3
    >>> scores[40:48] = 3.0
    >>> [s.start for s in strongest(Track("x", encode("ACGUU" * 20), scores), most=1)]
    [40]
    """
    widths = SeqletParams().widths
    sums = window_sums(track.scores, widths)
    z = fit_parts([sums], track.breaks).standardise(sums)
    far = np.where(sums * z > 0, np.abs(z), 0.0)
    row = far.argmax(axis=0) if far.size else np.empty(0, dtype=np.int64)
    height = far[row, np.arange(far.shape[1])]
    ranked = np.argsort(-height, kind="stable")[: most * 2 * widths[-1]]
    windows = [
        # Ranked as if by p, of which a distance from the body is the logarithm.
        Seqlet(0, t, t + w, sign, sign * t, math.exp(-min(height[t], 600.0)), 1.0)
        for t, w in zip(ranked.tolist(), (row[ranked] + widths[0]).tolist(), strict=True)
        if height[t] > 0
        for sign in (1 if sums[row[t], t] > 0 else -1,)
    ]
    found = [_trimmed(one, track.scores) for one in _without_overlaps(windows)[:most]]
    return sorted(one._replace(p=1.0) for one in found)


def _sums(null: Sequence[Floats], params: SeqletParams) -> list[Floats]:
    """Window sums of each shuffle of one transcript; none at all where there is no shuffle."""
    sums = [window_sums(np.asarray(s, dtype=np.float64), params.widths) for s in null]
    return sums or [np.empty((len(params.widths), 0))]


def _pool(standardised: list[Floats], params: SeqletParams) -> list[Floats]:
    """Join the standardised sums of all transcripts, for each width, without NaN."""
    joined = np.hstack([np.empty((len(params.widths), 0)), *standardised])
    return [row[~np.isnan(row)] for row in joined]


def _best_windows(
    sums: Floats, z: Floats, tails: list[Tail], fdr: float
) -> tuple[Floats, NDArray[np.int64]]:
    """Return for each start the corrected p of its best width, and the row of that width.

    What cannot be called, because p is above `fdr`, gets 1.
    """
    p = np.where(np.isnan(z), np.nan, 1.0)
    for row, tail in enumerate(tails):
        out = (sums[row] > 0) & (z[row] >= tail.least(fdr / len(tails)))
        p[row, out] = np.minimum(tail.upper(z[row, out]) * len(tails), 1.0)
    # Wider wins a tie, up to rounding: it holds the whole of an element of equal scores.
    rank = np.round(np.log(np.maximum(p, SMALLEST)), 6)
    rank[np.isnan(rank)] = np.inf
    widest = len(tails) - 1 - np.argmin(rank[::-1], axis=0)
    return p[widest, np.arange(p.shape[1])], widest


def _call(
    tracks: Sequence[Track],
    best: list[tuple[Floats, NDArray[np.int64]]],
    params: SeqletParams,
    sign: int,
) -> list[Seqlet]:
    """Call the seqlets of one sign from the best window of each start."""
    n_tests, rows = 0, []
    for record, (track, (p, row)) in enumerate(zip(tracks, best, strict=True)):
        n_tests += int(np.count_nonzero(~np.isnan(p)))
        start = np.flatnonzero(p <= params.fdr)
        width = row[start] + params.min_length
        rows += [
            (record, t, t + w, sign, float(track.scores[t : t + w].sum()), value)
            for t, w, value in zip(start.tolist(), width.tolist(), p[start].tolist(), strict=True)
        ]
    q = benjamini_hochberg([row[-1] for row in rows], n_tests=n_tests)
    called = [
        Seqlet(*row, q=value)
        for row, value in zip(rows, q.tolist(), strict=True)
        if value <= params.fdr
    ]
    return tidy(called, [track.scores for track in tracks], longest=params.max_length)


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
                score=float(np.nansum(scores[last.record][last.start : seqlet.end])),
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
    loud = np.flatnonzero(speaks >= _QUIET * np.nanmax(speaks))
    start, end = seqlet.start + int(loud[0]), seqlet.start + int(loud[-1]) + 1
    return seqlet._replace(start=start, end=end, score=float(np.nansum(scores[start:end])))
