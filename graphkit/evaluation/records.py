"""Labelled FASTA: ``>id|Label`` headers, one class per record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences.alphabet import examine
from graphkit.sequences.fasta import read_fasta
from graphkit.sequences.headers import label_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from graphkit.types import Record


@dataclass(frozen=True)
class LabelledRecords:
    """Records with one class each, checked and encoded.

    Parameters
    ----------
    records : tuple of Record [n]
        As they were read.
    codes : tuple of uint8 [L], [n]
        Encoded sequences.
    labels : int64 [n]
        Index into `classes`.
    classes : tuple of str
        Class names, sorted.
    skipped : tuple of str
        Identifier and reason of each record that was left out.
    """

    records: tuple[Record, ...]
    codes: tuple[NDArray[np.uint8], ...]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    skipped: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.records)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Letters of each record, ``int64 [n]``."""
        return np.array([len(codes) for codes in self.codes], dtype=np.int64)

    @property
    def names(self) -> tuple[str, ...]:
        """Class name of each record."""
        return tuple(self.classes[label] for label in self.labels)


def read_labelled(
    source: str | Path, *, classes: Sequence[str] | None = None, skip: bool = False
) -> LabelledRecords:
    """Read a FASTA file whose headers end in ``|Label``.

    Parameters
    ----------
    source
        A file, plain or gzipped.
    classes
        Order of the classes; a label outside is refused. Default: the labels found, sorted.
    skip
        Leave out records that cannot be used and name them in the result, instead of raising.

    Raises
    ------
    InputError
        Where the file has no records, a record has no label or an unknown one, a record cannot be
        used and `skip` is False, or fewer than two classes are found.
    """
    records, codes, names, skipped = [], [], [], []
    for record in read_fasta(source):
        name = label_of(record.header)
        examined = examine(record)
        reason = examined.reason
        if name is None:
            reason = "no label in the header"
        elif classes is not None and name not in classes:
            reason = f"unknown label {name!r}, expected one of {', '.join(classes)}"
        if reason is not None or examined.codes is None or name is None:
            if not skip:
                raise InputError(
                    reason or "no sequence",
                    file=str(source),
                    record=record.id,
                    line=record.line,
                    remedy="Headers look like '>id|Label'.",
                )
            skipped.append(f"{record.id}: {reason}")
            continue
        records.append(record)
        codes.append(examined.codes)
        names.append(name)
    found = tuple(classes) if classes is not None else tuple(sorted(set(names)))
    if len(set(names)) < 2:
        raise InputError(
            f"labels of {len(set(names))} class(es), two are needed",
            file=str(source),
            remedy="Headers look like '>id|Label'.",
        )
    index = {name: i for i, name in enumerate(found)}
    labels = np.array([index[name] for name in names], dtype=np.int64)
    return LabelledRecords(tuple(records), tuple(codes), labels, found, tuple(skipped))
