"""Labelled records: read from FASTA, checked, encoded and numbered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences.alphabet import examine
from graphkit.sequences.headers import label_of, parse_header
from graphkit.sequences.label_table import HOW_TO_LABEL, LabelTable
from graphkit.sequences.labels import RESERVED, is_missing, refuse_variants
from graphkit.sequences.several_labels import join_labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from graphkit.types import Record

MOST_LABELS = 20


@dataclass(frozen=True, slots=True, eq=False)
class LabelledRecords:
    """Records with one class each or any of several labels, every one usable, no two the same.

    Parameters
    ----------
    records : tuple of Record [n]
        As they were read.
    codes : tuple of uint8 [L], [n]
        Encoded sequences.
    labels : int64 [n] or [n, C]
        Index into `classes`; of several labels 1 where a record has one, else 0.
    classes : tuple of str [C]
        Names of classes or labels.
    skipped
        Identifier and reason of each record that was left out because it cannot be used.
    n_copies
        Number of identical records beyond the first.
    n_unknown
        Number of rows of the label table that met no record.
    written
        Labels as they were written, before any was renamed.
    """

    records: tuple[Record, ...]
    codes: tuple[NDArray[np.uint8], ...]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    n_copies: int = 0
    n_unknown: int = 0
    written: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.records)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Letters of each record, ``int64 [n]``."""
        return np.array([len(codes) for codes in self.codes], dtype=np.int64)

    @property
    def several(self) -> bool:
        """Whether a record may have several labels."""
        return self.labels.ndim == 2

    @property
    def names(self) -> tuple[str, ...]:
        """Class name of each record, or all its labels."""
        if self.several:
            return tuple(join_labels(row, self.classes) for row in self.labels)
        return tuple(self.classes[label] for label in self.labels)

    @property
    def counts(self) -> dict[str, int]:
        """Number of records of each class or label that occurs."""
        if self.several:
            each = self.labels.sum(axis=0).tolist()
        else:
            each = np.bincount(self.labels, minlength=len(self.classes)).tolist()
        return {name: n for name, n in zip(self.classes, each, strict=True) if n}

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, one sentence each."""
        return left_out(self.skipped, n_copies=self.n_copies, n_unknown=self.n_unknown)

    def take(self, rows: ArrayLike) -> LabelledRecords:
        """Return the records at `rows`, an ``int [m]`` or ``bool [n]``."""
        kept = np.arange(len(self))[np.asarray(rows)]
        return replace(
            self,
            records=tuple(self.records[i] for i in kept),
            codes=tuple(self.codes[i] for i in kept),
            labels=self.labels[kept],
        )


def left_out(skipped: Sequence[str], *, n_copies: int = 0, n_unknown: int) -> tuple[str, ...]:
    """Return what was left out of records that were joined with a table, one sentence each.

    The arguments are fields of :class:`LabelledRecords`.
    """
    said = {
        f"{n_copies:,} exact copies were left out.": n_copies,
        f"{len(skipped):,} records were skipped, the first {[*skipped, ''][0]}.": skipped,
        f"{n_unknown:,} ids of the table are not in the FASTA.": n_unknown,
    }
    return tuple(note for note, worth in said.items() if worth)


def read_labelled(
    records: Iterable[Record],
    *,
    file: str | Path,
    table: LabelTable | None = None,
    rename: Mapping[str, str] | None = None,
    k: int = 5,
    skip: bool = False,
    classes: Sequence[str] | None = None,
) -> LabelledRecords:
    """Join records and labels, and check that a model can be trained or scored on them.

    Parameters
    ----------
    records
        As :func:`~graphkit.sequences.read_fasta` yields them.
    file
        Where they came from, for messages.
    table
        Where the labels are; None for the text after the last ``|`` of each header.
    rename
        What labels are called instead.
    k
        Length of the k-mers the model will read.
    skip
        Leave out records that cannot be used; otherwise the first one is an error.
    classes
        Classes there are, in order; a record with another label cannot be used. Default: those
        that occur, sorted.

    Raises
    ------
    InputError
        Naming the record that cannot be used, the label that contradicts another or differs from
        it in case or white space only, or the style of the headers where they give more than 20
        labels.
    """
    chosen: list[Record] = []
    codes, names, skipped, n_copies = [], [], [], 0
    renamed, there = rename or {}, set[str | None]()
    seen: dict[str, tuple[str, str]] = {}
    header = ""
    for record in records:
        header = header or record.header
        written = label_of(record.header) if table is None else table.label(record)
        label = None if written is None else renamed.get(written, written)
        there.add(written)
        examined = examine(record, k=k)
        problem = examined.reason or _label_problem(label, record, table)
        if problem is not None or label is None or examined.codes is None:
            if not skip:
                if table is not None and label is None and not chosen:
                    _refuse_strangers(table, records)
                raise InputError(
                    str(problem),
                    file=file,
                    record=record.id,
                    line=record.line,
                    remedy="Mend or remove it, or leave such records out with skip=True."
                    + (f" {HOW_TO_LABEL}" if label is None else ""),
                )
            skipped.append(f"{record.id}: {problem}")
            continue
        name = record.id.removesuffix(f"|{written}") if table is None else record.id
        content = (record.sequence.upper().replace("U", "T"), label)
        first = seen.setdefault(name, content)
        if first is content:
            chosen.append(record)
            codes.append(examined.codes)
            names.append(label)
        elif first == content:
            n_copies += 1
        else:
            what = "label" if first[0] == content[0] else "sequence"
            raise InputError(
                f"has the id of an earlier record and another {what}",
                file=file,
                record=name,
                line=record.line,
                remedy="Give every record an id of its own, or remove one of them.",
            )
    if table is not None:
        unused = table.unused()
        if unused is not None and not (skip and chosen):
            raise unused
    if skipped and not names:
        raise InputError(
            f"no record can be used; the first: {skipped[0]}",
            file=file,
            remedy=HOW_TO_LABEL,
        )
    style = None if table else parse_header(header).style
    _check_classes(names, file=file, style=style)
    index = {name: i for i, name in enumerate(sorted(set(names)) if classes is None else classes)}
    foreign = [i for i, name in enumerate(names) if name not in index]
    if foreign and not skip:
        raise _no_class(names[foreign[0]], index, chosen[foreign[0]], file)
    skipped += [f"{chosen[i].id}: the model has no class {names[i]!r}" for i in foreign]
    for i in reversed(foreign):
        del chosen[i], codes[i], names[i]
    _check_classes(names, file=file, style=style)
    return LabelledRecords(
        tuple(chosen),
        tuple(codes),
        np.array([index[name] for name in names], dtype=np.int64),
        tuple(index),
        tuple(skipped),
        n_copies,
        0 if table is None else table.n_unused,
        frozenset(one for one in there if one is not None),
    )


def _no_class(label: str, classes: Iterable[str], record: Record, file: str | Path) -> InputError:
    return InputError(
        f"the model has no class {label!r}",
        file=file,
        record=record.id,
        line=record.line,
        remedy=f"Its classes are {', '.join(classes)}: pass rename={{'OLD': 'NEW'}}, or leave such"
        " records out with skip=True.",
    )


def _refuse_strangers(table: LabelTable, records: Iterable[Record]) -> None:
    """Raise where none of the records is in the table, which is not the fault of one of them."""
    problem = None if any(table.label(record) for record in records) else table.unused()
    if problem is not None:
        raise problem


def _label_problem(label: str | None, record: Record, table: LabelTable | None) -> str | None:
    if label is None and table is not None:
        return "the table has no label for it"
    if label is None:
        style = parse_header(record.header).style
        return f"no label after the last | of its header; the file has {style} headers"
    if is_missing(label):
        return f"its label is missing: {label!r}"
    return f"{RESERVED!r} cannot be a label" if label.casefold() == RESERVED else None


def _check_classes(labels: Sequence[str], *, file: str | Path, style: str | None) -> None:
    names = sorted(set(labels))
    if len(names) > MOST_LABELS:
        some = ", ".join(repr(name[:30]) for name in names[:3])
        origin = "the label table" if style is None else f"the last field of {style} headers"
        raise InputError(
            f"{len(names):,} distinct labels ({some}, ...) in {origin}; {MOST_LABELS} are the most",
            file=file,
            remedy=HOW_TO_LABEL,
        )
    if len(names) < 2:
        found = f"only the label {names[0]!r}" if names else "no record with a label"
        raise InputError(found, file=file, remedy="Two classes or more are needed.")
    try:
        refuse_variants(labels)
    except InputError as error:
        raise error.at(file=file) from error
