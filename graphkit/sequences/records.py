"""Sequences from anywhere, as records: what every estimator and verb does with what it is given."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from graphkit.errors import InputError
from graphkit.sequences.fasta import read_fasta
from graphkit.sequences.others import from_biopython
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

Sequences: TypeAlias = Any
"""What :func:`as_records` takes."""

# Nucleotides and the IUPAC codes of several; a path has a letter or a sign beside them.
_SEQUENCE = re.compile(r"[ACGTUNRYSWKMBDHV]*", re.IGNORECASE)
# 16 bytes of set per id: bounded, and far more records than anybody reads by eye.
_MAX_IDS = 2_000_000
_TAKEN = (
    "Give the path of a FASTA, sequences as text, a dict or Series of them, or records of"
    " graphkit.read_fasta or Biopython."
)


def as_records(source: Sequences) -> Iterator[Record]:
    """Turn sequences of any kind into records, lazily.

    Parameters
    ----------
    source
        The path of a FASTA; one sequence as text, or several; a dict or Series of id to sequence;
        one record or several, of graphkit or of Biopython. Text of nucleotide letters alone is a
        sequence, other text a path; a file whose name is spelled so needs a ``Path``.

    Raises
    ------
    InputError
        If it is none of these; while iterating, if one of several is no sequence.

    Examples
    --------
    >>> [(one.id, one.sequence) for one in as_records({"a": "ACGU", "b": "GGCC"})]
    [('a', 'ACGU'), ('b', 'GGCC')]
    >>> next(as_records("ACGU")).id
    'seq1'
    """
    if isinstance(source, Path) or (isinstance(source, str) and not _SEQUENCE.fullmatch(source)):
        return read_fasta(source)
    if isinstance(source, str | Record) or hasattr(source, "seq"):
        source = [source]
    if hasattr(source, "items"):
        return (_as_record(name, one) for name, one in source.items())
    if isinstance(source, bytes) or not isinstance(source, Iterable):
        raise InputError(f"a {type(source).__name__} is no sequence", remedy=_TAKEN)
    return (_as_record(f"seq{number}", one) for number, one in enumerate(source, start=1))


def number_records(records: Iterable[Record]) -> Iterator[Record]:
    """Yield records numbered from 1, with a warning where an earlier one had the id.

    Of 2,000,000 ids. Records that have numbers stay as they are: a part of an input may pass here
    again.

    Examples
    --------
    >>> twice = number_records([Record("a", "AC"), Record("a", "GU")])
    >>> [(one.number, one.warnings) for one in twice]
    [(1, ()), (2, ('this id occurred before',))]
    """
    seen: set[int] = set()
    for number, record in enumerate(records, start=1):
        if record.number:
            yield record
            continue
        key = hash(record.id)
        again = ("this id occurred before",) if key in seen else ()
        if len(seen) < _MAX_IDS:
            seen.add(key)
        yield replace(record, number=number, warnings=(*record.warnings, *again))


def _as_record(name: object, one: Any) -> Record:
    if isinstance(one, Record):
        return one
    if hasattr(one, "seq"):  # Biopython's record
        return from_biopython(one)
    if isinstance(one, str) or hasattr(one, "reverse_complement"):  # Biopython's sequence
        return Record(str(name), str(one))
    raise InputError(f"a {type(one).__name__} is no sequence", record=str(name), remedy=_TAKEN)
