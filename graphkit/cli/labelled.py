"""Labelled records as the evaluation takes them: encoded sequences and numbered classes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.cli import console
from graphkit.cli.labels import LabelTable, read_training_set
from graphkit.cli.reading import name_of
from graphkit.errors import InputError
from graphkit.sequences import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from graphkit.cli.labels import TrainingSet
    from graphkit.types import Record


@dataclass(frozen=True, slots=True)
class Labelled:
    """Records that can be scored.

    Parameters
    ----------
    records : list of Record [n]
    codes : list of uint8 [L], [n]
        Their encoded sequences.
    labels : int64 [n]
        Index into `classes`.
    classes : tuple of str [C]
    notes
        What was left out, one sentence each.
    """

    records: list[Record]
    codes: list[NDArray[np.uint8]]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Letters of each record, ``int64 [n]``."""
        return np.array([len(codes) for codes in self.codes], dtype=np.int64)

    @property
    def counts(self) -> dict[str, int]:
        """Number of records of each class that occurs."""
        counted = Counter(self.labels.tolist())
        return {name: counted[c] for c, name in enumerate(self.classes) if counted[c]}


def read_labelled(
    records: Iterable[Record],
    source: str,
    *,
    table: Path | None,
    k: int,
    skip: bool,
    classes: Sequence[str] | None = None,
) -> Labelled:
    """Join records and labels and tell on stderr what was read.

    Parameters
    ----------
    records
        As read.
    source
        Where they came from, for messages.
    table
        A table of labels; None for the text after the last ``|`` of each header.
    k
        Length of the k-mers that records must have enough of.
    skip
        Leave out records that cannot be used; otherwise the first one is an error.
    classes
        The classes there are; a label that is none of them is refused. Default: those that occur,
        sorted.

    Raises
    ------
    InputError
        As :func:`~graphkit.cli.labels.read_training_set`, or for a label that is no class.
    """
    file = name_of(source)
    labels = None if table is None else LabelTable(table)
    found = read_training_set(records, file=file, table=labels, k=k, skip=skip)
    known = tuple(sorted(set(found.labels)) if classes is None else classes)
    index = {name: number for number, name in enumerate(known)}
    for record, label in zip(found.records, found.labels, strict=True):
        if label not in index:
            raise InputError(
                f"the model has no class {label!r}",
                file=file,
                record=record.id,
                line=record.line,
                remedy=f"Its classes are {', '.join(known)}.",
            )
    labelled = Labelled(
        found.records,
        [encode(record.sequence) for record in found.records],
        np.array([index[label] for label in found.labels], dtype=np.int64),
        known,
        tuple(_left_out(found)),
    )
    counts = ", ".join(f"{n:,} {name}" for name, n in labelled.counts.items())
    console.note(f"{len(found.records):,} records of {file}: {counts}")
    for note in labelled.notes:
        console.warn(note)
    return labelled


def _left_out(found: TrainingSet) -> Iterable[str]:
    if found.n_copies:
        yield f"{found.n_copies:,} exact copies were left out."
    if found.refused:
        yield f"{len(found.refused):,} records were skipped, the first {found.refused[0]}."
    if found.n_unknown:
        yield f"{found.n_unknown:,} ids of the label table are not in the FASTA."
