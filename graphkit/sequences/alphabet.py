"""Letters to integers, and which sequences a model may be asked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError

if TYPE_CHECKING:
    import numpy.typing as npt

    from graphkit.types import Record

LETTERS = "ACGU"
"""The letter of each code 0..3."""

BREAK = 4
"""Code of every letter that is not A, C, G, T or U: no k-mer reaches across it."""

_AMBIGUOUS = "RYSWKMBDHV"  # IUPAC codes besides N, which needs no warning
_PROTEIN_ONLY = set("EFILPQZ")
_MAX_FOREIGN = 0.10


def _table() -> bytes:
    table = bytearray([BREAK]) * 256
    for code, letters in enumerate(("Aa", "Cc", "Gg", "TtUu")):
        for letter in letters:
            table[ord(letter)] = code
    return bytes(table)


_TABLE = _table()


def encode(sequence: str) -> npt.NDArray[np.uint8]:
    """Turn letters into codes: A 0, C 1, G 2, T and U 3, any other letter ``BREAK``.

    Parameters
    ----------
    sequence
        Letters in any case. No letter is dropped, so positions are kept.

    Returns
    -------
    codes : uint8 [L]

    Examples
    --------
    >>> encode("acGTuN").tolist()
    [0, 1, 2, 3, 3, 4]
    """
    # One byte per character, so that a letter outside latin-1 keeps its position as one break.
    letters = bytearray(sequence.encode("latin-1", "replace"))
    return np.frombuffer(letters.translate(_TABLE), dtype=np.uint8)


def decode(codes: npt.NDArray[np.uint8]) -> str:
    """Turn codes into letters, U for T and N for every break.

    Parameters
    ----------
    codes : uint8 [L]

    Examples
    --------
    >>> decode(encode("acgtX"))
    'ACGUN'
    """
    letters = np.frombuffer((LETTERS + "N").encode(), dtype=np.uint8)
    return letters[np.minimum(codes, BREAK)].tobytes().decode("ascii")


def runs(codes: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Find the stretches between breaks.

    Parameters
    ----------
    codes : uint8 [L]

    Returns
    -------
    start, end : int64 [R]
        0-based, half-open, in order; empty stretches are left out.

    Examples
    --------
    >>> [array.tolist() for array in runs(encode("NACNNGTT"))]
    [[1, 5], [3, 8]]
    """
    breaks = np.flatnonzero(codes == BREAK).astype(np.int64, copy=False)
    start = np.concatenate(([0], breaks + 1)).astype(np.int64, copy=False)
    end = np.concatenate((breaks, [len(codes)])).astype(np.int64, copy=False)
    return start[end > start], end[end > start]


@dataclass(frozen=True, slots=True)
class Examined:
    """Result of :func:`examine`.

    Parameters
    ----------
    codes : uint8 [L] or None
        The encoded sequence; None where the record is refused.
    reason
        Why the record is refused, else None.
    warnings
        The record's own warnings, then what was read as N.
    fraction_n
        Share of letters that are not A, C, G, T or U; 0 where there is no letter.
    """

    codes: npt.NDArray[np.uint8] | None
    reason: str | None
    warnings: tuple[str, ...]
    fraction_n: float


def examine(record: Record, *, k: int = 5, min_kmers: int = 20) -> Examined:
    """Encode a record, or say why it cannot be used.

    Parameters
    ----------
    record
        As the reader gave it.
    k
        Length of the k-mers that the model reads.
    min_kmers
        Fewest k-mers without a break that the record must have.

    Raises
    ------
    InputError
        If `k` or `min_kmers` is less than one.

    Examples
    --------
    >>> from graphkit.types import Record
    >>> examine(Record("x", "ACGUR" * 6)).reason
    'too few valid k-mers (0 < 20)'
    >>> examine(Record("x", "ACGU" * 9 + "R")).warnings
    ('1 ambiguous letter read as N: R',)
    """
    for name, value in (("k", k), ("min_kmers", min_kmers)):
        if value < 1:
            raise InputError(f"{name} is {value}, must be at least 1", slot=name)
    if record.problem is not None:
        return Examined(None, record.problem, record.warnings, 0.0)
    if not record.sequence:
        return Examined(None, "no sequence", record.warnings, 0.0)
    codes = encode(record.sequence)
    broken = codes == BREAK
    n_broken = int(np.count_nonzero(broken))
    if n_broken:
        odd = _odd_letters(record.sequence, broken)
        warnings = record.warnings + _odd_warnings(odd)
        reason = _odd_reason(odd, len(codes))
    else:
        warnings, reason = record.warnings, None
    if reason is None:
        start, end = runs(codes)
        n_valid = int(np.maximum(end - start - k + 1, 0).sum())
        if n_valid < min_kmers:
            reason = f"too few valid k-mers ({n_valid} < {min_kmers})"
    return Examined(None if reason else codes, reason, warnings, n_broken / len(codes))


@dataclass(frozen=True, slots=True)
class _Odd:
    """How often each letter stands that is neither a base nor N."""

    gaps: int
    ambiguous: dict[str, int]
    foreign: dict[str, int]
    final_star: bool


def _odd_letters(sequence: str, broken: npt.NDArray[np.bool_]) -> _Odd:
    letters = np.frombuffer(sequence.encode("latin-1", "replace"), dtype=np.uint8)[broken]
    tally: dict[str, int] = {}
    for byte, count in enumerate(np.bincount(letters, minlength=256).tolist()):
        if count:
            letter = chr(byte).upper()
            tally[letter] = tally.get(letter, 0) + count
    tally.pop("N", None)
    final_star = sequence.endswith("*")
    if final_star:
        tally["*"] -= 1
    gaps = tally.pop("-", 0) + tally.pop(".", 0)
    ambiguous = {letter: tally.pop(letter) for letter in _AMBIGUOUS if letter in tally}
    return _Odd(gaps, ambiguous, {x: n for x, n in tally.items() if n}, final_star)


def _odd_warnings(odd: _Odd) -> tuple[str, ...]:
    warnings = []
    for tally, what in ((odd.ambiguous, "ambiguous"), (odd.foreign, "unknown")):
        if tally:
            n = sum(tally.values())
            plural = "" if n == 1 else "s"
            warnings.append(f"{n} {what} letter{plural} read as N: {_names(tally)}")
    if odd.final_star:
        warnings.append("final '*' read as N")
    return tuple(warnings)


def _odd_reason(odd: _Odd, length: int) -> str | None:
    if odd.gaps:
        return "gaps ('-' or '.'): an aligned sequence; remove the gaps"
    share = sum(odd.foreign.values()) / length
    if share <= _MAX_FOREIGN:
        return None
    looks = "not a nucleotide sequence"
    if any(letter.isdigit() for letter in odd.foreign):
        looks += " but numbers, such as those of a motif"
    elif _PROTEIN_ONLY & set(odd.foreign):
        looks = "looks like protein"
    return f"{looks}: {share:.0%} of the letters are no nucleotide codes ({_names(odd.foreign)})"


def _names(tally: dict[str, int], limit: int = 10) -> str:
    names = [letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in tally]
    return " ".join(names[:limit]) + (" ..." if len(names) > limit else "")
