"""Regions that are searched for motifs: seqlets and a few letters around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.motifs.scan import Corpus
from graphkit.sequences import kmer_codes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.motifs.track import Seqlet, Track

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """Joined transcripts, and which of their letters are near seqlets of one sign.

    Parameters
    ----------
    corpus
        All transcripts.
    scores : float [total]
        Position scores, 0 between transcripts and where there is none.
    place : int64 [m]
        Positions in regions, in order.
    room : int64 [m]
        Letters from each place to the end of its region.
    region : int64 [m]
        Number of its region.
    taken : bool [total]
        Letters that were taken out, and belong to no further site.
    """

    corpus: Corpus
    scores: Floats
    place: Ints
    room: Ints
    region: Ints
    taken: NDArray[np.bool_]

    @classmethod
    def of(cls, tracks: Sequence[Track], seqlets: Sequence[Seqlet], *, flank: int) -> Regions:
        """Join tracks; seqlets whose flanks overlap become one region."""
        corpus = Corpus.of([track.codes for track in tracks])
        scores = np.zeros(len(corpus.codes))
        for track, start in zip(tracks, corpus.start.tolist(), strict=True):
            scores[start : start + len(track.codes)] = np.nan_to_num(track.scores)
        near = np.zeros(len(corpus.codes), dtype=bool)
        for seqlet in seqlets:
            start, length = int(corpus.start[seqlet.record]), int(corpus.length[seqlet.record])
            near[start + max(seqlet.start - flank, 0) : start + min(seqlet.end + flank, length)] = 1
        return _with(corpus, scores, np.flatnonzero(near), taken=np.zeros_like(near))

    def without(self, covered: Ints) -> Regions:
        """Take positions out; what is left of a region on both sides are two regions."""
        taken = self.taken.copy()
        taken[covered] = True
        return _with(self.corpus, self.scores, self.place[~taken[self.place]], taken=taken)

    def starts(self, width: int, *, least: int) -> Ints:
        """List where sites may begin that lie in a region by `least` letters and more than half.

        Seqlets are where a model speaks loudest, often a few letters at one end of an element: a
        site that had to lie within a region would lose the element whose other end is further
        than the flank. None of its letters may be taken.
        """
        opens = np.flatnonzero(np.diff(self.region, prepend=-1))
        begin, size = self.place[opens], self.room[opens]
        out = min(max(width - least, 0), (width - 1) // 2)
        n = np.maximum(size - width + 2 * out + 1, 0)
        step = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
        begin, end = np.repeat(begin, n), np.repeat(begin + size, n)
        start = begin - out + step
        outside = np.maximum(begin - start, 0) + np.maximum(start + width - end, 0)
        fits = (outside <= out) & (start >= 0) & (start + width <= len(self.taken))
        found = np.unique(start[fits])
        free = np.ones(len(found), dtype=bool)
        for offset in range(width):
            free &= ~self.taken[found + offset]
        return found[free]

    def kmers(self, k: int) -> tuple[Ints, Ints, Ints]:
        """List the k-mers that lie within a region: code, position in the corpus, region."""
        fits = self.room >= k
        place = self.place[fits]
        letters = self.corpus.codes[place[:, None] + np.arange(k)].astype(np.int64)
        valid = (letters < 4).all(axis=1)
        code = letters[valid] @ 4 ** np.arange(k - 1, -1, -1)
        return code, place[valid], self.region[fits][valid]

    def expected(self, k: int) -> Floats:
        """Return how often each k-mer would stand in as many places by chance.

        Under a first-order Markov chain with the dinucleotides of all transcripts.
        """
        pairs = np.bincount(kmer_codes(self.corpus.codes, 2)[0], minlength=16) + 1.0
        table = pairs.reshape(4, 4)
        step = table / table.sum(axis=1, keepdims=True)
        chance = table.sum(axis=1) / table.sum()
        for _ in range(k - 1):
            chance = (chance.reshape(-1, 4)[:, :, None] * step).ravel()
        return chance * int(np.count_nonzero(self.room >= k))


def _with(corpus: Corpus, scores: Floats, place: Ints, *, taken: NDArray[np.bool_]) -> Regions:
    fresh = np.diff(place, prepend=-2) > 1
    region = np.cumsum(fresh) - 1
    ends = place[np.append(fresh[1:], True)] if len(place) else place
    return Regions(corpus, scores, place, ends[region] - place + 1, region, taken)
