"""Scan for a motif: log-odds against the background, above an exact threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences import BREAK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from graphkit.motifs.motif import Motif

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Codes = NDArray[np.uint8]

_STEP = 0.01  # bits: scores are integers of this size, so that their distribution is exact
_SLACK = 50  # steps below the best word that still pass, where no word is rare enough
_FORBIDDEN = -(10**6)
_PSEUDOCOUNT = 1.0


class Sites(NamedTuple):
    """Sites of a motif, in order; they may overlap.

    Parameters
    ----------
    record : int64 [m]
        Index of the sequence.
    start : int64 [m]
        0-based.
    score : float [m]
        Log-odds, bits.
    """

    record: NDArray[np.int64]
    start: NDArray[np.int64]
    score: NDArray[np.float64]

    def counts(self, n_records: int) -> Ints:
        """Return the number of sites in each of `n_records` sequences."""
        return np.bincount(self.record, minlength=n_records)


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Sequences joined with a break between each two, to be scanned in one go.

    Parameters
    ----------
    codes : uint8 [total + n]
    start : int64 [n]
        Where each sequence begins.
    length : int64 [n]
    background : float [4]
        Shares of A, C, G and U over all sequences.
    """

    codes: Codes
    start: Ints
    length: Ints
    background: Floats

    @classmethod
    def of(cls, sequences: Sequence[Codes]) -> Corpus:
        """Join sequences."""
        length = np.array([len(codes) for codes in sequences], dtype=np.int64)
        end = np.cumsum(length + 1)
        joined = np.full(int(end[-1]) if len(end) else 0, BREAK, dtype=np.uint8)
        for codes, stop, n in zip(sequences, end.tolist(), length.tolist(), strict=True):
            joined[stop - n - 1 : stop - 1] = codes
        # One of each is added, so that no base is impossible.
        bases = np.bincount(joined, minlength=BREAK + 1)[:BREAK] + 1.0
        return cls(joined, end - length - 1, length, bases / bases.sum())


def find_sites(
    motif: Motif,
    sequences: Sequence[Codes] | Corpus,
    *,
    p: float = 1e-4,
    background: ArrayLike | None = None,
) -> Sites:
    """Find the sites of a motif on the one strand there is.

    Parameters
    ----------
    motif
        What to look for.
    sequences : list of uint8 [L] or Corpus
        Where; join them once into a :class:`Corpus` to look for many motifs.
    p
        Chance that a stretch of background scores as well; the threshold follows from the exact
        distribution of the score. Of a motif so short that its best word is more common than
        that, the words within half a bit of the best are sites.
    background : float [4], optional
        Shares of the bases; by default those of all sequences.

    Raises
    ------
    InputError
        If `p` is no probability.

    Examples
    --------
    >>> from graphkit.motifs import Motif
    >>> from graphkit.sequences import encode
    >>> sites = find_sites(Motif.from_consensus("UGUANAUA", n_sites=50), [encode("CCUGUACAUACC")])
    >>> sites.record.tolist(), sites.start.tolist()
    ([0], [2])
    """
    corpus = sequences if isinstance(sequences, Corpus) else Corpus.of(sequences)
    base = corpus.background if background is None else np.asarray(background, dtype=np.float64)
    table = log_odds(motif, base)
    least = threshold(table, base, p=p)
    n = len(corpus.codes) - motif.width + 1
    if n <= 0:
        return Sites(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    columns = np.vstack([table.T, np.full(motif.width, _FORBIDDEN)]).astype(np.int32)
    total = columns[:, 0][corpus.codes[:n]]
    for column in range(1, motif.width):
        total += columns[:, column][corpus.codes[column : column + n]]
    place = np.flatnonzero(total >= least)
    record = np.searchsorted(corpus.start, place, side="right") - 1
    return Sites(record, place - corpus.start[record], total[place].astype(np.float64) * _STEP)


def log_odds(motif: Motif, background: Floats) -> Ints:
    """Return the score of each base in each column.

    Returns
    -------
    int64 [w, 4]
        In hundredths of a bit. One pseudocount, split like the background, keeps them finite.
    """
    total = motif.counts.sum(axis=1, keepdims=True)
    share = (motif.counts + _PSEUDOCOUNT * background) / (total + _PSEUDOCOUNT)
    return np.rint(np.log2(share / background) / _STEP).astype(np.int64)


def threshold(table: Ints, background: Floats, *, p: float) -> int:
    """Return the least score whose probability under the background is at most `p`.

    Parameters
    ----------
    table : int64 [w, 4]
        From :func:`log_odds`.
    background : float [4]
    p
        Above 0, below 1.
    """
    if not 0 < p < 1:
        raise InputError(f"p is {p}", slot="p", remedy="Give 0 < p < 1.")
    density, lowest = _distribution(table, background)
    upper = np.cumsum(density[::-1])[::-1]
    # Sums of products carry rounding errors of this relative size.
    rare = np.flatnonzero((upper <= p * (1 + 1e-9)) & (density > 0))
    if rare.size:
        return lowest + int(rare[0])
    return int(table.max(axis=1).sum()) - _SLACK


def _distribution(table: Ints, background: Floats) -> tuple[Floats, int]:
    """Return the probability of each score from the lowest on, and that lowest score."""
    low = table.min(axis=1)
    density = np.ones(1)
    for row, least in zip(table, low, strict=True):
        step = np.zeros(int(row.max() - least) + 1)
        np.add.at(step, row - least, background)
        longer = np.zeros(len(density) + len(step) - 1)
        for shift in np.flatnonzero(step).tolist():
            longer[shift : shift + len(density)] += step[shift] * density
        density = longer
    return density, int(low.sum())
