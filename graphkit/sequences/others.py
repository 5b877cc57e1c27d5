"""Records of files that are not FASTA and can be read without asking: tables, GenBank, EMBL."""

from __future__ import annotations

import warnings
from io import StringIO
from itertools import chain
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError
from graphkit.sequences.formats import refuse_table
from graphkit.sequences.headers import parse_header
from graphkit.sequences.lines import decode_text
from graphkit.sequences.tables import Table
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FLAT = {"LOCUS ": "GenBank", "ID   ": "EMBL"}
# Letters of an entry beside those of its sequence: numbers, features and notes.
_MOST_NOTES = 16 << 20


def other_records(
    blocks: Iterable[bytes], *, file: str | None, begins: int, max_length: int
) -> Iterator[Record]:
    """Read text without ``>`` that is no sequence alone.

    Parameters
    ----------
    blocks
        As :func:`~graphkit.sequences.lines.text_blocks` yields them, the first without the line
        break before it.
    file, begins
        Name of the file, and the line at which the first block begins.
    max_length
        Letters above which a sequence is not kept.

    Raises
    ------
    InputError
        Naming what the text is, where it holds no sequences, or the row that holds none.
    """
    texts = (decode_text(block).removeprefix("\n") for block in blocks)
    lines = chain.from_iterable(text.split("\n") for text in texts)
    first = next(lines)
    lines = chain([first], lines)
    flat = next((name for start, name in _FLAT.items() if first.startswith(start)), None)
    if flat is not None:
        yield from _entries(lines, flat, file=file, begins=begins, max_length=max_length)
    else:
        table = Table(lines, file=file, first=begins)
        refuse_table(table, file=file, line=begins)
        yield from _rows(table, file=file, max_length=max_length)


def _rows(table: Table, *, file: str | None, max_length: int) -> Iterator[Record]:
    column = table.sequences()
    first = 0 if column else None
    places = [
        column,
        table.place("id", "transcript", "gene", "symbol", default=first),
        *map(table.columns.get, ("gene", "symbol", "label")),
    ]
    for number, (line, cells) in enumerate(table, start=1):
        if len(cells) <= max(place or 0 for place in places):
            raise InputError(
                f"a row of {len(cells)} cells without a sequence",
                file=file,
                line=line,
                remedy="Give every row as many cells as the others, the sequence among them.",
            )
        sequence, name, gene, symbol, label = (
            "" if place is None else cells[place] for place in places
        )
        header = name or f"seq{number}"
        parsed = parse_header(header)
        problem = too_long(len(sequence), max_length)
        yield Record(
            parsed.id,
            "" if problem else sequence,
            f"{header}|{label}" if label else header,
            gene or parsed.gene,
            symbol or parsed.symbol,
            line,
            problem,
        )


def _entries(
    lines: Iterable[str], kind: str, *, file: str | None, begins: int, max_length: int
) -> Iterator[Record]:
    """Read GenBank or EMBL, entry by entry; each ends with ``//``."""
    entry: list[str] = []
    size, number = 0, begins
    for number, line in enumerate(lines, start=begins):
        if entry or line.strip():
            entry.append(line)
        size += len(line)
        if size > 2 * max_length + _MOST_NOTES:
            raise InputError(f"an entry longer than {size:,} letters", file=file, line=number)
        if line.startswith("//"):
            yield _entry(entry, kind, file, number - len(entry) + 1)
            entry, size = [], 0
    if entry:
        raise InputError(
            f"{kind} that ends within an entry",
            file=file,
            line=number - len(entry) + 1,
            remedy="Copy the file again.",
        )


def _entry(entry: list[str], kind: str, file: str | None, line: int) -> Record:
    from Bio import SeqIO

    try:
        with warnings.catch_warnings(action="ignore"):
            (found,) = SeqIO.parse(StringIO("\n".join(entry)), kind.lower())
            return from_biopython(found, line=line)
    except Exception as error:  # Biopython raises the bare class, among others
        reason = f"an entry of {kind} that cannot be read ({error})"
        raise InputError(reason, file=file, line=line, remedy="Give it as FASTA.") from error


def from_biopython(one: Any, *, line: int | None = None) -> Record:
    """Turn a record of Biopython into one of ours, its gene from the features where it has some."""
    about = "" if one.description.startswith("<unknown") else one.description
    header = about if about.startswith(one.id) else f"{one.id} {about}".strip()
    told: dict[str, list[str]] = next(
        (part.qualifiers for part in one.features if "gene" in part.qualifiers), {}
    )
    links = (link.removeprefix("GeneID:") for link in told.get("db_xref", ()) if "GeneID:" in link)
    parsed = parse_header(header)
    return Record(
        parsed.id,
        str(one.seq),
        header,
        parsed.gene or next(links, None),
        parsed.symbol or next(iter(told.get("gene", ())), None),
        line,
    )


def too_long(length: int, max_length: int) -> str | None:
    """Return what is wrong with a sequence of so many letters, if anything."""
    return None if length <= max_length else f"longer than {max_length:,} letters ({length:,})"
