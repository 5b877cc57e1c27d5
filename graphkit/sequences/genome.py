"""Genomes of which only the letters asked for are read, and transcripts spliced of them."""

from __future__ import annotations

import mmap
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from graphkit.errors import InputError
from graphkit.sequences.bed import HEADS, read_bed12
from graphkit.sequences.coordinates import chromosome_key
from graphkit.sequences.gtf import read_gtf
from graphkit.sequences.lines import text_lines
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphkit.sequences.annotation import Annotation
    from graphkit.sequences.coordinates import Exons

_REMEDY = "Give the genome as plain FASTA, lines of one length: seqkit seq -w 60 IN.fa > genome.fa."
_BED = re.compile(rb"\S+[\t ]\d+[\t ]\d+([\t ]|$)")


class _Place(NamedTuple):
    """Where the letters of a chromosome lie in the file: `width` bytes a line hold `letters`."""

    first: int
    end: int
    letters: int
    width: int


class Genome:
    """A genome in a FASTA file, read where it is asked for and nowhere else.

    Biopython's index reads a whole chromosome at a time, seconds and gigabytes for one of human;
    here the file is mapped to memory, and letters are found by the length of the lines. Only
    headers are looked for at the start: a second for three gigabytes that lie in memory.

    Parameters
    ----------
    path
        Plain FASTA; the lines of a sequence have one length, but for its last.

    Raises
    ------
    InputError
        If the file cannot be read, is packed, no FASTA or has two sequences of one name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "is empty"
            raise InputError(f"cannot be read as a genome ({reason})", file=path) from error
        if self._bytes[:1] != b">":
            packed = self._bytes[:2] == b"\x1f\x8b"
            raise InputError(
                "is packed: parts of it cannot be read" if packed else "is no FASTA",
                file=path,
                remedy=f"Unpack it: gzip -dc {path} > genome.fa." if packed else _REMEDY,
            )
        self._places: dict[str, _Place] = {}
        # One of UCSC's has a chrM and a chrMT that differ: names are first taken as they stand.
        self._alike: dict[str, str] = {}
        for name, place in self._headers():
            if name in self._places:
                raise InputError(
                    "has two sequences of this name",
                    file=path,
                    record=name,
                    remedy="Keep one of each: seqkit rmdup IN.fa > genome.fa.",
                )
            self._places[name] = place
            self._alike.setdefault(chromosome_key(name), name)

    def _headers(self) -> Iterator[tuple[str, _Place]]:
        text, at = self._bytes, 0
        while at >= 0:
            first = text.find(b"\n", at) + 1 or len(text)
            name = (text[at + 1 : first].split(maxsplit=1) or [b""])[0]
            following = text.find(b"\n>", first - 1)
            end = len(text) if following < 0 else following + 1
            stop = text.find(b"\n", first, end) + 1 or end
            line = text[first:stop]
            yield (
                name.decode(errors="replace"),
                _Place(first, end, max(len(line.rstrip()), 1), max(len(line), 1)),
            )
            at = following + 1 if following >= 0 else -1

    def __contains__(self, chromosome: str) -> bool:
        return chromosome in self._places or chromosome_key(chromosome) in self._alike

    def letters(self, chromosome: str, start: int, end: int) -> str:
        """Return the letters of a stretch, 0-based and half-open, as the file has them.

        Parameters
        ----------
        chromosome
            Its name, with or without ``chr``.

        Raises
        ------
        InputError
            If the genome has no such chromosome, or it is shorter, or its lines differ in length.
        """
        if chromosome not in self:
            names = ", ".join(list(self._places)[:5])
            raise InputError(
                f"has no sequence {chromosome}; it has {names}",
                file=self.path,
                remedy="Take genome and annotation of one assembly.",
            )
        exact = chromosome in self._places
        place = self._places[chromosome if exact else self._alike[chromosome_key(chromosome)]]
        line, last = start // place.letters, -(-end // place.letters)
        text = self._bytes[
            place.first + line * place.width : min(place.first + last * place.width, place.end)
        ]
        found = b"".join(
            text[i : i + place.width].rstrip() for i in range(0, len(text), place.width)
        )
        if b"\n" in found:
            raise InputError("has lines of different lengths", file=self.path, remedy=_REMEDY)
        skip = start - line * place.letters
        if len(found) < skip + end - start:
            raise InputError(
                f"ends before {end:,}",
                file=self.path,
                record=chromosome,
                remedy="Take genome and annotation of one assembly.",
            )
        return found[skip : skip + end - start].decode("latin-1")

    def splice(self, exons: Exons) -> str:
        """Return the letters of a transcript, from its 5' end."""
        from Bio.Seq import reverse_complement

        letters = "".join(self.letters(exons.chromosome, *span) for span in exons.spans)
        return letters if exons.strand == "+" else reverse_complement(letters)


def read_annotation(source: str | Path, *, wanted: Iterable[str] | None = None) -> Annotation:
    """Read the exons of a GTF or a BED12, whichever it is.

    Parameters
    ----------
    source, wanted
        As in :func:`~graphkit.sequences.gtf.read_gtf`.
    """
    read = read_bed12 if _BED.match(_first_line(source)) else read_gtf
    return read(source, wanted=wanted)


def is_annotation(source: str | Path) -> bool:
    """Say whether a file is a table of places, not of sequences; standard input never is."""
    if str(source) == "-" or not Path(source).is_file():
        return False
    try:
        first = _first_line(source)
    except InputError:  # whoever reads it says what is wrong
        return False
    return not first.startswith(b">") and bool(_BED.match(first) or first.count(b"\t") == 8)


def _first_line(source: str | Path) -> bytes:
    lines = text_lines(source, remedy="Give a GTF or a BED12.")
    return next((line for line in lines if line and not line.startswith(HEADS)), b"")


def read_spliced(source: str | Path, genome: str | Path) -> Iterator[Record]:
    """Read the transcripts of a GTF or a BED12, their letters from the genome they lie on.

    Parameters
    ----------
    source
        Exons by transcript.
    genome
        Plain FASTA of the same assembly, of any size: only exons are read.

    Yields
    ------
    record : Record
        In the order of the file, with the gene and the symbol that a GTF says; one without a
        strand, with exons that overlap or on a scaffold that the genome lacks has a `problem`.

    Raises
    ------
    InputError
        If either cannot be read, they share no chromosome, or an exon lies beyond the end of one.
    """
    annotation, letters = read_annotation(source), Genome(Path(genome))
    strange = not any(chromosome in letters for chromosome, _ in annotation.spans())
    for name in annotation:
        record = Record(name, "", name, *annotation.gene(name))
        try:
            exons = annotation.exons(name)
        except InputError as error:
            yield replace(record, problem=error.reason)
            continue
        if exons.chromosome in letters or strange:
            yield replace(record, sequence=letters.splice(exons))
        else:
            yield replace(record, problem=f"the genome has no sequence {exons.chromosome}")
