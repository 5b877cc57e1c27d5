"""Labelled records of a run, told on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.cli.terminal import console
from graphkit.errors import InputError
from graphkit.sequences import LabelledRecords, read_labelled
from graphkit.sequences.label_table import LabelTable
from graphkit.sequences.streams import name_of
from graphkit.sequences.target_table import MeasuredRecords, TargetTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from graphkit.types import Record


def read_and_tell(
    records: Iterable[Record],
    source: str,
    *,
    table: Path | None,
    target: Path | None = None,
    rename: Sequence[str] | None = None,
    k: int,
    skip: bool,
    classes: Sequence[str] | None = None,
) -> LabelledRecords:
    """Join records and labels and tell on stderr what was read.

    Parameters
    ----------
    source
        Where the records came from, for messages.
    table
        A table of labels; None for the text after the last ``|`` of each header.
    target
        A table of several labels instead.
    rename
        Values of ``--map-labels``.
    records, k, skip, classes
        As in :func:`~graphkit.sequences.read_labelled`, which says what it refuses.
    """
    data: LabelledRecords | MeasuredRecords
    if target is None:
        data = read_labelled(
            records,
            file=name_of(source),
            table=None if table is None else LabelTable(table),
            rename=dict(_pair(text) for text in rename or ()),
            k=k,
            skip=skip,
            classes=classes,
        )
    else:
        if table is not None or rename:
            raise InputError("--target excludes --labels and --map-labels", remedy="Give one.")
        data = TargetTable(target).read(records, k=k, skip=skip, classes=classes)
        if isinstance(data, MeasuredRecords):
            raise InputError(
                "is a table of numbers, and several labels are asked for",
                file=target,
                remedy="Of numbers `train` tells how well they are predicted.",
            )
    tell(data, source)
    return data


def tell(data: LabelledRecords | MeasuredRecords, source: str) -> None:
    """Tell on stderr what was read."""
    if isinstance(data, LabelledRecords):
        held = [f"{n:,} {name}" for name, n in data.counts.items()]
    else:
        held = list(data.lines)
    console.note(f"{len(data):,} records of {name_of(source)}: {', '.join(held)}")
    for note in data.notes:
        console.warn(note)


def refuse_unmet(rename: Sequence[str] | None, *read: LabelledRecords) -> None:
    """Raise InputError where ``--map-labels`` renames a label that no record has.

    Parameters
    ----------
    rename
        Values of the option.
    read
        All records it is for.
    """
    there = sorted(set().union(*(data.written for data in read)))
    for old, _ in map(_pair, rename or ()):
        if old not in there:
            raise InputError(
                f"no record has the label {old!r}",
                slot="--map-labels",
                remedy=f"The labels are {', '.join(there)}.",
            )


def _pair(text: str) -> tuple[str, str]:
    old, _, new = text.partition("=")
    if not (old and new):
        raise InputError(
            f"{text!r} is no pair", slot="--map-labels", remedy="Write it as nucleus=Nucleus."
        )
    return old, new
