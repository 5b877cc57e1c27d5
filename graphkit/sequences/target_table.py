"""Tables of what is known of records: numbers, one or one per cell line, or several labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences.alphabet import examine
from graphkit.sequences.labelled import LabelledRecords, left_out
from graphkit.sequences.labels import as_labels, is_missing
from graphkit.sequences.selection import Selection
from graphkit.sequences.several_labels import several_labels
from graphkit.sequences.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from graphkit.types import Record

HOW_TO_MEASURE = (
    "Write a first line of names, then id<TAB>number, or a number for each cell line; of several"
    " labels a column of 0 and 1 for each, or one called labels, of A;B."
    " One class for each record goes to --labels."
)


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

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, one sentence each."""
        return left_out(self.skipped, n_unknown=self.n_unknown)

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
    """A table of measured values or of several labels, and which of its rows were used.

    Parameters
    ----------
    path
        Columns named in its first line: ids (of transcripts or genes, or symbols) and what is known
        of them. Numbers: one column or one for each cell line, and, if classes are known too, one
        called ``label``. Several labels: a column of 0 and 1, no and yes, or false and true for
        each; or one called ``labels`` of labels parted by ``;`` or ``|``, empty or ``none`` where a
        record has none of them. Other columns of text are passed over.

    Raises
    ------
    InputError
        If no column holds numbers or labels, or both do, or an id has two rows that differ; where
        it says not of each record whether it has a label.
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
        numbers = {
            place: found
            for place in range(width)
            if place not in (name, label)
            and _are_numbers(found := [_number(cells[place]) for _, cells in rows])
        }
        try:
            several = several_labels(heading, rows, ids=name, label=label, numbers=numbers)
        except InputError as error:
            raise error.at(file=path) from error
        self.several = several is not None
        if several is not None:
            self.lines, values = several[0], several[1].astype(np.float64)
            label = None
        elif numbers:
            self.lines = tuple(heading[place] for place in numbers)
            values = np.array(list(numbers.values()), dtype=np.float64).T
        else:
            raise InputError("has no column of numbers", file=path, remedy=HOW_TO_MEASURE)
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

    def read(
        self,
        records: Iterable[Record],
        *,
        k: int,
        skip: bool = False,
        classes: Sequence[str] | None = None,
    ) -> MeasuredRecords | LabelledRecords:
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
        classes
            Of several labels those of a model, in its order.

        Returns
        -------
        MeasuredRecords or LabelledRecords
            These where it is a table of several labels.

        Raises
        ------
        InputError
            Naming the record that cannot be used, or the label that the table lacks; or if the
            table names none of the records.
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
        values = np.array([values for values, _ in found])
        if self.several:
            return LabelledRecords(
                tuple(kept),
                tuple(codes),
                values[:, self._places(classes)].astype(np.int64),
                tuple(classes or self.lines),
                tuple(skipped),
                n_unknown=len(self._ids.missing()),
            )
        labels = [label for _, label in found]
        as_labels(label for label in labels if label is not None)
        return MeasuredRecords(
            tuple(kept),
            tuple(codes),
            values,
            self.lines,
            tuple(labels) if self.has_labels else None,
            tuple(skipped),
            len(self._ids.missing()),
        )

    def _places(self, classes: Sequence[str] | None) -> list[int]:
        """Return the columns of a model's labels."""
        lacking = sorted(set(classes or ()) - set(self.lines))
        if lacking:
            raise InputError(
                f"has no column of the model's label {lacking[0]!r}",
                file=self._path,
                remedy=f"It has {', '.join(self.lines)}: call columns as the model does.",
            )
        return [self.lines.index(name) for name in classes or self.lines]


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
