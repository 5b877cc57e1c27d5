"""Tables of measured values: the id of a record and one number, or one for each cell line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences.alphabet import examine
from graphkit.sequences.labels import as_labels, is_missing
from graphkit.sequences.selection import Selection
from graphkit.sequences.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from graphkit.types import Record

HOW_TO_MEASURE = "Write a first line of names, then id<TAB>number, or a number for each cell line."


@dataclass(frozen=True)
class MeasuredRecords:
    """Records and what was measured of them.

    Parameters
    ----------
    records, codes
        As read and encoded.
    numbers : float64 [n, L]
        NaN where nothing was measured.
    lines : tuple of str [L]
        Names of the columns of numbers.
    labels : tuple of str or None [n]
        Class of each; None where it is not known, or the whole where the table has no classes.
    skipped
        Records that were left out, and why.
    n_unknown
        Ids of the table that no record has.
    """

    records: tuple[Record, ...]
    codes: tuple[NDArray[np.uint8], ...]
    numbers: NDArray[np.float64]
    lines: tuple[str, ...]
    labels: tuple[str | None, ...] | None
    skipped: tuple[str, ...] = ()
    n_unknown: int = 0

    def __len__(self) -> int:
        return len(self.records)

    def take(self, rows: ArrayLike) -> MeasuredRecords:
        """Return the records at `rows`, an ``int [m]`` or ``bool [n]``."""
        kept = np.arange(len(self))[np.asarray(rows)]
        return replace(
            self,
            records=tuple(self.records[i] for i in kept),
            codes=tuple(self.codes[i] for i in kept),
            numbers=self.numbers[kept],
            labels=self.labels and tuple(self.labels[i] for i in kept),
        )


class TargetTable:
    """A table of measured values, and which of its rows were used.

    Parameters
    ----------
    path
        Columns named in its first line: ids (of transcripts or genes, or symbols), one of numbers
        or one for each cell line, and, if classes are known too, one called ``label``. Other
        columns of text are passed over.

    Raises
    ------
    InputError
        If no column holds numbers, or an id has two rows that differ.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        table = read_table(path, remedy=HOW_TO_MEASURE)
        rows = list(table)
        heading = table.heading or (rows.pop(0)[1] if rows else [])
        name = table.place("transcript", "id", "gene", "symbol", default=0) or 0
        label = table.place("label")
        width = len(heading)
        for number, cells in rows:
            if len(cells) != width or not cells[name]:
                raise InputError(
                    f"has {len(cells)} columns, or no id, where the first line has {width}",
                    file=path,
                    line=number,
                    remedy=HOW_TO_MEASURE,
                )
        columns = {
            place: [_number(cells[place]) for _, cells in rows]
            for place in range(width)
            if place not in (name, label)
        }
        numbers = {place: found for place, found in columns.items() if _are_numbers(found)}
        if not numbers:
            raise InputError("has no column of numbers", file=path, remedy=HOW_TO_MEASURE)
        self.lines = tuple(heading[place] for place in numbers)
        values = np.array(list(numbers.values()), dtype=np.float64).T
        self.has_labels = label is not None
        self._rows: dict[str, tuple[tuple[float, ...], str | None]] = {}
        for (number, cells), row in zip(rows, values.tolist(), strict=True):
            given = None if label is None or is_missing(cells[label]) else cells[label]
            first = self._rows.setdefault(cells[name], (tuple(row), given))
            if repr(first) != repr((tuple(row), given)):
                raise InputError(
                    "gives other values than an earlier line",
                    file=path,
                    line=number,
                    record=cells[name],
                    remedy="Keep one row for each id.",
                )
        self._ids = Selection(self._rows)

    def read(self, records: Iterable[Record], *, k: int, skip: bool = False) -> MeasuredRecords:
        """Join records and their rows.

        Parameters
        ----------
        records
            As :func:`~graphkit.sequences.read_fasta` yields them.
        k
            Length of the k-mers the model will read.
        skip
            Leave out records that cannot be used; otherwise the first one is an error. Records
            that the table does not name are left out in any case.

        Raises
        ------
        InputError
            Naming the record that cannot be used; or if the table names none of them.
        """
        kept, codes, found, skipped = [], [], [], []
        for record in records:
            met = self._ids.met(record)
            examined = examine(record, k=k)
            reason = examined.reason if met else "not in the table"
            if reason is not None or examined.codes is None:
                if met and not skip:
                    raise InputError(
                        str(reason),
                        record=record.id,
                        line=record.line,
                        remedy="Remove the record, or skip what cannot be used.",
                    )
                skipped.append(f"{record.id}: {reason}")
                continue
            kept.append(record)
            codes.append(examined.codes)
            found.append(self._rows[met[0]])
        if not kept:
            raise self._ids.none_met(file=self._path)
        labels = [label for _, label in found]
        as_labels(label for label in labels if label is not None)
        return MeasuredRecords(
            tuple(kept),
            tuple(codes),
            np.array([values for values, _ in found]),
            self.lines,
            tuple(labels) if self.has_labels else None,
            tuple(skipped),
            len(self._ids.missing()),
        )


def _number(cell: str) -> float | None:
    """Return a number, NaN where there is none, None where the cell is text."""
    if is_missing(cell):
        return float("nan")
    try:
        return float(cell)
    except ValueError:
        return None


def _are_numbers(cells: list[float | None]) -> bool:
    return None not in cells and not np.isnan(np.array(cells, dtype=np.float64)).all()
