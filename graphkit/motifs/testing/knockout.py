"""Measure what a model's log-odds lose when the sites of a motif are broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from graphkit.errors import InputError
from graphkit.motifs.scan import Corpus, find_sites, log_odds, threshold
from graphkit.sequences import BREAK, dinucleotide_shuffle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from graphkit.motifs.motif import Motif

    Codes = NDArray[np.uint8]
    Floats = NDArray[np.float64]
    Effect = Callable[[list[Codes]], Floats]

_FLANK = 3  # letters on both sides that take part in a shuffle
_TRIES = 20


@dataclass(frozen=True, slots=True)
class KnockOut:
    """Mean change of the log-odds over transcripts that hold a motif.

    Parameters
    ----------
    effect
        With the sites broken, minus as it was; the mean over transcripts.
    low, high
        95 % interval of `effect` over transcripts (Student); NaN for a single transcript.
    control
        Mean change when as many stretches of that size are broken elsewhere.
    n_transcripts, n_sites
        That were changed.
    """

    effect: float
    low: float
    high: float
    control: float
    n_transcripts: int
    n_sites: int


def knock_out(
    effect: Effect,
    sequences: Sequence[Codes],
    motif: Motif,
    *,
    p: float = 1e-4,
    draws: int = 5,
    max_records: int = 200,
    seed: int = 0,
) -> KnockOut | None:
    """Break every site of a motif and see what a model makes of it.

    Each site and three letters on both sides are shuffled, dinucleotides kept, until no site is
    left there; where no order does that, the site's letters are drawn anew from the transcript.
    Never N, which no model has learned to read.

    Parameters
    ----------
    effect
        Takes sequences and returns the log-odds [n] of the class that positive scores favour.
    sequences : list of uint8 [L]
    motif, p
        As in :func:`graphkit.motifs.find_sites`.
    draws
        Ways in which each transcript's sites, and its control stretches, are broken.
    max_records
        Most transcripts changed; of more, a random sample.
    seed
        Of sample and shuffles.

    Returns
    -------
    KnockOut or None
        None where no transcript holds the motif.

    Raises
    ------
    InputError
        If `effect` does not return one finite number per sequence.
    """
    corpus = Corpus.of(sequences)
    sites = find_sites(motif, corpus, p=p)
    holders = np.unique(sites.record)
    if len(holders) == 0:
        return None
    generator = np.random.default_rng(seed)
    if len(holders) > max_records:
        holders = np.sort(generator.choice(holders, size=max_records, replace=False))
    table = log_odds(motif, corpus.background)
    breaker = _Breaker(table, threshold(table, corpus.background, p=p), generator)
    rows = [
        _changes(effect, sequences[record], sites.start[sites.record == record], breaker, draws)
        for record in holders.tolist()
    ]
    change, control = np.array(rows).T
    mean, reach = float(change.mean()), float("nan")
    if len(change) > 1:
        error = change.std(ddof=1) / np.sqrt(len(change))
        reach = float(stdtrit(len(change) - 1, 0.975) * error)
    n_sites = int(np.isin(sites.record, holders).sum())
    return KnockOut(mean, mean - reach, mean + reach, float(control.mean()), len(holders), n_sites)


def _changes(
    effect: Effect, codes: Codes, starts: NDArray[np.int64], breaker: _Breaker, draws: int
) -> tuple[float, float]:
    """Return the mean change of one transcript with its sites, and with other stretches, broken."""
    elsewhere = breaker.elsewhere(codes, starts)
    changed = [codes]
    for stretches in (starts, elsewhere):
        changed += [breaker.broken(codes, stretches) for _ in range(draws)]
    f = np.asarray(effect(changed), dtype=np.float64)
    if f.shape != (len(changed),) or not np.isfinite(f).all():
        raise InputError(
            f"effect gave shape {f.shape} for {len(changed)} sequences, or a number not finite",
            slot="effect",
            remedy="Return one finite log-odds per sequence.",
        )
    return float(f[1 : draws + 1].mean() - f[0]), float(f[draws + 1 :].mean() - f[0])


class _Breaker:
    """Rewrites stretches of a sequence, as long as a motif, until they hold no site of it."""

    def __init__(
        self, table: NDArray[np.int64], least: int, generator: np.random.Generator
    ) -> None:
        # A break scores so low that no stretch with one is a site.
        self._columns = np.hstack([table, np.full((len(table), 1), -(10**6))])
        self._least = least
        self._generator = generator

    def broken(self, codes: Codes, starts: NDArray[np.int64]) -> Codes:
        """Return a copy with the stretches that begin at `starts` rewritten."""
        changed, width = codes.copy(), len(self._columns)
        for start, end in _merged(starts, width):
            low, high = max(start - _FLANK, 0), min(end + _FLANK, len(codes))
            # Every place of the motif that meets the stretch.
            around = slice(max(start - width + 1, 0), end + width - 1)
            for attempt in range(2 * _TRIES):
                if attempt < _TRIES:
                    changed[low:high] = dinucleotide_shuffle(changed[low:high], self._generator)
                else:
                    bases = codes[codes < BREAK]
                    changed[start:end] = self._generator.choice(bases, size=end - start)
                moved = not np.array_equal(changed[start:end], codes[start:end])
                if moved and not self._has_site(changed[around]):
                    break
        return changed

    def elsewhere(self, codes: Codes, starts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Draw as many stretches away from sites and breaks, fewer where there is no room."""
        width = len(self._columns)
        free = np.ones(max(len(codes) - width + 1, 0), dtype=bool)
        for start in starts.tolist():
            free[max(start - width - _FLANK, 0) : start + width + _FLANK] = False
        for place in np.flatnonzero(codes == BREAK).tolist():
            free[max(place - width + 1, 0) : place + 1] = False
        room = np.flatnonzero(free)
        drawn = self._generator.choice(room, size=min(len(starts), len(room)), replace=False)
        return np.asarray(np.sort(drawn), dtype=np.int64)

    def _has_site(self, codes: Codes) -> bool:
        n = max(len(codes) - len(self._columns) + 1, 0)
        score = np.zeros(n, dtype=np.int64)
        for offset, column in enumerate(self._columns):
            score += column[codes[offset : offset + n]]
        return bool(np.any(score >= self._least))


def _merged(starts: NDArray[np.int64], width: int) -> list[tuple[int, int]]:
    """Join stretches that overlap or touch, half-open."""
    joined: list[tuple[int, int]] = []
    for start in starts.tolist():
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], start + width
        else:
            joined.append((start, start + width))
    return joined
