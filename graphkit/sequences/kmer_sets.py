"""Sets of hashed k-mers: how much of one is in another, and in each of many."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences.kmers import kmer_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

# Entries of the index looked at in one go: bounds the memory of a query.
_BATCH = 1 << 20


def kmer_set(codes: npt.NDArray[np.uint8], k: int = 21) -> npt.NDArray[np.uint64]:
    """Hash the distinct k-mers of a sequence.

    Parameters
    ----------
    codes : uint8 [L]
    k
        1 to 31.

    Returns
    -------
    hashes : uint64 [m]
        Sorted, unique; one for each distinct k-mer without a break, the same in every run and
        on every machine. The hash (SplitMix64, doi 10.1145/2660193.2660195) is one to one.

    Raises
    ------
    InputError
        If `k` is out of range.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> len(kmer_set(encode("ACGACGACG"), 3))
    3
    """
    mixed = kmer_codes(codes, k)[0].astype(np.uint64)
    mixed += np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    mixed.sort()
    return mixed[_starts(mixed)]


def _starts(ordered: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Mark where a new value begins: bool [m]."""
    begins = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return begins


def containment(a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64]) -> float:
    """Return the share of the smaller set that is in the other, 0 if one is empty.

    Parameters
    ----------
    a : uint64 [m]
    b : uint64 [n]
        From :func:`kmer_set`.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> containment(kmer_set(encode("ACGUAC"), 3), kmer_set(encode("GUACC"), 3))
    0.6666666666666666
    """
    smaller = min(len(a), len(b))
    return len(np.intersect1d(a, b, assume_unique=True)) / smaller if smaller else 0.0


class ContainmentIndex:
    """Many hash sets, inverted: from a hash to the sets that hold it.

    Parameters
    ----------
    sets : sequence of uint64 [m]
        From :func:`kmer_set`.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> index = ContainmentIndex([kmer_set(encode(s), 3) for s in ("ACGUAC", "GGGG")])
    >>> index.containments(kmer_set(encode("ACGU"), 3)).tolist()
    [1.0, 0.0]
    """

    def __init__(self, sets: Sequence[npt.NDArray[np.uint64]]) -> None:
        self.sizes = np.array([len(hashes) for hashes in sets], dtype=np.int64)
        together = np.concatenate([np.empty(0, dtype=np.uint64), *sets])
        order = np.argsort(together)
        together = together[order]
        begins = _starts(together)
        self._hashes = together[begins]
        # Row r of the index, one hash, belongs to owners[offsets[r]:offsets[r + 1]].
        self._offsets = np.append(np.flatnonzero(begins), len(together)).astype(np.int64)
        self._owners = np.repeat(np.arange(len(sets), dtype=np.int32), self.sizes)[order]
        rows = np.empty(len(together), dtype=np.int64)
        rows[order] = np.cumsum(begins) - 1
        self._rows = np.split(rows, np.cumsum(self.sizes)[:-1])  # of each set

    def containments(self, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
        """Return the containment of a set with each set of the index.

        Parameters
        ----------
        hashes : uint64 [m]

        Returns
        -------
        containments : float64 [n]
        """
        rows = np.searchsorted(self._hashes, hashes)
        inside = rows < len(self._hashes)
        rows, hashes_inside = rows[inside], hashes[inside]
        known = rows[self._hashes[rows] == hashes_inside]
        return self._containments(known.astype(np.int64, copy=False), len(hashes))

    def groups(self, *, threshold: float = 0.3) -> npt.NDArray[np.int64]:
        """Group the sets by single linkage: chains of similar pairs end in one group.

        Parameters
        ----------
        threshold
            Least containment of a similar pair, above 0 and up to 1.

        Returns
        -------
        group : int64 [n]
            Numbered from 0 in order of first appearance.

        Raises
        ------
        InputError
            If `threshold` is out of range.
        """
        require_threshold(threshold)
        label = np.arange(len(self.sizes), dtype=np.int64)
        # A hash whose owners are all in one group can join nothing more. Leaving such hashes
        # out keeps a family of near copies linear instead of quadratic.
        alive = np.diff(self._offsets) > 1
        for number in range(len(self.sizes)):
            rows = self._rows[number]
            rows = rows[alive[rows]]
            if not len(rows):
                continue
            similar = self._containments(rows, int(self.sizes[number])) >= threshold
            similar[number] = True
            joined = np.unique(label[similar])
            if len(joined) > 1:
                label[np.isin(label, joined)] = joined[0]
            alive[rows] = self._spread(rows, label)
        _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
        return np.argsort(np.argsort(first))[inverse].astype(np.int64, copy=False)

    def _containments(self, rows: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.float64]:
        shared = np.zeros(len(self.sizes), dtype=np.int64)
        for owners, _ in self._owner_lists(rows):
            shared += np.bincount(owners, minlength=len(self.sizes))
        return shared / np.maximum(np.minimum(self.sizes, size), 1)

    def _spread(
        self, rows: npt.NDArray[np.int64], label: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.bool_]:
        """Tell for each row whether its owners are in more than one group."""
        spread = []
        for owners, begins in self._owner_lists(rows):
            groups = label[owners]
            lowest = np.minimum.reduceat(groups, begins)
            spread.append(lowest < np.maximum.reduceat(groups, begins))
        return np.concatenate(spread)

    def _owner_lists(
        self, rows: npt.NDArray[np.int64]
    ) -> Iterator[tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]]:
        """Yield the owners of a batch of rows, strung together, and where each row's begin."""
        lengths = self._offsets[rows + 1] - self._offsets[rows]
        ends = np.cumsum(lengths)
        full = np.arange(_BATCH, int(lengths.sum()), _BATCH)
        limits = [0, *np.searchsorted(ends, full).tolist(), len(rows)]
        for start, stop in pairwise(limits):
            if start < stop:
                begins = ends[start:stop] - lengths[start:stop]
                begins -= begins[0]
                shift = np.repeat(self._offsets[rows[start:stop]] - begins, lengths[start:stop])
                yield self._owners[np.arange(len(shift)) + shift], begins


def require_threshold(threshold: float) -> None:
    """Raise InputError unless `threshold` is above 0 and up to 1."""
    if not 0 < threshold <= 1:
        raise InputError(f"threshold is {threshold}, must be in (0, 1]", slot="threshold")
