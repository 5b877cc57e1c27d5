"""Compute the change of k-mer counts by a substitution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences.alphabet import BREAK
from graphkit.sequences.kmers import MAX_K

if TYPE_CHECKING:
    import numpy.typing as npt


def delta_counts(
    codes: npt.NDArray[np.uint8],
    k: int,
    *,
    position: npt.NDArray[np.int64],
    letter: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """List the k-mers that each of many single substitutions takes away and those it brings.

    A substitution touches the windows that cover its position, at most `k`; those that hold a break
    had no k-mer and get none. Counts of a variant are the counts of the sequence, less one for each
    k-mer lost and one more for each k-mer gained.

    Parameters
    ----------
    codes : uint8 [L]
        From :func:`~graphkit.sequences.encode`.
    k
        1 to 31.
    position : int64 [n]
        0-based position of each substitution; none may be a break.
    letter : int64 [n]
        Code of the letter it puts there, 0 to 3.

    Returns
    -------
    row : int64 [m]
        Substitution that each change belongs to, in order.
    lost, gained : int64 [m]
        Codes of the k-mer before and after.

    Raises
    ------
    InputError
        If a position lies outside the sequence or on a break, a letter is none of 0 to 3, or `k` is
        out of range.

    Examples
    --------
    >>> from graphkit.sequences import encode, kmer_name
    >>> row, lost, gained = delta_counts(
    ...     encode("ACG"), 2, position=np.array([1]), letter=np.array([3])
    ... )
    >>> [(kmer_name(a, 2), kmer_name(b, 2)) for a, b in zip(lost.tolist(), gained.tolist())]
    [('AC', 'AU'), ('CG', 'UG')]
    """
    _check(codes, k, position, letter)
    windows = len(codes) - k + 1
    if windows <= 0 or len(position) == 0:
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, empty
    start = position[:, None] - np.arange(k - 1, -1, -1)
    inside = (start >= 0) & (start < windows)
    letters = codes[np.clip(start, 0, windows - 1)[..., None] + np.arange(k)].astype(np.int64)
    touched = inside & (letters < BREAK).all(axis=2)
    before = letters @ 4 ** np.arange(k - 1, -1, -1)
    # In the window that starts k - 1 letters earlier the position is the last letter, worth 1.
    step = (letter - codes[position].astype(np.int64))[:, None] * 4 ** np.arange(k)
    row = np.broadcast_to(np.arange(len(position))[:, None], touched.shape)
    return row[touched], before[touched], (before + step)[touched]


def _check(
    codes: npt.NDArray[np.uint8],
    k: int,
    position: npt.NDArray[np.int64],
    letter: npt.NDArray[np.int64],
) -> None:
    if not 1 <= k <= MAX_K:
        raise InputError(f"k is {k}, must be 1 to {MAX_K}", slot="k")
    if len(position) != len(letter):
        raise InputError(f"{len(letter)} letters for {len(position)} positions", slot="letter")
    if len(position) == 0:
        return
    if position.min() < 0 or position.max() >= len(codes):
        raise InputError(f"a position outside 0 to {len(codes) - 1}", slot="position")
    if (codes[position] >= BREAK).any():
        raise InputError(
            "a break cannot be substituted", slot="position", remedy="Leave breaks out."
        )
    if letter.min() < 0 or letter.max() >= BREAK:
        raise InputError("a letter that is none of 0 to 3", slot="letter")
