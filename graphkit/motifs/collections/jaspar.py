"""Motifs in JASPAR's formats: rows of counts, one for each base or, as TRANSFAC, each column."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import numpy as np
from Bio import motifs as biopython
from Bio.motifs import transfac

from graphkit.errors import InputError
from graphkit.motifs.motif import Motif

if TYPE_CHECKING:
    from pathlib import Path

_TRANSFAC = re.compile(r"^(P[0O]\s+A\s+C\s+G\s+)[TU]\b", re.MULTILINE)
_ROW = re.compile(r"^\s*([ACGTU])\b", re.IGNORECASE | re.MULTILINE)


def format_of(text: str) -> str | None:
    r"""Name the format of a text as Biopython does; None where it is neither of the two.

    Examples
    --------
    >>> format_of(">MA1 PUM\nA [3 0]\n"), format_of(">MA1 PUM\n3 0\n0 0\n0 1\n0 2\n")
    ('jaspar', 'jaspar')
    >>> format_of(">MA1 2\n0.1 0.2 0.3 0.4\n"), format_of("ID X\nP0 A C G T\n01 3 0 0 0\n")
    (None, 'transfac')
    """
    if _TRANSFAC.search(text):
        return "transfac"
    head, *rows = [line for line in text.partition("\n>")[0].splitlines() if line.strip()] or [""]
    if not head.startswith(">") or not rows:
        return None
    # Four rows of four could be shares of four columns, which add up to one.
    counts = len(rows) == 4 and not any(_shares(row.split()) for row in rows)
    return "jaspar" if _ROW.match(rows[0]) or counts else None


def _shares(cells: list[str]) -> bool:
    try:
        return len(cells) == 4 and abs(sum(map(float, cells)) - 1) < 0.1
    except ValueError:
        return False


def parse_jaspar(text: str, *, file: str | Path | None = None) -> list[Motif]:
    r"""Read motifs in a format of JASPAR; T is read as U.

    Parameters
    ----------
    text
        Contents of the file: ``>id name``, then rows ``A [ 1 2 ]`` to ``T`` or ``U``, or rows of
        numbers alone in this order; or TRANSFAC, with a line ``P0 A C G T`` above the columns.
    file
        Named in errors.

    Raises
    ------
    InputError
        Naming the file, and the motif where it is known, if a matrix is malformed.

    Examples
    --------
    >>> parse_jaspar(">M1 PUM\nA [0 0]\nC [0 0]\nG [0 9]\nU [9 0]\n")[0].consensus
    'UG'
    """
    kind = format_of(text) or "jaspar"
    # Biopython knows the rows of DNA only.
    dna = _ROW.sub(lambda row: row[0].upper().replace("U", "T"), text)
    if kind == "transfac":
        dna = _TRANSFAC.sub(r"\1T", text)
    elif _ROW.search(text) and dna.count(">") * 4 != len(_ROW.findall(dna)):
        raise InputError(
            "a matrix has not the four rows A, C, G and T or U",
            file=file,
            remedy="Give JASPAR matrices of four rows.",
        )
    try:
        parsed = biopython.parse(io.StringIO(dna), kind, strict=False)
    except Exception as error:  # Biopython raises the bare class, among others
        raise InputError(f"not in {kind.upper()} format ({error})", file=file) from error
    return [_motif(motif, file) for motif in parsed]


def _motif(motif: biopython.Motif, file: str | Path | None) -> Motif:
    rows = [motif.counts[base] for base in "ACGT"]
    if isinstance(motif, transfac.Motif):
        name, alt = motif.get("AC") or motif.get("ID"), motif.get("ID")
    else:
        name, alt = motif.matrix_id or motif.name, motif.name
    name = "_".join((name or "").split())
    if not name:
        raise InputError("matrix without a name", file=file)
    counts = np.array(rows, dtype=np.float64).T
    if counts.size == 0 or not np.isfinite(counts).all() or (counts.sum(axis=1) <= 0).any():
        raise InputError("a column without counts", file=file, record=name)
    if (counts < 0).any():
        raise InputError("a count below 0", file=file, record=name)
    return Motif(name, counts, float(counts.sum(axis=1).max()), alt or "")
