"""Tables of labels: two columns, the id of a record and its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from graphkit.types import Record

HEADINGS = {("id", "label"), ("id", "class"), ("transcript", "label"), ("gene", "label")}
HOW_TO_LABEL = "Write headers as >id|label, or pass a table of lines id<TAB>label."


class LabelTable:
    """A two-column table of labels, and which of its rows were used.

    Parameters
    ----------
    path
        TSV, ``id<TAB>label``; a first line that names the columns so is passed over, as are
        blank lines and lines that start with ``#``.

    Raises
    ------
    InputError
        Naming the line that is no pair, or that contradicts an earlier one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._labels: dict[str, str] = {}
        self._unused: dict[str, int] = {}
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise InputError("is not a text file", file=path, remedy=HOW_TO_LABEL) from error
        for number, line in enumerate(lines, start=1):
            if line.strip() and not line.startswith("#"):
                self._take(line, number)
        if not self._labels:
            raise InputError("holds no label", file=path, remedy=HOW_TO_LABEL)

    def _take(self, line: str, number: int) -> None:
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != 2 or not cells[0]:
            raise InputError(
                f"has {len(cells)} columns, or no id, where there should be an id and its label",
                file=self._path,
                line=number,
                remedy="Write id<TAB>label.",
            )
        name, label = cells
        if not self._labels and (name.casefold(), label.casefold()) in HEADINGS:
            return
        if self._labels.setdefault(name, label) != label:
            raise InputError(
                f"gives the label {label!r}, an earlier line {self._labels[name]!r}",
                file=self._path,
                line=number,
                record=name,
                remedy="Keep one label for each id.",
            )
        self._unused.setdefault(name, number)

    def label(self, record: Record) -> str | None:
        """Return the label of `record`, by its id or by what stands before the first ``|``."""
        for name in (record.id, record.id.partition("|")[0]):
            if name in self._labels:
                self._unused.pop(name, None)
                return self._labels[name]
        return None

    def unused(self) -> InputError | None:
        """Return what is wrong where the table names records that never came."""
        if not self._unused:
            return None
        name, line = next(iter(self._unused.items()))
        return InputError(
            f"{self.n_unused:,} of {len(self._labels):,} ids are not in the FASTA:"
            f" {name!r}, for one",
            file=self._path,
            line=line,
            remedy="Give ids as the headers have them, up to the first blank; call a heading line"
            " id<TAB>label; or go on without them with skip=True.",
        )

    @property
    def n_unused(self) -> int:
        """Number of ids no record has had so far."""
        return len(self._unused)
