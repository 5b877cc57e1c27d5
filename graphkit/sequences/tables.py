"""Tables as people keep them: rows of cells, whatever parts, quotes and heads them."""

from __future__ import annotations

import csv
import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.sequences.lines import text_blocks
from graphkit.sequences.streams import byte_chunks, source_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_LOOK = 100  # lines that are looked at before the first is read
_DELIMITERS = "\t;,|"
_QUOTED = re.compile(r'"[^"]*"')
# What columns are called, all but letters and numbers left out.
_COLUMNS = {
    "transcript": r"(ensembl)?(transcript|tx|isoform|target)(stable)?(id|name|accession)?"
    r"(version)?|refseq(id|accession)?",
    "gene": r"(ensembl|entrez|ncbi)?gene(stable)?(id|accession)?(version)?|ensgene|locus(tag)?",
    "symbol": r"(external|ext|hgnc|associated|official)?gene(name|symbol)|(hgnc)?symbol|extgene",
    "label": r"(true|measured)?(labels?|class(es)?|category|categories)"
    r"|((sub)?(cellular)?(locali[sz]ation|location|compartment)s?)(labels?|class(es)?)?",
    "sequence": r"(rna|dna|cdna|nucleotide|transcript|lncrna|fasta)?(sequence|seq)|cdna",
    "position": r"(transcript|tx|cdna)?(pos|position|coordinate)",
    "ref": r"(ref|reference|wildtype|wt)(allele|base|nucleotide|letter)?",
    "alt": r"(alt|alternate|alternative|mutant|mut)(allele|base|nucleotide|letter)?",
    "id": r"(lncrna|rna|seq|sequence|record|query|fasta)?(id|name|identifier|accession|header)s?",
}
# Longer than a base of VCF or a word of letters that all are codes.
_NUCLEOTIDES = re.compile(r"[ACGTUNRYSWKMBDHV.*-]{10,}", re.IGNORECASE)


class Table:
    r"""Rows of a table, read as they are asked for.

    Tabs, semicolons, commas or bars part the cells where every line has as many of them, else
    blanks do.
    Blank lines and lines that start with ``#`` are passed over, quotation marks are taken off.

    Parameters
    ----------
    lines
        The text, line by line.
    file
        Its name for messages.
    first
        Number of the first line.

    Attributes
    ----------
    columns : dict of str to int
        Places of the columns whose names were known, as ``transcript``, ``gene``,
        ``symbol``, ``label``, ``sequence``, ``position``, ``ref``, ``alt`` or ``id``; empty where
        the first line is no heading.
    heading : list of str
        The first line where `columns` are known, else nothing.
    head : list of list of str
        The first rows.

    Examples
    --------
    >>> table = Table(["Transcript ID,Class", '"ENST01.2",Nucleus'])
    >>> table.columns, list(table)
    ({'transcript': 0, 'label': 1}, [(2, ['ENST01.2', 'Nucleus'])])
    """

    def __init__(self, lines: Iterable[str], *, file: str | None = None, first: int = 1) -> None:
        self._file = file
        numbered = (
            (number, line)
            for number, line in enumerate(lines, start=first)
            if line.strip() and not line.startswith("#")
        )
        look = list(islice(numbered, _LOOK))
        self._delimiter = _delimiter([line for _, line in look])
        rows = [(number, self._cells(line, number)) for number, line in look]
        is_data = not rows or any(map(_NUCLEOTIDES.fullmatch, rows[0][1]))
        self.columns = {} if is_data else _columns(rows[0][1])
        self.heading = rows.pop(0)[1] if self.columns else []
        self.head = [cells for _, cells in rows]
        width = max(map(len, self.head), default=0)
        if width == len(self.heading) + 1:  # R names its rows, not their column
            self.columns = {name: place + 1 for name, place in self.columns.items()}
        elif width == 1:  # one column of two words, such as "Gene name"
            self.columns = _columns([" ".join(self.heading)])
        self._rows = chain(rows, ((n, self._cells(line, n)) for n, line in numbered))

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number of each line and its cells."""
        return self._rows

    def place(self, *names: str, default: int | None = None) -> int | None:
        """Return the place of the first column there is of `names`."""
        return next((self.columns[name] for name in names if name in self.columns), default)

    def sequences(self) -> int | None:
        """Return the column of sequences: the one called so, or else of nucleotides alone."""
        width = min(map(len, self.head), default=0)
        found = [place for place in range(width) if self.mostly({place: _NUCLEOTIDES})]
        return self.place("sequence", default=found[-1] if found else None)

    def mostly(self, like: Mapping[int, re.Pattern[str]]) -> bool:
        """Say whether more than half of the first rows have such cells at such places."""
        fit = [
            all(place < len(cells) and kind.fullmatch(cells[place]) for place, kind in like.items())
            for cells in self.head
        ]
        return 2 * sum(fit) > len(fit)

    def _cells(self, line: str, number: int) -> list[str]:
        if self._delimiter is None and '"' not in line:
            return line.split()
        delimiter = self._delimiter or " "
        if '"' not in line:  # csv takes no cell above 131,072 letters
            return [cell.strip() for cell in line.split(delimiter)]
        try:
            (cells,) = csv.reader([line], delimiter=delimiter, skipinitialspace=True)
        except (csv.Error, ValueError) as error:
            raise InputError(
                "cells in quotation marks that cannot be read",
                file=self._file,
                line=number,
                remedy="Write the table without quotation marks.",
            ) from error
        return [cell.strip() for cell in cells]


def read_table(path: Path, *, remedy: str) -> Table:
    """Read a table of text, packed or not.

    Raises
    ------
    InputError
        If the file cannot be read, or is not text.
    """
    blocks = text_blocks(byte_chunks(path), file=source_name(path))
    try:
        text = b"".join(blocks).removeprefix(b"\n").decode("utf-8")
    except (UnicodeDecodeError, InputError) as error:
        if isinstance(error, InputError) and "text" not in error.reason:
            raise
        raise InputError("is not a text file", file=path, remedy=remedy) from error
    return Table(text.split("\n"), file=str(path))


def _delimiter(lines: list[str]) -> str | None:
    """Return what parts the cells: what every line has equally often, else blanks (None)."""
    for delimiter in _DELIMITERS:
        counts = {_QUOTED.sub("", line).count(delimiter) for line in lines}
        if len(counts) == 1 and counts != {0}:
            return delimiter
    # Rows of one table that differ are told when they come.
    return "\t" if any("\t" in line for line in lines) else None


def _columns(cells: list[str]) -> dict[str, int]:
    """Return the places of the columns whose names are known."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        word = re.sub(r"[^a-z0-9]", "", cell.casefold())
        kind = next((kind for kind, names in _COLUMNS.items() if re.fullmatch(names, word)), None)
        if kind is not None:
            places.setdefault(kind, place)
    return places
