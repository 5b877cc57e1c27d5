"""Labels of records: from a table, or from the headers of the FASTA."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.sequences import examine, label_of, parse_header

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from graphkit.types import Record

MOST_LABELS = 20
RESERVED = "uncertain"
HEADINGS = {("id", "label"), ("id", "class"), ("transcript", "label"), ("gene", "label")}
HOW_TO_LABEL = "Write headers as >id|label, or give --labels with lines id<TAB>label."
STYLES = {
    "gencode": "GENCODE headers (transcript|gene|...)",
    "ensembl": "Ensembl headers",
    "pipe": "headers with fields parted by |",
    "plain": "plain headers",
}


@dataclass(slots=True)
class TrainingSet:
    """Records fit for training, their labels, and what was left out.

    Parameters
    ----------
    records : list of Record [n]
        Every one usable, no two the same.
    labels : list of str [n]
        Their labels.
    refused
        Records left out under ``--on-error skip``, and why.
    n_copies
        Identical records beyond the first.
    n_unknown
        Rows of the label table that met no record, under ``--on-error skip``.
    """

    records: list[Record] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    n_copies: int = 0
    n_unknown: int = 0

    def keep(self, mask: Iterable[bool]) -> int:
        """Keep the records where `mask` is True; return how many went."""
        kept = [pair for pair, good in zip(self._pairs(), mask, strict=True) if good]
        gone = len(self.records) - len(kept)
        self.records = [record for record, _ in kept]
        self.labels = [label for _, label in kept]
        return gone

    def _pairs(self) -> list[tuple[Record, str]]:
        return list(zip(self.records, self.labels, strict=True))


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
        if len(cells) != 2 or not all(cells):
            raise InputError(
                f"has {len(cells)} columns, or an empty one, where there should be two",
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
            " id<TAB>label; or go on without them with --on-error skip.",
        )

    @property
    def n_unused(self) -> int:
        """Number of ids no record has had so far."""
        return len(self._unused)


def read_training_set(
    records: Iterable[Record], *, file: str, table: LabelTable | None, k: int, skip: bool
) -> TrainingSet:
    """Join records and labels, and check that a model can be trained on them.

    Parameters
    ----------
    records
        As read.
    file
        Where they came from, for messages.
    table
        Where the labels are; None for the text after the last ``|`` of each header.
    k
        Length of the k-mers the model will read.
    skip
        Leave out records that cannot be used; otherwise the first one is an error.

    Raises
    ------
    InputError
        Naming the record that cannot be used, the label that contradicts another, or the style
        of the headers where they give more than 20 labels.
    """
    chosen = TrainingSet()
    seen: dict[str, tuple[str, str]] = {}
    header = ""
    for record in records:
        header = header or record.header
        label = label_of(record.header) if table is None else table.label(record)
        problem = examine(record, k=k).reason or _label_problem(label, record, table)
        if problem is not None or label is None:
            if not skip:
                raise InputError(
                    str(problem),
                    file=file,
                    record=record.id,
                    line=record.line,
                    remedy="Mend or remove it, or leave such records out with --on-error skip."
                    + (f" {HOW_TO_LABEL}" if label is None else ""),
                )
            chosen.refused.append(f"{record.id}: {problem}")
            continue
        name = record.id.removesuffix(f"|{label}") if table is None else record.id
        content = (record.sequence.upper().replace("U", "T"), label)
        first = seen.setdefault(name, content)
        if first is content:
            chosen.records.append(record)
            chosen.labels.append(label)
        elif first == content:
            chosen.n_copies += 1
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
        if unused is not None and not skip:
            raise unused
        chosen.n_unknown = table.n_unused
    _check_classes(chosen, file=file, style=None if table else parse_header(header).style)
    return chosen


def _label_problem(label: str | None, record: Record, table: LabelTable | None) -> str | None:
    if label is None and table is not None:
        return "the table has no label for it"
    if label is None:
        style = STYLES[parse_header(record.header).style]
        return f"no label after the last | of its header; the file has {style}"
    return f"{RESERVED!r} cannot be a label" if label.casefold() == RESERVED else None


def _check_classes(chosen: TrainingSet, *, file: str, style: str | None) -> None:
    names = sorted(set(chosen.labels))
    if len(names) > MOST_LABELS:
        some = ", ".join(repr(name[:30]) for name in names[:3])
        origin = "the label table" if style is None else f"the last field of {STYLES[style]}"
        raise InputError(
            f"{len(names):,} distinct labels ({some}, ...) in {origin}; {MOST_LABELS} are the most",
            file=file,
            remedy=HOW_TO_LABEL,
        )
    if len(names) < 2:
        found = f"only the label {names[0]!r}" if names else "no record with a label"
        raise InputError(found, file=file, remedy="Two classes or more are needed.")
