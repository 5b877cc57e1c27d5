"""Where the records come from: a file or standard input."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from graphkit.cli.terminal import console
from graphkit.errors import InputError
from graphkit.sequences import read_fasta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.types import Record

Result = TypeVar("Result")
MOST_TO_COUNT = 100_000_000  # bytes


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


def with_genes(
    records: Iterator[Record], *, gtf: Path | None, gene_map: Path | None
) -> Iterator[Record]:
    """Give the records their genes of a GTF or of a table, where there is one.

    Raises
    ------
    InputError
        Where both are given, or the file has no genes; at the end, where it knows no record.
    """
    if gtf is not None and gene_map is not None:
        raise InputError("--gtf and --gene-map exclude each other", remedy="Choose one.")
    path = gtf or gene_map
    if path is None:
        return records
    from graphkit.sequences.genes import GeneMap

    return GeneMap(path, gtf=gtf is not None).add_to(records)


def count_records(source: str) -> int | None:
    """Count the records of a plain file, where somebody watches and it takes no time."""
    path = Path(source)
    if not (sys.stderr.isatty() and path.is_file() and path.stat().st_size < MOST_TO_COUNT):
        return None
    data = path.read_bytes()
    packed = data.startswith(b"\x1f\x8b")
    return None if packed else data.startswith(b">") + data.count(b"\n>")
