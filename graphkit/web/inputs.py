"""Read the input of a request: with caps, refused with the messages of the command line."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import asdict, dataclass
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
TABLE, REFERENCE = "input.h5ad", "reference.h5ad"
HDF5 = b"\x89HDF\r\n\x1a\n"
MOST_NAMED = 10
VERBS = {
    "domains": "spots alike in expression, and near one another where that helps",
    "denoise": "expression with the help of the neighbours, and what that gains gene by gene",
    "modules": "genes whose expression makes the same picture on the tissue",
    "cluster": "cells alike in their counts; no places are needed",
    "annotate": "types of cells, told from a reference whose types are known",
    "check-labels": "cells whose label is likely wrong",
}
OPTIONS: dict[str, dict[str, str | None]] = {
    "domains": {"n_domains": "auto"},
    "denoise": {},
    "modules": {"n_modules": None},
    "cluster": {"n_clusters": None},
    "annotate": {"label": "cell_type", "reference_layer": None},
    "check-labels": {"label": "cell_type"},
}
"""What verbs are asked beside slots, and what is meant where nothing is given: None, their own."""
CELLS = {"cluster", "annotate", "check-labels"}
"""Verbs that need no places."""
USUAL = {"layer": None, "spatial_key": "spatial", "library_key": None}
UPLOADS = ("file", "reference")
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Sequences:
    """Hold the records to predict.

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


def fields_of(verb: str) -> list[str]:
    """Return the fields of a verb's form.

    Examples
    --------
    >>> fields_of("cluster"), fields_of("annotate")
    (['file', 'n_clusters', 'layer'], ['file', 'reference', 'label', 'reference_layer', 'layer'])
    """
    files = UPLOADS if verb == "annotate" else UPLOADS[:1]
    return [*files, *OPTIONS[verb], *(["layer"] if verb in CELLS else USUAL)]


@dataclass(frozen=True, slots=True)
class Spots:
    """A table of spots or cells, and what to do with it.

    Parameters
    ----------
    files
        By the name that each gets in the folder of the job: name to be shown, and open file; an
        ``.h5ad``, as far as its first bytes tell.
    slots
        Where counts, coordinates and slides are; None for what is usual.
    options
        What else the verb is asked.
    """

    files: Mapping[str, tuple[str, BinaryIO]]
    slots: Mapping[str, str | None]
    options: Mapping[str, int | str]

    def asked(self) -> dict[str, Any]:
        """Return plain values for the worker."""
        names = {file: name for file, (name, _) in self.files.items()}
        more = {"slots": self.slots, "options": self.options}
        return {"name": names[TABLE], "reference": names.get(REFERENCE), **more}

    def write(self, folder: Path) -> None:
        """Write the tables into a folder."""
        for name, (_, file) in self.files.items():
            with (folder / name).open("xb") as target:
                shutil.copyfileobj(file, target, 1 << 20)


def read_spots(verb: str, fields: Mapping[str, Any]) -> Spots:
    """Read a table from the fields of a form.

    Parameters
    ----------
    verb
        One of ``VERBS``.
    fields
        What :func:`fields_of` names: a file as its name and itself, open; the rest as text. The
        number of domains, modules or clusters may also be called ``number``.

    Raises
    ------
    InputError
        Where there is no verb or file of this kind, or no such number.
    """
    if verb not in VERBS:
        raise InputError("is unknown", slot="verb", remedy=f"Give {', '.join(VERBS)}.")
    files = {TABLE: _h5ad(fields, "file")}
    if verb == "annotate":
        files[REFERENCE] = _h5ad(fields, "reference")
    slots = {key: _text(fields, key) or usual for key, usual in USUAL.items()}
    options = {
        name: (_number if name.startswith("n_") else _text)(fields, name) or usual
        for name, usual in OPTIONS[verb].items()
    }
    return Spots(files, slots, {name: one for name, one in options.items() if one is not None})


def _h5ad(fields: Mapping[str, Any], slot: str) -> tuple[str, BinaryIO]:
    if fields.get(slot) is None:
        raise InputError("missing", slot=slot, remedy="Give an .h5ad file.")
    name, file = fields[slot]
    if file.read(len(HDF5)) != HDF5:
        raise InputError("is no .h5ad file", file=shown(name), remedy="Give an .h5ad file.")
    file.seek(0)
    return shown(name), file


def _text(fields: Mapping[str, Any], name: str) -> str:
    return str(fields.get(name) or "").strip()


def _number(fields: Mapping[str, Any], name: str) -> int | str:
    """Return how many are asked for; a word is for the verb to know."""
    text = _text(fields, name) or _text(fields, "number")
    if not text or (text.isascii() and text.isalpha() and len(text) < LONGEST_NAME):
        return text
    if text.isascii() and text.isdecimal() and 2 <= int(text[:9]) <= 1_000:
        return int(text)
    raise InputError(f"is {shown(text)!r}", slot=name, remedy="Give 2 to 1000, or nothing.")


def shown(name: str) -> str:
    r"""Return the name of an upload as it is shown, without folders; it never names a file.

    Examples
    --------
    >>> shown("C:\\data\\x.fa"), shown("../../etc/passwd"), shown("")
    ('x.fa', 'passwd', 'upload')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return printable(last, limit=LONGEST_NAME) or "upload"
