"""Tables of labels: the id of a record and its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.sequences.headers import strip_version
from graphkit.sequences.selection import Selection
from graphkit.sequences.tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from graphkit.types import Record

HOW_TO_LABEL = "Write headers as >id|label, or pass a table of lines id<TAB>label."


class LabelTable:
    """A table of labels, and which of its rows were used.

    Parameters
    ----------
    path
        Two columns, of ids and of labels, whatever parts them; or more, called ``id`` and ``label``
        among others. Ids are those of transcripts or genes, or symbols.

    Raises
    ------
    InputError
        Naming the line that is no pair, or that contradicts an earlier one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._labels: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        table = read_table(path, remedy=HOW_TO_LABEL)
        label = table.place("label")
        name = table.place("transcript", "id", "gene", "symbol", default=0)
        for number, cells in table:
            places = (0, 1) if label is None and len(cells) == 2 else (name, label)
            self._take(number, cells, *places)
        if not self._labels:
            raise InputError("holds no label", file=path, remedy=HOW_TO_LABEL)
        self._ids = Selection(self._labels)

    def _take(self, number: int, cells: list[str], name: int | None, label: int | None) -> None:
        if name is None or label is None or len(cells) <= max(name, label) or not cells[name]:
            raise InputError(
                f"has {len(cells)} columns, or no id, where there should be an id and its label",
                file=self._path,
                line=number,
                remedy="Write id<TAB>label, or call the columns so in a first line.",
            )
        given = self._labels.setdefault(cells[name], cells[label])
        if given != cells[label]:
            raise InputError(
                f"gives the label {cells[label]!r}, an earlier line {given!r}",
                file=self._path,
                line=number,
                record=cells[name],
                remedy="Keep one label for each id.",
            )
        self._lines.setdefault(cells[name], number)

    def label(self, record: Record) -> str | None:
        """Return the label of `record`, by its id, by a part of it, or by its gene.

        Raises
        ------
        InputError
            If the table has several versions of the id, with different labels.
        """
        met = self._ids.met(record)
        base = strip_version(met[0]) if met else ""
        labels = sorted({self._labels[name] for name in met if strip_version(name) == base})
        if len(labels) > 1:
            raise InputError(
                f"versions of one id have the labels {', '.join(labels)}",
                file=self._path,
                record=record.id,
                remedy="Keep one label for each id, or give versions in the FASTA too.",
            )
        return labels[0] if labels else None

    def unused(self) -> InputError | None:
        """Return what is wrong where the table names records that never came."""
        missing = self._missing()
        if not self._ids.n_met:
            return self._ids.none_met(file=self._path)
        if not missing:
            return None
        return InputError(
            f"{len(missing):,} of {len(self._labels):,} ids are not in the FASTA:"
            f" {missing[0]!r}, for one",
            file=self._path,
            line=self._lines[missing[0].split(" (", 1)[0]],
            remedy="Give ids as the headers have them, up to the first blank; or go on without"
            " them with skip=True.",
        )

    @property
    def n_unused(self) -> int:
        """Number of ids no record has had so far."""
        return len(self._missing())

    def _missing(self) -> list[str]:
        """Return the ids that no record has, less a heading of its own words."""
        missing = self._ids.missing()
        first, label = next(iter(self._labels.items()))
        is_heading = missing[:1] == [first] and [*self._labels.values()].count(label) == 1
        return missing[1:] if is_heading and self._ids.n_met else missing
