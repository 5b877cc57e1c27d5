"""Format position scores and seqlets as lines of TSV and BED."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from graphkit.reports.tables import table_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO

    import numpy as np
    from numpy.typing import NDArray

    from graphkit.motifs import Seqlet
    from graphkit.sequences.coordinates import Exons

    Floats = NDArray[np.float64]

SCORE_COLUMNS = ("id", "position", "nucleotide", "score")
BED_COLUMNS = ("#chrom", "start", "end", "name", "score", "strand", "sum", "q")


def score_lines(name: str, letters: str, scores: Floats) -> Iterator[str]:
    """Yield one line per nucleotide; the score is empty where no k-mer covers it.

    Parameters
    ----------
    name
        Of the record, one word.
    letters
        Its sequence, length L.
    scores : float [L]
    """
    cell = table_line((name,)).rstrip("\n")
    for position, (letter, value) in enumerate(zip(letters, scores.tolist(), strict=True)):
        yield f"{cell}\t{position}\t{letter}\t{'' if isnan(value) else format(value, '.6g')}\n"


def bed_lines(name: str, letters: str, seqlets: Sequence[Seqlet]) -> Iterator[str]:
    """Yield seqlets as BED6 with two columns more: the signed sum and the q-value.

    Parameters
    ----------
    name
        Of the record, one word.
    letters
        Its sequence.
    seqlets
        In order.
    """
    for seqlet, grey in zip(seqlets, _greys(seqlets), strict=True):
        word = letters[seqlet.start : seqlet.end]
        cells = (name, seqlet.start, seqlet.end, word, grey, "+")
        yield "\t".join(map(str, cells)) + f"\t{seqlet.score:.6g}\t{seqlet.q:.3g}\n"


def bed12_lines(
    name: str, letters: str, seqlets: Sequence[Seqlet], exons: Exons, *, colors: tuple[str, str]
) -> Iterator[str]:
    """Yield seqlets in the genome; one that spans an exon junction has several blocks.

    Parameters
    ----------
    name
        Of the record, one word.
    letters
        Its sequence.
    seqlets
        In order.
    exons
        Where its letters lie.
    colors
        Of seqlets against and for the class, such as ``"#0072B2"``.
    """
    against, favour = (",".join(map(str, bytes.fromhex(color[1:]))) for color in colors)
    for seqlet, grey in zip(seqlets, _greys(seqlets), strict=True):
        blocks = exons.blocks(seqlet.start, seqlet.end)
        start, end = blocks[0][0], blocks[-1][1]
        label = f"{name}:{seqlet.start}-{seqlet.end}:{letters[seqlet.start : seqlet.end]}"
        cells = (
            *(exons.chromosome, start, end, label, grey, exons.strand),
            *(start, end, favour if seqlet.sign > 0 else against, len(blocks)),
            ",".join(str(high - low) for low, high in blocks),
            ",".join(str(low - start) for low, _ in blocks),
        )
        yield "\t".join(map(str, cells)) + "\n"


def put(stream: BinaryIO, lines: Iterable[str]) -> None:
    """Write lines; a lone surrogate, left by undecodable bytes, must not stop the run."""
    stream.writelines(line.encode("utf-8", errors="backslashreplace") for line in lines)


def _greys(seqlets: Sequence[Seqlet]) -> list[int]:
    """Scale the sums of one record to what the score column of a BED file may hold: 0 to 1000."""
    largest = max((abs(seqlet.score) for seqlet in seqlets), default=0.0) or 1.0
    return [round(1000 * abs(seqlet.score) / largest) for seqlet in seqlets]
