"""k-mers as integers: base 4, first letter most significant, A 0 to U 3."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences.alphabet import BREAK, LETTERS, encode

if TYPE_CHECKING:
    import numpy.typing as npt

MAX_K = 31
"""Longest k-mer whose code fits a signed 64-bit integer."""

MAX_COUNTED_K = 8
"""Longest k-mer that :func:`kmer_counts` tabulates: 65,536 counts."""

# Blocks of this many letters stay in a core's cache through every pass over them.
_BLOCK = 1 << 15

# The narrowest integer that holds a window of up to so many letters.
_DTYPES: tuple[tuple[int, type[np.unsignedinteger[Any]]], ...] = (
    (4, np.uint8),
    (8, np.uint16),
    (16, np.uint32),
    (32, np.uint64),
)

COMPOSITION_NAMES: tuple[str, ...] = (
    "log10_length",
    *LETTERS,
    *("".join(pair) for pair in product(LETTERS, repeat=2)),
)
"""Name of each number of :func:`composition`."""


def kmer_codes(
    codes: npt.NDArray[np.uint8], k: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """List the k-mers without a break, in order.

    Parameters
    ----------
    codes : uint8 [L]
        From :func:`~graphkit.sequences.encode`.
    k
        1 to 31.

    Returns
    -------
    code : int64 [P]
        Code of each k-mer, 0 to ``4**k - 1``.
    position : int64 [P]
        0-based start of each k-mer in `codes`.

    Raises
    ------
    InputError
        If `k` is out of range.

    Examples
    --------
    >>> code, position = kmer_codes(encode("ACGNACG"), 2)
    >>> code.tolist(), position.tolist()
    ([1, 6, 1, 6], [0, 1, 4, 5])
    """
    _check_k(k, MAX_K)
    if len(codes) < k:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    packed = _pack(codes, k).astype(np.int64)
    if not _has_break(codes):
        return packed, np.arange(len(packed), dtype=np.int64)
    position = np.flatnonzero(_unbroken(codes, k)).astype(np.int64, copy=False)
    return packed[position], position


def kmer_counts(codes: npt.NDArray[np.uint8], k: int) -> npt.NDArray[np.int64]:
    """Count each k-mer, leaving out those that hold a break.

    Parameters
    ----------
    codes : uint8 [L]
    k
        1 to 8.

    Returns
    -------
    counts : int64 [4**k]

    Raises
    ------
    InputError
        If `k` is out of range.

    Examples
    --------
    >>> kmer_counts(encode("AAACN"), 1).tolist()
    [3, 1, 0, 0]
    """
    _check_k(k, MAX_COUNTED_K)
    counts: npt.NDArray[np.int64] | None = None
    for start in range(0, len(codes) - k + 1, _BLOCK):
        block = codes[start : start + _BLOCK + k - 1]
        packed = _pack(block, k)
        if _has_break(block):
            packed = packed[_unbroken(block, k)]
        found = np.bincount(packed, minlength=4**k)
        counts = found if counts is None else counts + found
    return np.zeros(4**k, np.int64) if counts is None else counts


def kmer_name(code: int, k: int) -> str:
    """Spell a k-mer.

    Raises
    ------
    InputError
        If `k` is out of range or `code` is no k-mer of that length.

    Examples
    --------
    >>> kmer_name(27, 4)
    'ACGU'
    """
    _check_k(k, MAX_K)
    if not 0 <= code < 4**k:
        raise InputError(f"{code} is no code of a {k}-mer (0 to {4**k - 1})", slot="code")
    return "".join(LETTERS[(code >> shift) & 3] for shift in range(2 * k - 2, -1, -2))


def kmer_code(name: str) -> int:
    """Return the code of a k-mer; case and T or U do not matter.

    Raises
    ------
    InputError
        If `name` is empty, longer than 31 or holds another letter.

    Examples
    --------
    >>> kmer_code("ACGT")
    27
    """
    _check_k(len(name), MAX_K)
    code = 0
    for base in encode(name).tolist():
        if base == BREAK:
            raise InputError(f"{name!r} is not a k-mer: letters are A, C, G, T, U", slot="name")
        code = code * 4 + base
    return code


def kmer_names(k: int) -> list[str]:
    """Spell every k-mer, in the order of the codes; `k` up to 8.

    Examples
    --------
    >>> kmer_names(2)[:5]
    ['AA', 'AC', 'AG', 'AU', 'CA']
    """
    _check_k(k, MAX_COUNTED_K)
    return ["".join(letters) for letters in product(LETTERS, repeat=k)]


def composition(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Describe a sequence without its order: length, bases, dinucleotides.

    Parameters
    ----------
    codes : uint8 [L]

    Returns
    -------
    values : float64 [21]
        log10 of the length (breaks included; 0 for an empty sequence), 4 base shares and 16
        dinucleotide shares, as named by ``COMPOSITION_NAMES``. Each group of shares sums to 1,
        or is 0 where nothing could be counted.

    Examples
    --------
    >>> dict(zip(COMPOSITION_NAMES, composition(encode("AAAC")).round(2).tolist()))["AA"]
    0.67
    """
    # A fifth letter for breaks, whose row and column are left out: no mask is needed.
    pair = codes[:-1] * np.uint8(BREAK + 1) + codes[1:]
    table = np.bincount(pair, minlength=(BREAK + 1) ** 2).reshape(BREAK + 1, BREAK + 1)
    pairs = table[:BREAK, :BREAK].ravel()
    bases = np.bincount(codes, minlength=BREAK + 1)[:BREAK]
    values = np.empty(1 + BREAK + BREAK**2)
    values[0] = math.log10(max(len(codes), 1))
    values[1:5], values[5:] = bases / max(bases.sum(), 1), pairs / max(pairs.sum(), 1)
    return values


