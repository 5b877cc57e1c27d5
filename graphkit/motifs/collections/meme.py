"""Motifs as text: the MEME minimal format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.files import atomic_write
from graphkit.motifs.motif import Motif

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import ArrayLike

_DEFAULT_SITES = "20"  # the format's own default where nsites is not given
_AFTER_NAMES = re.compile(r"\s+width\s*=")
_TOLERANCE = 0.05  # how far a row may be from summing to 1: collections round


def format_meme(motifs: Sequence[Motif], *, background: ArrayLike | None = None) -> str:
    """Write motifs in MEME minimal format, version 4: one strand, alphabet ACGU.

    Parameters
    ----------
    motifs
        Names must differ.
    background : float [4], optional
        Shares of A, C, G and U; uniform by default.

    Raises
    ------
    InputError
        If a name is empty, holds white space or stands twice.

    Examples
    --------
    >>> print(format_meme([Motif.from_consensus("ACU", n_sites=8)]).splitlines()[2])
    ALPHABET= ACGU
    """
    names = [motif.name for motif in motifs]
    for name in names:
        if name.split() != [name] or names.count(name) > 1:
            raise InputError(
                f"motif name {name!r} is empty, holds white space or stands twice",
                slot="motifs",
                remedy="Rename the motif.",
            )
    base = np.full(4, 0.25) if background is None else np.asarray(background, dtype=np.float64)
    shares = " ".join(f"{b} {x:.6f}" for b, x in zip("ACGU", base, strict=True))
    head = (
        "MEME version 4\n\nALPHABET= ACGU\n\nstrands: +\n\n"
        f"Background letter frequencies\n{shares}\n"
    )
    return head + "".join(f"\n{_format(motif)}" for motif in motifs)


def _format(motif: Motif) -> str:
    title = f"MOTIF {motif.name} {' '.join(motif.alt.split())}".rstrip()
    matrix = f"alength= 4 w= {motif.width} nsites= {motif.n_sites:.10g} E= 0"
    rows = (" ".join(f"{x:.6f}" for x in row) for row in motif.probabilities())
    return f"{title}\nletter-probability matrix: {matrix}\n" + "".join(f" {row}\n" for row in rows)


def write_meme(path: Path, motifs: Sequence[Motif], *, background: ArrayLike | None = None) -> None:
    """Write a MEME file, whole or not at all; see :func:`format_meme`."""
    text = format_meme(motifs, background=background)
    with atomic_write(path) as file:
        file.write(text.encode())


def parse_meme(text: str, *, file: str | Path | None = None) -> list[Motif]:
    r"""Read motifs in MEME format; T is read as U and the other strand is ignored.

    Parameters
    ----------
    text
        Contents of the file: minimal or full MEME output, alphabet ACGT or ACGU.
    file
        Named in errors.

    Raises
    ------
    InputError
        Naming file and line, where there is no motif, the alphabet is no nucleotide alphabet or
        a matrix is malformed.

    Examples
    --------
    >>> text = "MEME version 4\nMOTIF x\nletter-probability matrix:\n0 0 0 1\n"
    >>> parse_meme(text)[0].consensus
    'U'
    """
    lines = [line.strip() for line in text.splitlines()]
    if not any(line.startswith("MEME version") for line in lines):
        raise InputError("no line 'MEME version'", file=file, remedy="Give a MEME motif file.")
    motifs: list[Motif] = []
    name, alt = "", ""
    for at, line in enumerate(lines):
        if line.upper().startswith("ALPHABET"):
            _check_alphabet(line, file, at + 1)
        elif line.startswith("MOTIF"):
            # MEME's own text output goes on with "width = 7 sites = 20".
            name, *other = _AFTER_NAMES.split(line[5:], maxsplit=1)[0].split() or [""]
            alt = " ".join(other)
            if not name:
                raise InputError("MOTIF without a name", file=file, line=at + 1)
        elif line.startswith("letter-probability matrix"):
            if not name:
                raise InputError("matrix before any MOTIF line", file=file, line=at + 1)
            motifs.append(_read_matrix(name, alt, lines, at, file))
            name = ""
    if not motifs:
        raise InputError("no motifs", file=file, remedy="Check that the file holds matrices.")
    return motifs


def _check_alphabet(line: str, file: str | Path | None, number: int) -> None:
    letters = line.partition("=")[2].strip() or line.partition(" ")[2].strip(' "')
    known = letters.upper().replace("T", "U") == "ACGU" or letters.upper().startswith(
        ("DNA", "RNA")
    )
    if not known:
        raise InputError(
            f"alphabet {letters[:40]!r}",
            file=file,
            line=number,
            remedy="Give motifs over ACGT or ACGU.",
        )


def _read_matrix(
    name: str, alt: str, lines: Sequence[str], at: int, file: str | Path | None
) -> Motif:
    """Read the matrix announced on line `at` (from 0)."""
    fields = dict(re.findall(r"(\w+)\s*=\s*(\S+)", lines[at]))
    n_sites = _number(fields.get("nsites", _DEFAULT_SITES), file, at + 1)
    width = int(_number(fields.get("w", "0"), file, at + 1))
    if n_sites <= 0 or width < 0 or _number(fields.get("alength", "4"), file, at + 1) != 4:
        raise InputError(f"unusable matrix: {lines[at][:80]!r}", file=file, line=at + 1)
    rows: list[list[float]] = []
    # Without a stated width the matrix ends at the first line that is no row of numbers.
    for number, line in enumerate(lines[at + 1 :], start=at + 2):
        if re.match(r"[-+.\d]", line):
            rows.append(read_shares(line.split(), file, number))
        elif rows or line:
            break
        if rows and len(rows) == width:
            break
    if not rows or (width and len(rows) != width):
        raise InputError(
            f"{len(rows)} rows in the matrix of {name}, {width or 'at least 1'} announced",
            file=file,
            line=at + 1,
        )
    return Motif(name, np.array(rows) * n_sites, n_sites, alt)


def read_shares(cells: Sequence[str], file: str | Path | None, line: int) -> list[float]:
    """Read one column of a motif: four shares, scaled to sum to 1.

    Raises
    ------
    InputError
        If they are not four numbers from 0 to 1 that sum to about 1.
    """
    values = [_number(cell, file, line) for cell in cells]
    total = sum(values)
    if len(values) != 4 or min(values) < 0 or abs(total - 1) > _TOLERANCE:
        raise InputError(
            f"{' '.join(cells)[:60]!r} are not four shares that sum to 1", file=file, line=line
        )
    return [value / total for value in values]


def _number(text: str, file: str | Path | None, line: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise InputError(f"{text[:40]!r} is not a number", file=file, line=line)
    return value
