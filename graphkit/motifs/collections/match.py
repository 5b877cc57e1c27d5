"""Match a motif to known motifs, with p-values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from graphkit.motifs.collections.families import family_of
from graphkit.motifs.testing.enrichment import benjamini_hochberg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.motifs.motif import Motif

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

LEAST_BITS = 6.0
"""Known motifs that say less are too common to be matched or tested."""

_LEVELS = 100  # a column's similarity is one of 0 .. this, so that sums have exact distributions


@dataclass(frozen=True, slots=True)
class Match:
    """A known motif that looks like the query.

    Parameters
    ----------
    target, alt
        Names of the known motif; `alt` is the protein in most collections.
    family
        Family of the protein (:mod:`graphkit.motifs.collections.families`).
    offset
        Column of the query under the first of the target; may be negative.
    overlap
        Columns that meet.
    p
        Chance of as good a match at any offset, for columns drawn from the collection.
    q
        Benjamini-Hochberg over all pairs of query and target.
    """

    target: str
    alt: str
    family: str
    offset: int
    overlap: int
    p: float
    q: float


def match_motifs(
    queries: Sequence[Motif],
    targets: Sequence[Motif],
    *,
    min_overlap: int = 5,
    min_information: float = LEAST_BITS,
    top: int = 5,
    max_q: float = 0.1,
) -> list[tuple[Match, ...]]:
    """Match motifs against a collection, on one strand.

    The statistic is Tomtom's: two columns are as similar as they are near (Euclidean distance of
    the shares); the similarities of the columns that meet are summed, and a column of the query
    that meets none counts as much as its median over the collection, so that a short overlap is no
    better than a long one by chance. Its null distribution at an offset is the convolution, over
    the columns that meet, of their similarities with every column of the collection; the p-value of
    the best offset is the chance that any offset does as well.

    Parameters
    ----------
    queries, targets
        Motifs; both sides unchanged.
    min_overlap
        Fewest columns that must meet; all of them, where one motif is shorter.
    min_information
        Targets below so many bits say too little to match, and are left out.
    top
        Most matches per query.
    max_q
        Largest q reported.

    Returns
    -------
    list of tuple of Match
        One tuple per query, smallest p first.

    References
    ----------
    Gupta et al. 2007, doi 10.1186/gb-2007-8-2-r24; Tanaka et al. 2011,
    doi 10.1093/bioinformatics/btr257

    Examples
    --------
    >>> from graphkit.motifs import Motif
    >>> words = ("UGUANAUA", "GGAGAUC", "CCUACGG", "AUUAGCG", "GACUUGC")
    >>> known = [Motif.from_consensus(w, n_sites=20) for w in words]
    >>> [[m.target for m in found] for found in match_motifs(known[:1], known)]
    [['UGUANAUA']]
    """
    kept = [t for t in targets if t.total_information >= min_information]
    if not kept or not queries:
        return [() for _ in queries]
    columns = np.concatenate([target.probabilities() for target in kept])
    ends = np.cumsum([target.width for target in kept])
    found = [
        [
            _best_offset(query, target, level[:, end - target.width : end], tails, min_overlap)
            for target, end in zip(kept, ends.tolist(), strict=True)
        ]
        for query in queries
        for level in (_similarity(query.probabilities(), columns),)
        for tails in (_Tails(level),)
    ]
    q = benjamini_hochberg([match.p for row in found for match in row]).reshape(len(queries), -1)
    matches = []
    for row, values in zip(found, q.tolist(), strict=True):
        rated = [replace(match, q=value) for match, value in zip(row, values, strict=True)]
        rated = [match for match in rated if match.q <= max_q]
        matches.append(tuple(sorted(rated, key=lambda match: (match.p, match.target))[:top]))
    return matches


def _similarity(query: Floats, columns: Floats) -> Ints:
    """Return the similarity of every column of the query with every one known: int [w, n].

    Distances run from 0 to the square root of two; levels from 100 down to 0.
    """
    squares = ((query[:, None, :] - columns[None, :, :]) ** 2).sum(axis=2)
    return np.rint(_LEVELS * (1 - np.sqrt(squares / 2))).astype(np.int64)


class _Tails:
    """P(similarity of a query with random known columns >= s), wherever the two meet."""

    def __init__(self, level: Ints) -> None:
        self._columns = [np.bincount(row, minlength=_LEVELS + 1) / len(row) for row in level]
        middle = np.rint(np.median(level, axis=1)).astype(np.int64)
        self._before = np.concatenate([[0], np.cumsum(middle)])
        self._upper: dict[tuple[int, int], Floats] = {}

    def beside(self, start: int, end: int) -> int:
        """Return what the columns outside [start, end) count: their medians."""
        return int(self._before[-1] - self._before[end] + self._before[start])

    def p(self, start: int, end: int, total: int) -> float:
        """Return the chance where the columns [start, end) meet random ones."""
        if (start, end) not in self._upper:
            density = np.ones(1)
            for column in self._columns[start:end]:
                density = np.convolve(density, column)
            self._upper[start, end] = np.cumsum(density[::-1])[::-1]
        upper, least = self._upper[start, end], total - self.beside(start, end)
        return float(min(upper[max(least, 0)], 1.0)) if least < len(upper) else 0.0


def _best_offset(
    query: Motif, target: Motif, level: Ints, tails: _Tails, min_overlap: int
) -> Match:
    """Return the best of all offsets; `level` is the similarity [w, v] of the two."""
    least = min(min_overlap, query.width, target.width)
    offsets = range(least - target.width, query.width - least + 1)
    met = [(max(offset, 0), min(query.width, offset + target.width)) for offset in offsets]
    totals = [
        int(np.trace(level, offset=-offset)) + tails.beside(*columns)
        for offset, columns in zip(offsets, met, strict=True)
    ]
    best = int(np.argmax(totals))
    # The chance that any offset does as well, each by its own distribution.
    chances = np.array([tails.p(*columns, totals[best]) for columns in met])
    p = -np.expm1(np.log1p(-np.minimum(chances, 1 - 1e-16)).sum())
    start, end = met[best]
    protein = (target.alt or target.name.split("_")[0]).split(",")[0]
    family = family_of(protein)
    return Match(target.name, target.alt, family, offsets[best], end - start, float(p), 1.0)
