"""What comes in with a request: read with caps, refused with the words of the command line."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass, fields
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from graphkit.errors import InputError, printable
from graphkit.sequences import read_fasta
from graphkit.sequences.selection import Selection
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.web.limits import Limits

RECORDS = "records.jsonl"
TABLE = "input.h5ad"
HDF5 = b"\x89HDF\r\n\x1a\n"
MOST_NAMED = 10
VERBS = {
    "domains": "spots alike in expression, and near one another where that helps",
    "denoise": "expression with the help of the neighbours, and what that gains gene by gene",
    "modules": "genes whose expression makes the same picture on the tissue",
    "cluster": "cells alike in their counts; no places are needed",
}
NUMBERS = {"domains": "n_domains", "modules": "n_modules", "cluster": "n_clusters"}
SLOTS = ("layer", "spatial_key", "library_key")
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Sequences:
    """Records to predict.

    Parameters
    ----------
    records
        At most as many as the limits say.
    name
        Of what they came in, to be shown.
    notes
        What the user should know.
    """

    records: tuple[Record, ...]
    name: str
    notes: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Write the records into a folder, one a line."""
        lines = (f"{json.dumps(asdict(record))}\n" for record in self.records)
        (folder / RECORDS).write_text("".join(lines), encoding="ascii")


def read_records(folder: Path) -> Iterator[Record]:
    """Read what :meth:`Sequences.write` wrote."""
    with (folder / RECORDS).open(encoding="ascii") as file:
        for line in file:
            values = json.loads(line)
            yield Record(**{**values, "warnings": tuple(values["warnings"])})


def read_sequences(
    fields: Mapping[str, Any], limits: Limits, *, transcripts: Path | None = None
) -> Sequences:
    """Read sequences from the fields of a form or of JSON.

    Parameters
    ----------
    fields
        ``fasta``: text; ``file``: name and open file; ``ids``: names, parted by white space, that
        select among the records.
    limits
        Of records and their letters.
    transcripts
        FASTA that ids select from, where no sequences come with them.

    Raises
    ------
    InputError
        Where there are none, too many, or what came is no FASTA.
    """
    text, file, ids = fields.get("fasta", ""), fields.get("file"), fields.get("ids", "")
    if not isinstance(text, str) or not isinstance(ids, str):
        raise InputError("is no text", slot="ids" if isinstance(text, str) else "fasta")
    if file is not None and text.strip():
        raise InputError("sequences are pasted and a file is given", remedy="Give one of both.")
    source: BinaryIO | Path
    if file is not None:
        name, source = file
    elif text.strip() or not ids.strip() or transcripts is None:
        name, source = "pasted text", io.BytesIO(text.encode("utf-8", "replace"))
    else:
        name, source = transcripts.name, transcripts
    found: Iterator[Record] = read_fasta(source, max_length=limits.letters)
    selection = Selection(ids.split()) if ids.strip() else None
    if selection is not None:
        found = selection.pick(found)
    records = tuple(islice(found, limits.sequences + 1))
    if len(records) > limits.sequences:
        raise InputError(
            f"more than {limits.sequences:,} sequences",
            remedy="Send fewer at a time; the command line, graphkit localize, takes any number.",
        )
    if selection is None:
        return Sequences(records, shown(name))
    if not selection.n_met:
        raise selection.none_met(file=None, slot="ids")
    return Sequences(records, shown(name), tuple(_missing(selection)))


def _missing(selection: Selection) -> Iterator[str]:
    names = selection.missing()
    if names:
        more = "" if len(names) <= MOST_NAMED else ", ..."
        told = printable(", ".join(names[:MOST_NAMED]) + more, limit=1_000)
        yield f"{len(names):,} of {len(selection):,} names are not in the input: {told}"


@dataclass(frozen=True, slots=True)
class Spots:
    """A table of spots or cells, and what to do with it.

    Parameters
    ----------
    file
        Open; an ``.h5ad``, as far as its first bytes tell.
    name
        To be shown.
    slots
        Where counts, coordinates and slides are; None for what is usual.
    number
        Of domains, modules or clusters; None for the verb's own.
    """

    file: BinaryIO
    name: str
    slots: Mapping[str, str | None]
    number: str | None

    def asked(self) -> dict[str, Any]:
        """Return plain values for the worker."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "file"}

    def write(self, folder: Path) -> None:
        """Write the table into a folder."""
        with (folder / TABLE).open("xb") as target:
            while block := self.file.read(1 << 20):
                target.write(block)


def read_spots(verb: str, fields: Mapping[str, Any]) -> Spots:
    """Read a table from the fields of a form.

    Parameters
    ----------
    verb
        One of ``VERBS``.
    fields
        ``file``: name and open file; ``layer``, ``spatial_key``, ``library_key``; ``n_domains``,
        ``n_modules`` or ``n_clusters``.

    Raises
    ------
    InputError
        Where there is no verb or file of this kind, or no such number.
    """
    if verb not in VERBS:
        raise InputError("is unknown", slot="verb", remedy=f"Give {', '.join(VERBS)}.")
    if fields.get("file") is None:
        raise InputError("missing", slot="file", remedy="Give an .h5ad file.")
    name, file = fields["file"]
    if file.read(len(HDF5)) != HDF5:
        raise InputError("is no .h5ad file", file=shown(name), remedy="Give an .h5ad file.")
    file.seek(0)
    number = str(fields.get(NUMBERS.get(verb, "")) or fields.get("number") or "").strip() or None
    if number is not None and not (number.isdecimal() and 2 <= int(number[:9]) <= 1_000):
        raise InputError(f"is {shown(number)!r}", slot=NUMBERS.get(verb), remedy="Give 2 to 1000.")
    slots = {key: str(fields.get(key, "")).strip() or None for key in SLOTS}
    slots["spatial_key"] = slots["spatial_key"] or "spatial"
    return Spots(file, shown(name), slots, number)


def shown(name: str) -> str:
    r"""Return the name of an upload as it is shown, without folders; it never names a file.

    Examples
    --------
    >>> shown("C:\\data\\x.fa"), shown("../../etc/passwd"), shown("")
    ('x.fa', 'passwd', 'upload')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return printable(last, limit=LONGEST_NAME) or "upload"
