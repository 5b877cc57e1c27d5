"""GTF: the exons and genes of transcripts, read line by line in bounded memory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from graphkit.errors import InputError
from graphkit.sequences.annotation import Annotation, Placed, keep
from graphkit.sequences.lines import text_lines
from graphkit.sequences.streams import source_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from graphkit.sequences.annotation import Wanted

_COLUMNS = 9
_LARGEST = 1 << 40  # no chromosome comes near; int64 arithmetic stays exact
# Attributes are parted by semicolons, and one inside quotation marks parts nothing.
_BEFORE = rb'(?:(?>(?:[^;"]|"[^"]*")*);)*?'
_TRANSCRIPT, _GENE, _SYMBOL = (
    re.compile(_BEFORE + rb"\s*" + name + rb'\s+(?:"([^"]*)"|([^\s";]+))')
    for name in (rb"transcript_id", rb"gene_id", rb"gene_name")
)
_GFF3 = re.compile(rb"(?:^|;)\s*(?:ID|Parent|transcript_id)=")
_GFF3_HEAD = re.compile(rb"##\s*gff-version\s+3")
_STRANDS = (b"+", b"-")
_NO_STRAND = (b".", b"?")  # StringTie and NCBI write these of transcripts that could be on either
_REMEDY = "Give a GTF, such as those of GENCODE and Ensembl."
_DIGITS = re.compile(rb"[0-9]{1,13}")


def read_gtf(source: str | Path | BinaryIO, *, wanted: Iterable[str] | None = None) -> Annotation:
    """Read the exons of a GTF.

    Parameters
    ----------
    source
        A path or a stream of bytes; plain or gzip.
    wanted
        Identifiers to keep, of any version; None keeps all, which for a whole genome takes some
        hundred megabytes.

    Returns
    -------
    Annotation
        Lines other than exons are passed over. A transcript that lies at several places has the
        exons of the first.

    Raises
    ------
    InputError
        Naming the line that is no GTF, or if the file holds no exon at all.
    """
    kept = keep(wanted)
    placed: dict[str, Placed] = {}
    n_exons = 0
    for number, cells in _rows(source):
        try:
            n_exons += _take(cells, placed, kept)
        except InputError as error:
            raise error.at(file=source_name(source), line=number) from None
    if not n_exons:
        raise InputError("holds no exon", file=source_name(source), remedy=_REMEDY)
    return Annotation(placed)


def read_genes(source: str | Path | BinaryIO) -> dict[str, tuple[str, str]]:
    """Read the gene and the symbol of each transcript of a GTF; empty where it gives none.

    Raises
    ------
    InputError
        Naming the line that is no GTF, or if no transcript has a gene.
    """
    genes: dict[str, tuple[str, str]] = {}
    for _, cells in _rows(source):
        name = _attribute(_TRANSCRIPT, cells) if cells[2] in (b"exon", b"transcript") else ""
        if name and name not in genes:
            genes[name] = _attribute(_GENE, cells), _attribute(_SYMBOL, cells)
    if not any(gene for gene, _ in genes.values()):
        raise InputError("holds no gene of a transcript", file=source_name(source), remedy=_REMEDY)
    return genes


def _rows(source: str | Path | BinaryIO) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the number and the nine cells of each line."""
    file = source_name(source)
    for number, line in enumerate(text_lines(source, remedy=_REMEDY), start=1):
        if _GFF3_HEAD.match(line):
            raise _gff3().at(file=file, line=number)
        if not line or line.startswith(b"#"):
            continue
        cells = line.split(b"\t")
        if len(cells) != _COLUMNS:
            raise _refusal(line, cells).at(file=file, line=number)
        is_exon = cells[2] == b"exon"
        if is_exon and _GFF3.search(cells[8]) and not _TRANSCRIPT.match(cells[8]):
            raise _gff3().at(file=file, line=number)
        yield number, cells


def _attribute(name: re.Pattern[bytes], cells: list[bytes]) -> str:
    found = name.match(cells[8])
    return (found[1] or found[2] or b"").decode(errors="replace") if found else ""


def _take(cells: list[bytes], placed: dict[str, Placed], kept: Wanted) -> bool:
    """Add the exon of one line, where it holds one; return whether it does."""
    if cells[2] != b"exon":
        return False
    if _TRANSCRIPT.match(cells[8]) is None:
        raise InputError("an exon without transcript_id", remedy=_REMEDY)
    name = _attribute(_TRANSCRIPT, cells)
    span = _span(cells[3], cells[4])
    if cells[6] not in (*_STRANDS, *_NO_STRAND):
        shown = cells[6][:10].decode(errors="replace")
        raise InputError(f"the strand of an exon is {shown!r}", remedy="It must be + or -.")
    # RefSeq leaves the name empty where there is no transcript.
    if not name or not kept(name):
        return True
    known = placed.get(name)
    if known is None:
        names = _attribute(_GENE, cells), _attribute(_SYMBOL, cells)
        known = placed[name] = Placed(cells[0], cells[6], *names)
    if (known.chromosome, known.strand) == (cells[0], cells[6]):
        known.spans.add(span)
    elif known.elsewhere is None:
        known.elsewhere = f"{cells[0].decode(errors='replace')} ({cells[6].decode()})"
    return True


def _span(start: bytes, end: bytes) -> tuple[int, int]:
    """Return 0-based half-open coordinates for those of a GTF, 1-based and both ends included."""
    if not (_DIGITS.fullmatch(start) and _DIGITS.fullmatch(end)):
        shown = " and ".join(repr(cell[:20].decode(errors="replace")) for cell in (start, end))
        raise InputError(f"start and end are {shown}, not numbers", remedy=_REMEDY)
    first, last = int(start), int(end)
    if not 1 <= first <= last <= _LARGEST:
        raise InputError(
            f"an exon from {first} to {last}", remedy="Starts count from 1 and precede ends."
        )
    return first - 1, last


def _gff3() -> InputError:
    return InputError("GFF3, not GTF", remedy="Convert it: gffread in.gff3 -T -o out.gtf.")


def _refusal(line: bytes, cells: list[bytes]) -> InputError:
    if line.startswith(b">"):
        return InputError("FASTA, not GTF", remedy=_REMEDY)
    columns = f"{len(cells)} column{'s' * (len(cells) != 1)}"
    return InputError(f"{columns} where a GTF has {_COLUMNS}, parted by tabs", remedy=_REMEDY)
