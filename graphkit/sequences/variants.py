"""Tables of single-nucleotide variants, in positions of the transcripts themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.sequences.alphabet import BREAK, encode
from graphkit.sequences.selection import Selection
from graphkit.sequences.tables import read_table
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

HOW_TO_LIST = "Write id<TAB>position<TAB>ref<TAB>alt, positions from 1 at the 5' end."


@dataclass(frozen=True, slots=True)
class Variant:
    """One letter in place of another.

    Parameters
    ----------
    id
        Transcript, as the table has it.
    position
        1-based, from the 5' end of the transcript.
    ref, alt
        The letter that is there, and the one that takes its place.
    name
        What it is called in the genome, where it is from there.

    Examples
    --------
    >>> codes = encode("ACGU")
    >>> Variant("t", 4, "T", "C").problem(codes), Variant("t", 2, "G", "C").problem(codes)
    ('', 'ref is G, the transcript has C there')
    """

    id: str
    position: int
    ref: str
    alt: str
    name: str = ""

    def problem(self, codes: NDArray[np.uint8]) -> str:
        """Return why this is no substitution of a letter of the sequence; "" where it is one."""
        for name, letters in (("ref", self.ref), ("alt", self.alt)):
            if len(letters) != 1 or letters == "-":
                return f"{name} is {letters or 'empty'}: only single letters are substituted"
            if encode(letters)[0] == BREAK:
                return f"{name} is {letters}, none of A, C, G and U or T"
        if not 1 <= self.position <= len(codes):
            return f"the transcript has positions 1 to {len(codes):,}"
        there = int(codes[self.position - 1])
        if there != encode(self.ref)[0]:
            return f"ref is {self.ref}, the transcript has {'ACGUN'[there]} there"
        return "ref and alt are one letter" if there == encode(self.alt)[0] else ""


class VariantTable:
    """A table of variants by transcript, and which of its transcripts came.

    Parameters
    ----------
    path
        Four columns: id, position, ref and alt, in this order or called so in a first line. Ids are
        joined with those of records, whichever of the two has a version.

    Raises
    ------
    InputError
        If the file is no such table, naming the line.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._variants: dict[str, list[Variant]] = {}
        table = read_table(path, remedy=HOW_TO_LIST)
        places = [
            table.place(*names, default=default)
            for default, names in enumerate(
                (("transcript", "id"), ("position",), ("ref",), ("alt",))
            )
        ]
        for number, cells in table:
            self._take(number, cells, [place or 0 for place in places])
        if not self._variants:
            raise InputError("holds no variant", file=path, remedy=HOW_TO_LIST)
        self._ids = Selection(self._variants)

    def __len__(self) -> int:
        return sum(map(len, self._variants.values()))

    def _take(self, number: int, cells: list[str], places: Sequence[int]) -> None:
        try:
            name, position, ref, alt = (cells[place] for place in places)
            variant = Variant(name, int(position.replace(",", "")), ref.upper(), alt.upper())
        except (IndexError, ValueError) as error:
            raise InputError(
                "is no id, position, ref and alt",
                file=self._path,
                line=number,
                remedy=HOW_TO_LIST,
            ) from error
        self._variants.setdefault(name, []).append(variant)

    def of(self, record: Record) -> list[Variant]:
        """Return the variants of a record, in the order of the table.

        A name of its gene is none of it: isoforms have positions of their own.
        """
        met = self._ids.met(Record(record.id, record.sequence))
        return [variant for name in met for variant in self._variants[name]]

    def refused(self) -> Iterator[str]:
        """Yield nothing: every row of a table is scored or says why not."""
        yield from ()

    def missing(self) -> list[Variant]:
        """Return the variants whose transcript no record was.

        Raises
        ------
        InputError
            If that is so of all.
        """
        if not self._ids.n_met:
            raise self._ids.none_met(file=self._path)
        names = [name.split(" (", 1)[0] for name in self._ids.missing()]
        return [variant for name in names for variant in self._variants[name]]
