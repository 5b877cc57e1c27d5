"""Two sequences letter by letter: what they share, and the stretches in which they differ."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphkit.sequences.alphabet import decode
from graphkit.sequences.kmers import kmer_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.uint8]
    Ints = NDArray[np.int64]

GAP = -1
"""Stands in a column for a sequence that has no letter there."""

MOST_CELLS = 36_000_000
"""Product of lengths up to which the best alignment is found: 6,000 nt with 6,000, in a second."""

_ANCHORS = (21, 12)  # letters of the stretches that longer sequences are pinned at


class Difference(NamedTuple):
    """A stretch in which two aligned sequences differ.

    Parameters
    ----------
    kind
        ``"substitution"``, ``"insertion"`` (of letters that the other lacks), ``"deletion"``, or
        ``"replacement"``: letters of each, none of which is aligned with one of the other.
    start, end
        In the sequence, 0-based and half-open; empty for a deletion.
    other_start, other_end
        In the other; empty for an insertion.
    first, last
        Columns of the alignment, half-open.
    """

    kind: str
    start: int
    end: int
    other_start: int
    other_end: int
    first: int
    last: int


def align(codes: Codes, other: Codes) -> Ints:
    """Align two sequences from end to end.

    A match counts 2, a mismatch -3, a gap -12, however long: stretches that have little in common
    are not forced upon one another. The alignment is the best one where the lengths, common ends
    apart, multiply to at most 36 million. Longer sequences are pinned at
    exact stretches of 21 letters that occur once in each, else of 12, and aligned between them;
    what has no such stretch and is longer still stays unaligned, a replacement.

    Parameters
    ----------
    codes : uint8 [L]
        From :func:`~graphkit.sequences.encode`.
    other : uint8 [M]

    Returns
    -------
    positions : int64 [2, C]
        Letter of each sequence in each column, ``GAP`` where it has none.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> align(encode("ACGGUUA"), encode("ACGUUA")).tolist()
    [[0, 1, 2, 3, 4, 5, 6], [0, 1, 2, -1, 3, 4, 5]]
    """
    return np.concatenate([np.empty((2, 0), dtype=np.int64), *_pieces(codes, other)], axis=1)


def differences(positions: Ints, codes: Codes, other: Codes) -> list[Difference]:
    """List the stretches in which two aligned sequences differ, in order.

    Parameters
    ----------
    positions : int64 [2, C]
        From :func:`align`.
    codes : uint8 [L]
    other : uint8 [M]

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> pair = encode("ACGGUUACCGA"), encode("ACGUUACCUA")
    >>> [(one.kind, one.start, one.end) for one in differences(align(*pair), *pair)]
    [('insertion', 3, 4), ('substitution', 9, 10)]
    """
    ours, theirs = positions
    gapped = (ours == GAP) | (theirs == GAP)
    paired = ~gapped
    kind = gapped.astype(np.int8)
    kind[paired] = 2 * (codes[ours[paired]] != other[theirs[paired]])
    edges = np.flatnonzero(np.diff(kind, prepend=-1, append=-1)).tolist()
    before = np.cumsum(np.pad(positions != GAP, ((0, 0), (1, 0))), axis=1)
    found = []
    for first, last in pairwise(edges):
        (start, other_start), (end, other_end) = before[:, first].tolist(), before[:, last].tolist()
        if not kind[first]:
            continue
        if kind[first] == 2:
            name = "substitution"
        elif other_start == other_end:
            name = "insertion"
        else:
            name = "deletion" if start == end else "replacement"
        found.append(Difference(name, start, end, other_start, other_end, first, last))
    return found


def stack(alignments: Sequence[Ints], others: Sequence[Codes]) -> Ints:
    """Put alignments with one sequence under one another.

    Letters that this sequence lacks share columns where they are the same letters at one place;
    different ones stand side by side.

    Parameters
    ----------
    alignments : sequence of int64 [2, C] [n]
        Of the one sequence, whose row is the first, with each of the others.
    others : sequence of uint8 [M] [n]
        The other sequences.

    Returns
    -------
    positions : int64 [n + 1, C]
        The one sequence first.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> one, *others = map(encode, ("ACGU", "ACCGU", "ACCGU", "ACG"))
    >>> stack([align(one, other) for other in others], others)[:, 1:3].tolist()
    [[1, -1], [1, 2], [1, 2], [1, -1]]
    """
    length = int(np.sum(alignments[0][0] != GAP))
    inserts: dict[int, dict[bytes, list[tuple[int, int]]]] = {}
    for row, ((one, theirs), letters) in enumerate(zip(alignments, others, strict=True), start=1):
        edges = np.flatnonzero(np.diff(one == GAP, prepend=False, append=False)).reshape(-1, 2)
        for first, last in edges.tolist():
            place = int(np.sum(one[:first] != GAP))
            start = int(theirs[first])
            text = letters[start : start + last - first].tobytes()
            inserts.setdefault(place, {}).setdefault(text, []).append((row, start))
    widths = np.zeros(length + 1, dtype=np.int64)
    for place, texts in inserts.items():
        widths[place] = sum(map(len, texts))
    column = np.arange(length + 1) + np.cumsum(widths)
    positions = np.full((len(alignments) + 1, length + widths.sum()), GAP)
    positions[0, column[:-1]] = np.arange(length)
    for row, (one, theirs) in enumerate(alignments, start=1):
        known = one != GAP
        positions[row, column[one[known]]] = theirs[known]
    for place, texts in inserts.items():
        at = column[place] - widths[place]
        for text, rows in texts.items():
            for row, start in rows:
                positions[row, at : at + len(text)] = np.arange(start, start + len(text))
            at += len(text)
    return positions


def _pieces(
    codes: Codes, other: Codes, *, at: int = 0, to: int = 0, anchors: tuple[int, ...] = _ANCHORS
) -> Iterator[Ints]:
    """Yield the alignment of two stretches that begin at `at` and `to`, piece by piece."""
    head = _common(codes, other)
    tail = _common(codes[head:][::-1], other[head:][::-1])
    yield _diagonal(at, to, head)
    inner, outer = codes[head : len(codes) - tail], other[head : len(other) - tail]
    at, to = at + head, to + head
    if min(len(inner), len(outer)) == 0:
        yield _unaligned(inner, outer, at, to)
    elif len(inner) * len(outer) <= MOST_CELLS:
        found = _aligner().align(decode(inner), decode(outer))[0].indices
        yield np.where(found == GAP, GAP, found + np.array([[at], [to]]))
    elif anchors:
        i = j = 0
        for start, begin, length in _exact(inner, outer, anchors[0]):
            yield from _pieces(
                inner[i:start], outer[j:begin], at=at + i, to=to + j, anchors=anchors[1:]
            )
            yield _diagonal(at + start, to + begin, length)
            i, j = start + length, begin + length
        yield from _pieces(inner[i:], outer[j:], at=at + i, to=to + j, anchors=anchors[1:])
    else:
        yield _unaligned(inner, outer, at, to)
    yield _diagonal(at + len(inner), to + len(outer), tail)


def _common(codes: Codes, other: Codes) -> int:
    """Return the number of letters with which both begin."""
    shorter = min(len(codes), len(other))
    unlike = np.flatnonzero(codes[:shorter] != other[:shorter])
    return int(unlike[0]) if len(unlike) else shorter


def _diagonal(at: int, to: int, length: int) -> Ints:
    return np.arange(length) + np.array([[at], [to]])


def _unaligned(codes: Codes, other: Codes, at: int, to: int) -> Ints:
    positions = np.full((2, len(codes) + len(other)), GAP)
    positions[0, : len(codes)] = at + np.arange(len(codes))
    positions[1, len(codes) :] = to + np.arange(len(other))
    return positions


def _exact(codes: Codes, other: Codes, k: int) -> Iterator[tuple[int, int, int]]:
    """Yield start, start in the other and length of shared stretches that rise in both.

    They are made of k-mers that occur once in each, and overlap in neither.
    """
    (kmers, at), (others, to) = (_singles(one, k) for one in (codes, other))
    _, i, j = np.intersect1d(kmers, others, assume_unique=True, return_indices=True)
    order = np.argsort(at[i])
    pairs = np.stack([at[i], to[j]], axis=1)[order]
    chain = pairs[_rise(pairs[:, 1].tolist())]
    steps = np.diff(chain, axis=0)
    parted = (steps[:, 0] != steps[:, 1]) | (steps[:, 0] > k) if len(chain) else []
    done = np.zeros(2, dtype=np.int64)
    for run in np.split(chain, np.flatnonzero(parted) + 1):
        if len(run):
            start = run[0] + max(0, *(done - run[0]))
            length = int(run[-1, 0] + k - start[0])
            if length > 0:
                yield int(start[0]), int(start[1]), length
                done = start + length


def _singles(codes: Codes, k: int) -> tuple[Ints, Ints]:
    """Return the k-mers that occur once, and where."""
    found, place = kmer_codes(codes, k)
    kmers, first, count = np.unique(found, return_index=True, return_counts=True)
    return kmers[count == 1], place[first[count == 1]]


def _rise(values: list[int]) -> list[int]:
    """Return the indices of the longest rising subsequence of distinct values.

    Examples
    --------
    >>> _rise([3, 1, 2, 5, 4])
    [1, 2, 4]
    """
    ends: list[int] = []
    tails: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values):
        place = bisect_left(ends, value)
        before.append(tails[place - 1] if place else -1)
        ends[place : place + 1] = [value]
        tails[place : place + 1] = [index]
    chain = []
    index = tails[-1] if tails else -1
    while index >= 0:
        chain.append(index)
        index = before[index]
    return chain[::-1]


@cache
def _aligner() -> Any:
    from Bio.Align import PairwiseAligner

    return PairwiseAligner(
        mode="global",
        match_score=2,
        mismatch_score=-3,
        open_gap_score=-12,
        extend_gap_score=0,
        wildcard="N",
    )
