"""Sketches: enough hashes of a sequence to know it again, too few words to read it.

A sketch keeps those hashes of the distinct 21-mers that are small (FracMinHash, doi
10.1101/2022.01.11.475838), so two sketches of one density share the hashes that the sequences
share. A sequence with few k-mers keeps all, and each doubling halves the density down to 1/16. A
query is thinned to the density of the sketch it is compared with.

A hash of 64 bits could be turned back into its k-mer. Only 32 bits are kept, which 1,024 k-mers
share, and neither order nor position. That is no secret-keeping: who holds a sequence can ask
whether it is there, and who tries all 21-mers can rebuild the shortest, which are kept whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences.kmer_sets import ContainmentIndex, kmer_set

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

SKETCH_K = 21
"""Letters of a k-mer: 1 % substitutions leave 0.99**21 = 81 % of them, chance leaves none."""

KNOWN_CONTAINMENT = 0.5
"""Least containment reported: far below the 0.8 that 1 % substitutions leave, so that the error of
a sketch (0.06 for 64 hashes) does not hide them, and far above what a shared repeat gives."""

NEARLY_IDENTICAL = 0.8
"""Least share of the 21-mers of *both* that two nearly identical sequences have in common."""

MAX_LEVEL = 4
"""The sparsest sketches keep 1 hash of ``2**4``."""

# A sketch is halved until it has no more hashes than this, so it keeps 64 or more.
_MANY = 128
_KEPT_BITS = 32
# A match rests on at least so many 21-mers, and on so many hashes where they are a sample. One
# hash in 2**32 is met by chance, so this is for short repeats, not for chance.
_LEAST_KMERS, _LEAST_HASHES = 24, 6
# Hashes of a query are held at once, some 30 bytes a letter.
_LONGEST = 1_000_000
# Sampling error of containment in a sketch of 64 hashes.
_ERROR = 0.05


class Nearest(NamedTuple):
    """The sketches a sequence is nearest to.

    Parameters
    ----------
    rows : tuple of int
        One row, or several that are equally near.
    of_query, of_reference : float
        Estimated shares of the 21-mers of the sequence, and of the sketched one, that are in the
        other.
    """

    rows: tuple[int, ...]
    of_query: float
    of_reference: float

    @property
    def nearly_identical(self) -> bool:
        """Whether each is nearly all of the other; else one is a piece, an isoform or a fusion."""
        return min(self.of_query, self.of_reference) >= NEARLY_IDENTICAL


@dataclass(frozen=True, slots=True, eq=False)
class Sketches:
    """The sketches of many sequences, strung together.

    Parameters
    ----------
    hashes : uint32 [H]
        Increasing within each sketch.
    offsets : int64 [n + 1]
        Sketch ``i`` is ``hashes[offsets[i]:offsets[i + 1]]``.
    levels : uint8 [n]
        Sketch ``i`` keeps one hash of ``2**levels[i]``.

    Raises
    ------
    InputError
        If the arrays do not fit one another.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> sketches = Sketches.of([encode("ACGUUGCAUGCCAUAGCUAGCAUCG"), encode("ACG")])
    >>> sketches.offsets.tolist(), sketches.levels.tolist()
    ([0, 5, 5], [0, 0])
    """

    hashes: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.int64]
    levels: npt.NDArray[np.uint8]

    def __post_init__(self) -> None:
        for name, dtype in (("hashes", np.uint32), ("offsets", np.int64), ("levels", np.uint8)):
            values = np.array(getattr(self, name), dtype=dtype)
            if values.ndim != 1:
                raise InputError("is not a list of numbers", slot=name)
            values.setflags(write=False)
            object.__setattr__(self, name, values)
        _check(self.hashes, self.offsets, self.levels)

    @classmethod
    def of(cls, codes_list: Iterable[npt.NDArray[np.uint8]]) -> Self:
        """Sketch each sequence (uint8 [L], from :func:`~graphkit.sequences.encode`)."""
        levels, kept = [], []
        for codes in codes_list:
            hashes = kmer_set(codes, SKETCH_K)
            levels.append(_level(len(hashes)))
            kept.append(_thin(hashes, levels[-1]))
        return cls(
            np.concatenate([np.empty(0, np.uint64), *kept]).astype(np.uint32),
            np.cumsum([0, *(len(hashes) for hashes in kept)]),
            np.array(levels, dtype=np.uint8),
        )

    def __len__(self) -> int:
        return len(self.levels)


class SketchIndex:
    """Finds the sketches nearest to a sequence; does not change once it is made.

    Parameters
    ----------
    sketches
        What to search.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> text = "ACGUUGCAUGCCAUAGCUAGCAUCGAUUCGGAUCUACGGCAUUACGAUCGUAGG"
    >>> index = SketchIndex(Sketches.of([encode(text)]))
    >>> index.nearest(encode(text.lower().replace("u", "t")))
    Nearest(rows=(0,), of_query=1.0, of_reference=1.0)
    >>> index.nearest(encode(text[::-1])) is None
    True
    """

    def __init__(self, sketches: Sketches) -> None:
        self.sketches = sketches
        sets = np.split(sketches.hashes.astype(np.uint64), sketches.offsets[1:-1])
        # Hashes of one density only can be compared: one index for each.
        self._parts = [
            (int(level), rows, ContainmentIndex([sets[row] for row in rows]))
            for level in np.unique(sketches.levels)
            for rows in [np.flatnonzero(sketches.levels == level)]
        ]

    def nearest(
        self, codes: npt.NDArray[np.uint8], *, threshold: float = KNOWN_CONTAINMENT
    ) -> Nearest | None:
        """Return what is nearest to a sequence, None where nothing is near.

        Near is a containment of `threshold` or more that rests on at least 24 shared 21-mers and,
        where these are sampled, on 6 sampled ones: of a transcript over 2 kb, pieces of 250 letters
        are found. What is nearly identical comes before all else. Nearest are those of the greatest
        containment and, within its sampling error of 0.05, those most alike in all (Jaccard index),
        so that a copy comes before a longer isoform.

        Parameters
        ----------
        codes : uint8 [L]
            Above 1,000,000 letters nothing is near: no transcript is so long.
        threshold
            Least containment, the share of the smaller set that is in the other.
        """
        if len(codes) > _LONGEST:
            return None
        hashes = kmer_set(codes, SKETCH_K)
        found: list[Nearest] = []
        for level, rows, index in self._parts:
            query = _thin(hashes, level)
            containments = index.containments(query)
            smaller = np.minimum(index.sizes, len(query))
            least = np.maximum(threshold * smaller, max(_LEAST_KMERS >> level, _LEAST_HASHES))
            shared = np.rint(containments * smaller)
            for i in np.flatnonzero(shared >= least):
                of_query, of_reference = shared[i] / len(query), shared[i] / index.sizes[i]
                found.append(Nearest((int(rows[i]),), float(of_query), float(of_reference)))
        if not found:
            return None
        found = [one for one in found if one.nearly_identical] or found
        close = max(map(_containment, found)) - _ERROR
        found = [one for one in found if _containment(one) >= close]
        alike = max(map(_jaccard, found))
        best = [one for one in found if _jaccard(one) == alike]
        nearest = max(best, key=_containment)
        return nearest._replace(rows=tuple(sorted(row for one in best for row in one.rows)))


def _containment(one: Nearest) -> float:
    return max(one.of_query, one.of_reference)


def _jaccard(one: Nearest) -> float:
    return 1 / (1 / one.of_query + 1 / one.of_reference - 1)


def _level(n_kmers: int) -> int:
    """Return how often to halve the k-mers of a sequence.

    Examples
    --------
    >>> [_level(n) for n in (0, 128, 129, 256, 257, 10**6)]
    [0, 0, 1, 1, 2, 4]
    """
    return min((max(n_kmers - 1, 0) // _MANY).bit_length(), MAX_LEVEL)


def _thin(hashes: npt.NDArray[np.uint64], level: int) -> npt.NDArray[np.uint64]:
    """Keep the smallest ``1 / 2**level`` of all hashes, and 32 bits of each.

    These are the first 32 bits that still differ, so what was sorted stays so.
    """
    largest = np.uint64((1 << (64 - level)) - 1)
    kept = hashes[: np.searchsorted(hashes, largest, side="right")]
    kept = kept >> np.uint64(64 - level - _KEPT_BITS)
    begins = np.ones(len(kept), dtype=np.bool_)
    np.not_equal(kept[1:], kept[:-1], out=begins[1:])
    return kept[begins]


def _check(
    hashes: npt.NDArray[np.uint32],
    offsets: npt.NDArray[np.int64],
    levels: npt.NDArray[np.uint8],
) -> None:
    if len(offsets) != len(levels) + 1 or offsets[0] != 0 or offsets[-1] != len(hashes):
        raise InputError("do not fit the hashes", slot="offsets")
    if (offsets[1:] < offsets[:-1]).any():
        raise InputError("are not in order", slot="offsets")
    if (levels > MAX_LEVEL).any():
        raise InputError(f"are not 0 to {MAX_LEVEL}", slot="levels")
    rising = np.ones(len(hashes) + 1, dtype=np.bool_)
    np.greater(hashes[1:], hashes[:-1], out=rising[1:-1])
    rising[offsets] = True
    if not rising.all():
        raise InputError("are not in order", slot="hashes")
