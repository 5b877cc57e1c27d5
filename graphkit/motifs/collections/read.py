"""Motif collections on disk: MEME, JASPAR, ATtRACT and CISBP-RNA files, and folders of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.motifs.collections.jaspar import format_of, parse_jaspar
from graphkit.motifs.collections.meme import parse_meme, read_shares
from graphkit.motifs.motif import Motif

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SEQUENCES = re.compile(r">.*\n\s*[A-Za-z]{6,}\s*(\n|$)")
_KINDS = "motifs in the format of MEME, JASPAR, TRANSFAC, ATtRACT or CISBP-RNA"
_SITES = 20.0  # these formats do not say how many sites stand behind a matrix
# Tables that collections name their proteins in, beside the matrices or above their folder.
_TABLES = ("RBP_Information*.txt", "ATtRACT_db.txt")
_SUFFIXES = {".meme", ".jaspar", ".pfm", ".transfac", ".txt", ".pwm"}

# Column of the motif and of the protein in CISBP-RNA, ATtRACT and RBPBench, lower case.
_MOTIF = ("motif_id", "matrix_id", "rbp_motif_id")
_PROTEIN = ("rbp_name", "gene_name")


def read_motifs(path: Path, *, proteins: Path | None = None) -> list[Motif]:
    """Read a file of motifs, or every one in a folder.

    Parameters
    ----------
    path
        A MEME file; a JASPAR or TRANSFAC file; an ATtRACT ``pwm.txt`` (``>id length``, then rows
        of four shares); a CISBP-RNA matrix (``Pos A C G U``, named by its file); or a folder of
        such files with the endings .meme, .jaspar, .pfm, .transfac, .txt or .pwm. Other files of a
        folder are passed over, and so are matrices without rows, which CISBP-RNA leaves where a
        licence forbids to show them. In a folder without matrices the folders below are looked
        into.
    proteins
        Table of motifs and their proteins, such as ``RBP_Information.txt`` or
        ``ATtRACT_db.txt``. One that lies in the folder, or of these names beside `path`, is found
        without being named.

    Raises
    ------
    InputError
        Naming file and line, where a file is no such file, is malformed or holds no motif.
    """
    if path.is_dir():
        # CISBP-RNA unpacks to a folder with its tables, and the matrices in one below.
        motifs, names = _read_folder(path)
        for below in sorted(f for f in path.iterdir() if f.is_dir()) if not motifs else ():
            more, also = _read_folder(below)
            motifs, names = motifs + more, {**also, **names}
        if not motifs:
            raise InputError(
                "no motif files in the folder",
                file=path,
                remedy=f"Give a folder of {', '.join(sorted(_SUFFIXES))} files with matrices.",
            )
    else:
        motifs, names = _read_file(path, _text(path)), {}
    for table in (t for pattern in _TABLES for t in sorted(path.parent.glob(pattern))):
        names = {**(parse_proteins(_text(table)) or {}), **names}
    if proteins is not None:
        names.update(_read_proteins(proteins))
    return [replace(m, alt=names[m.name]) if m.name in names else m for m in motifs]


def _read_folder(path: Path) -> tuple[list[Motif], dict[str, str]]:
    """Return the motifs of the folder's own files, and the proteins that its tables name."""
    motifs: list[Motif] = []
    names: dict[str, str] = {}
    for file in sorted(path.iterdir()):
        if file.suffix.lower() in _SUFFIXES and file.is_file():
            text = _text(file)
            if _is_motif_file(text):
                motifs += [] if _is_bare_header(text) else _read_file(file, text)
            else:
                names.update(parse_proteins(text) or {})
    return motifs, names


def _read_proteins(path: Path) -> Mapping[str, str]:
    found = parse_proteins(_text(path))
    if found is None:
        raise InputError(
            "no columns Motif_ID and RBP_Name",
            file=path,
            line=1,
            remedy="Give a table with tabs whose first line names its columns.",
        )
    return found


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path) from error
    if b"\0" in data[:4096]:
        raise InputError("not a text file", file=path, remedy="Give motifs as text.")
    return data.decode("utf-8-sig", "replace")


def _is_motif_file(text: str) -> bool:
    return (
        "MEME version" in text or bool(format_of(text)) or text.startswith(">") or _is_cisbp(text)
    )


def _is_cisbp(text: str) -> bool:
    return re.match(r"\s*Pos\s+A\s+C\s+G\s+[UT]\s*(\n|\r|$)", text) is not None


def _is_bare_header(text: str) -> bool:
    return _is_cisbp(text) and len(text.splitlines()) == 1


def _read_file(path: Path, text: str) -> list[Motif]:
    if not text.strip():
        raise InputError("the file is empty", file=path)
    if text.lstrip().startswith("<"):
        raise InputError(
            "XML or HTML, not motifs as text",
            file=path,
            remedy="Give the text that MEME writes beside it: meme.txt, streme.txt or dreme.txt.",
        )
    if _SEQUENCES.match(text):
        raise InputError("sequences, not motifs", file=path, remedy=f"Give {_KINDS}.")
    if format_of(text):
        return parse_jaspar(text, file=path)
    if text.startswith(">"):
        return _parse_attract(text, path)
    if _is_cisbp(text):
        rows = [
            read_shares(line.split()[1:], path, number)
            for number, line in enumerate(text.splitlines(), start=1)
            if line.strip() and not line.lstrip().startswith("Pos")
        ]
        return [_motif(path.stem, rows, path, 1)]
    return parse_meme(text, file=path)


def _parse_attract(text: str, path: Path) -> list[Motif]:
    motifs: list[Motif] = []
    name, begins = "", 1
    rows: list[list[float]] = []
    for number, line in enumerate([*text.splitlines(), ">end"], start=1):
        if line.startswith(">"):
            if name:
                motifs.append(_motif(name, rows, path, begins))
            words = line[1:].split()
            if not words:
                raise InputError("matrix without a name", file=path, line=number)
            name, rows, begins = words[0], [], number
        elif line.strip():
            rows.append(read_shares(line.split(), path, number))
    return motifs


def _motif(name: str, rows: list[list[float]], path: Path, line: int) -> Motif:
    if not rows:
        raise InputError(f"no rows in the matrix of {name}", file=path, line=line)
    return Motif("_".join(name.split()), np.array(rows) * _SITES, _SITES)


def parse_proteins(text: str) -> Mapping[str, str] | None:
    r"""Read a table of tab-separated columns, the first line naming them.

    Parameters
    ----------
    text
        Such as CISBP-RNA's ``RBP_Information.txt`` or ATtRACT's ``ATtRACT_db.txt``.

    Returns
    -------
    mapping of str to str, or None
        Proteins of each motif, joined by commas where there are several; None where the first
        line names no column of motifs and of proteins.

    Examples
    --------
    >>> parse_proteins("Motif_ID\tRBP_Name\nM1\tPUM1\nM1\tPUM2\n")
    {'M1': 'PUM1,PUM2'}
    """
    head, *lines = text.splitlines() or [""]
    names = [name.strip().lower() for name in head.split("\t")]
    motif = next((names.index(name) for name in _MOTIF if name in names), None)
    protein = next((names.index(name) for name in _PROTEIN if name in names), None)
    if motif is None or protein is None:
        return None
    found: dict[str, list[str]] = {}
    for line in lines:
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) > max(motif, protein) and cells[motif] and cells[protein]:
            known = found.setdefault(cells[motif], [])
            if cells[protein] not in known:
                known.append(cells[protein])
    return {key: ",".join(values) for key, values in found.items()}
