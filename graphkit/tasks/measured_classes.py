"""Find records whose class was measured: the only ground for a q-value of a motif."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.sequences import label_of
from graphkit.sequences.label_table import LabelTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphkit.types import Record

FOR, AGAINST, UNKNOWN = 1, 0, -1
HOW = (
    "Write headers as >id|Class, give --labels with lines id<TAB>Class, or give records of the"
    " other class with --against."
)


@dataclass(slots=True)
class Measured:
    """Says of each record whether it was measured to be of one class or of another.

    A prediction of the same model is no measurement: motifs are built from what the model says,
    and would always be enriched in what it says it of.

    Parameters
    ----------
    classes : tuple of str [C]
        Of the model.
    target
        The class that counts as 1.
    table
        Labels, id<TAB>class; None where headers say it, as ``>id|Class``.

    Raises
    ------
    InputError
        Where the table cannot be read.
    """

    classes: Sequence[str]
    target: str
    table: Path | None = None
    foreign: Counter[str] = field(default_factory=Counter)
    _labels: LabelTable | None = None

    def __post_init__(self) -> None:
        if self.table is not None:
            self._labels = LabelTable(self.table)

    def of(self, record: Record) -> int:
        """Return 1 for a record of the class, 0 for one of another, -1 where nobody knows.

        Raises
        ------
        InputError
            Where the table gives a label that is no class of the model.
        """
        table = self._labels
        label = label_of(record.header) if table is None else table.label(record)
        if label is not None and label not in self.classes:
            if self.table is not None:
                raise InputError(
                    f"the model has no class {label!r}",
                    file=self.table,
                    record=record.id,
                    remedy=f"Its classes are {', '.join(self.classes)}.",
                )
            self.foreign[label] += 1
            label = None
        return UNKNOWN if label is None else FOR if label == self.target else AGAINST

    @property
    def n_unused(self) -> int:
        """Number of ids of the table that no record has had so far."""
        return 0 if self._labels is None else self._labels.n_unused

    def problem(self, labels: Sequence[int]) -> str:
        """Say why nothing can be tested; empty where there are records on both sides.

        Parameters
        ----------
        labels : sequence of int [n]
            What the records were measured to be.

        Raises
        ------
        InputError
            Where a table was given and none of its ids is among the records.
        """
        sides = set(labels) - {UNKNOWN}
        strangers = None if sides or self._labels is None else self._labels.unused()
        if strangers is not None:
            raise strangers
        if len(sides) > 1:
            return ""
        if sides:
            what = "all labelled records are on one side"
        elif self.foreign:
            some = ", ".join(repr(name[:30]) for name, _ in self.foreign.most_common(3))
            what = f"the labels of the headers ({some}) are no classes of the model"
        else:
            what = "no record has a measured label"
        return f"{what}. {HOW}"
