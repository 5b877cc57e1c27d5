"""BED12: transcripts with their exons, one a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.sequences.annotation import Annotation, Placed, keep
from graphkit.sequences.lines import text_lines
from graphkit.sequences.streams import source_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO

_COLUMNS = 12
_REMEDY = "Give BED12, with the exons of each transcript as blocks, or a GTF."
_NUMBERS = re.compile(rb"[0-9]{1,13}(,[0-9]{1,13})*,?")
HEADS = (b"#", b"track", b"browser")
"""What lines begin with that hold no transcript."""


def read_bed12(source: str | Path | BinaryIO, *, wanted: Iterable[str] | None = None) -> Annotation:
    r"""Read the transcripts of a BED12.

    Parameters
    ----------
    source
        A path or a stream of bytes; plain or packed. Columns beyond the twelfth are passed over.
    wanted
        Identifiers to keep, of any version; None keeps all.

    Returns
    -------
    Annotation
        A name that stands in several lines lies where the first says.

    Raises
    ------
    InputError
        Naming the line that is no BED12, or if there is none at all.

    Examples
    --------
    >>> import io
    >>> line = b"chr1\t10\t25\tt1\t0\t-\t10\t10\t0\t2\t3,5,\t0,10,\n"
    >>> read_bed12(io.BytesIO(line)).exons("t1").spans
    ((10, 13), (20, 25))
    """
    kept = keep(wanted)
    placed: dict[str, Placed] = {}
    n_lines = 0
    for number, line in enumerate(text_lines(source, remedy=_REMEDY), start=1):
        if not line or line.startswith(HEADS):
            continue
        n_lines += 1
        cells = line.split(b"\t" if b"\t" in line else None)
        try:
            spans = _spans(cells)
        except InputError as error:
            raise error.at(file=source_name(source), line=number) from None
        name = cells[3].decode(errors="replace")
        if name in placed:
            place = f"{cells[0].decode(errors='replace')} ({cells[5].decode(errors='replace')})"
            placed[name].elsewhere = placed[name].elsewhere or place
        elif kept(name):
            placed[name] = Placed(cells[0], cells[5], spans=spans)
    if not n_lines:
        raise InputError("holds no transcript", file=source_name(source), remedy=_REMEDY)
    return Annotation(placed)


def _spans(cells: list[bytes]) -> set[tuple[int, int]]:
    if len(cells) < _COLUMNS:
        raise InputError(
            f"{len(cells)} columns where BED12 has 12, parted by tabs: exons are needed",
            remedy=_REMEDY,
        )
    given = [cells[1], *cells[9:_COLUMNS]]
    if not all(map(_NUMBERS.fullmatch, given)):
        raise InputError("start and blocks are not numbers", remedy=_REMEDY)
    (start,), (count,), sizes, offsets = (
        [int(one) for one in cell.rstrip(b",").split(b",")] for cell in given
    )
    if not count == len(sizes) == len(offsets):
        raise InputError(
            f"{count} blocks, {len(sizes)} sizes, {len(offsets)} starts", remedy=_REMEDY
        )
    return {(start + at, start + at + size) for at, size in zip(offsets, sizes, strict=True)}
