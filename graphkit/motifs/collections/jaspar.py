"""Motifs in JASPAR format: four rows of counts, one for each base."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import numpy as np
from Bio import motifs as biopython

from graphkit.errors import InputError
from graphkit.motifs.motif import Motif

if TYPE_CHECKING:
    from pathlib import Path

_ROW = re.compile(r"^\s*([ACGTU])\b", re.IGNORECASE | re.MULTILINE)


def is_jaspar(text: str) -> bool:
    r"""Tell whether the first motif of a text is written as rows of bases.

    Examples
    --------
    >>> is_jaspar(">MA1 PUM\nA [3 0]\n"), is_jaspar(">MA1 2\n0.1 0.2 0.3 0.4\n")
    (True, False)
    """
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    return len(lines) > 1 and lines[0].startswith(">") and _ROW.match(lines[1]) is not None


def parse_jaspar(text: str, *, file: str | Path | None = None) -> list[Motif]:
    r"""Read motifs in JASPAR format; T is read as U.

    Parameters
    ----------
    text
        Contents of the file: ``>id name``, then rows ``A [ 1 2 ]`` to ``T`` or ``U``.
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
    # Biopython knows the rows of DNA only.
    dna = _ROW.sub(lambda row: row[0].upper().replace("U", "T"), text)
    if dna.count(">") * 4 != len(_ROW.findall(dna)):
        raise InputError(
            "a matrix has not the four rows A, C, G and T or U",
            file=file,
            remedy="Give JASPAR matrices of four rows.",
        )
    try:
        parsed = biopython.parse(io.StringIO(dna), "jaspar")
    except Exception as error:  # Biopython raises the bare class, among others
        raise InputError(f"not in JASPAR format ({error})", file=file) from error
    return [_motif(motif, file) for motif in parsed]


def _motif(motif: biopython.Motif, file: str | Path | None) -> Motif:
    rows = [motif.counts[base] for base in "ACGT"]
    name = "_".join((motif.matrix_id or motif.name or "").split())
    if not name:
        raise InputError("matrix without a name", file=file)
    counts = np.array(rows, dtype=np.float64).T
    if counts.size == 0 or not np.isfinite(counts).all() or (counts.sum(axis=1) <= 0).any():
        raise InputError("a column without counts", file=file, record=name)
    if (counts < 0).any():
        raise InputError("a count below 0", file=file, record=name)
    return Motif(name, counts, float(counts.sum(axis=1).max()), motif.name or "")
