"""Where the records come from: a file or standard input."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from graphkit.cli import console
from graphkit.errors import InputError
from graphkit.sequences import read_fasta

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphkit.types import Record

Result = TypeVar("Result")
MOST_TO_COUNT = 100_000_000  # bytes


def name_of(source: str) -> str:
    """Return what to call the input in a message; ``-`` is standard input."""
    return "standard input" if source == "-" else source


def begin_reading(source: str) -> Iterator[Record]:
    """Read the first record at once, the others as they are needed.

    A wrong file is then told before anything slow happens.

    Raises
    ------
    InputError
        Where the input is not FASTA or holds no record.
    """
    if source == "-" and sys.stdin.isatty():
        console.note("Reading FASTA from the terminal; end with Ctrl-D.")
    records = read_fasta(source)
    return chain([next(records)], records)


def count_records(source: str) -> int | None:
    """Count the records of a plain file, where somebody watches and it takes no time."""
    path = Path(source)
    if not (sys.stderr.isatty() and path.is_file() and path.stat().st_size < MOST_TO_COUNT):
        return None
    data = path.read_bytes()
    packed = data.startswith(b"\x1f\x8b")
    return None if packed else data.startswith(b">") + data.count(b"\n>")


def with_file(results: Iterable[Result], source: str) -> Iterator[Result]:
    """Add the file to errors about a record: the model sees records, not where they come from."""
    try:
        yield from results
    except InputError as error:
        if error.file is not None:
            raise
        raise error.at(file=name_of(source)) from error