def _check_k(k: int, longest: int) -> None:
    if not 1 <= k <= longest:
        raise InputError(f"k is {k}, must be 1 to {longest}", slot="k")


def _has_break(codes: npt.NDArray[np.uint8]) -> bool:
    return bool(codes.max() >= BREAK)


def _pack(codes: npt.NDArray[np.uint8], k: int) -> npt.NDArray[np.unsignedinteger[Any]]:
    """Pack every window of `k` codes into one integer, as narrow as it can be.

    Windows of 1, 2, 4, ... letters are made from one another and joined to `k`, so the work
    per letter is about log2(k) operations on bytes. Windows that hold a break are meaningless.
    """
    window: npt.NDArray[np.unsignedinteger[Any]] = codes & np.uint8(3)
    packed, width, done = window, 1, 0
    while True:
        if k & width:
            packed = window if done == 0 else _join(packed, window, done, width)
            done += width
        if done == k:
            return packed
        window, width = _join(window, window, width, width), 2 * width


def _join(
    left: npt.NDArray[np.unsignedinteger[Any]],
    right: npt.NDArray[np.unsignedinteger[Any]],
    left_width: int,
    right_width: int,
) -> npt.NDArray[np.unsignedinteger[Any]]:
    """Put a window of `right_width` letters behind each window of `left_width`."""
    width = left_width + right_width
    narrowest = next(dtype for limit, dtype in _DTYPES if width <= limit)
    tail = right[left_width:]
    joined: npt.NDArray[np.unsignedinteger[Any]] = left[: len(tail)].astype(narrowest)
    joined <<= joined.dtype.type(2 * right_width)
    joined |= tail
    return joined


def _unbroken(codes: npt.NDArray[np.uint8], k: int) -> npt.NDArray[np.bool_]:
    """Tell for each window of `k` codes whether it holds no break: bool [L - k + 1]."""
    broken, width = codes >= BREAK, 1
    while width < k:
        # Windows may overlap, so the last step reaches `k` whatever `k` is.
        step = min(width, k - width)
        broken = broken[:-step] | broken[step:]
        width += step
    return ~broken
