"""Read records from files or standard input."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from graphkit.cli.terminal import console
from graphkit.errors import InputError
from graphkit.sequences import read_fasta, read_spliced
from graphkit.sequences.genome import is_annotation
from graphkit.sequences.streams import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphkit.types import Record

Result = TypeVar("Result")
MOST_TO_COUNT = 100_000_000  # bytes


def begin_reading(*sources: str, genome: Path | None = None) -> Iterator[Record]:
    """Read the first record at once, the others as they are needed.

    A wrong file is then told before anything slow happens. Of several files every record says
    which it is from. Transcripts of a GTF or a BED12 are spliced from the genome, where it is
    given.

    Raises
    ------
    InputError
        Where an input is not there, is not FASTA or holds no record.
    """
    if "-" in sources and sys.stdin.isatty():
        console.note("Reading FASTA from the terminal; end with Ctrl-D.")
    if genome is not None and not genome.is_file():
        raise InputError("no such file", file=genome, slot="--genome", remedy="Check the path.")
    for source in sources[1:]:
        if source != "-" and not Path(source).exists():
            next(read_fasta(source))  # says what is wrong
    records = chain.from_iterable(
        _read(source, alone=len(sources) == 1, genome=genome) for source in sources
    )
    return chain([next(records)], records)


def _read(source: str, *, alone: bool, genome: Path | None) -> Iterator[Record]:
    spliced = genome is not None and is_annotation(source)
    records = read_spliced(source, genome) if genome and spliced else read_fasta(source)
    file = name_of(source)
    return records if alone else (replace(record, file=file) for record in records)


def begin_against(against: Path, *sources: str, genome: Path | None = None) -> Iterator[Record]:
    """Read what the records of an input are set against, its first record at once.

    Raises
    ------
    InputError
        As :func:`begin_reading`, and where it is an input itself.
    """
    if against.exists() and any(
        Path(one).exists() and against.samefile(one) for one in sources if one != "-"
    ):
        raise InputError(
            "is the input itself",
            file=against,
            slot="--against",
            remedy="Give the records to set the input against there.",
        )
    return begin_reading(str(against), genome=genome)


def files_among(sources: Sequence[str]) -> dict[str, Path]:
    """Return what must not be overwritten, by what to call it.

    Examples
    --------
    >>> list(files_among(["a.fa", "-", "b.fa"]))
    ['the input', 'the input 3']
    """
    return {
        f"the input {number}" if number > 1 else "the input": Path(source)
        for number, source in enumerate(sources, start=1)
        if source != "-"
    }


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


def count_records(*sources: str) -> int | None:
    """Count the records of plain files, where somebody watches and it takes no time."""
    paths = [Path(source) for source in sources]
    if not (sys.stderr.isatty() and all(path.is_file() for path in paths)):
        return None
    if sum(path.stat().st_size for path in paths) > MOST_TO_COUNT:
        return None
    texts = [path.read_bytes() for path in paths]
    packed = any(text.startswith(b"\x1f\x8b") for text in texts)
    n = sum(text.startswith(b">") + text.count(b"\n>") for text in texts)
    return None if packed or not n else n
