"""VCF: single-nucleotide variants of the genome, lifted to the transcripts that hold them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from graphkit.errors import InputError
from graphkit.sequences.alphabet import BREAK, encode
from graphkit.sequences.coordinates import chromosome_key
from graphkit.sequences.lines import text_lines
from graphkit.sequences.selection import MOST_TOLD
from graphkit.sequences.variants import Variant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.sequences.annotation import Annotation
    from graphkit.sequences.genome import Genome
    from graphkit.types import Record

_REMEDY = "Give VCF as text, plain or packed: bcftools view IN.bcf > OUT.vcf."
_ASSEMBLY = "Take variants, annotation and genome of one assembly."
_HEADS = (b"##fileformat=VCF", b"#CHROM\t")
_COMPLEMENT = str.maketrans("ACGTU", "UGCAA")


class _Place(NamedTuple):
    """One single-nucleotide variant: its 0-based place on a chromosome, and its name."""

    position: int
    ref: str
    alt: str
    name: str


def is_vcf(path: Path) -> bool:
    """Say whether a file is a VCF, by its first line."""
    return next(text_lines(path, remedy=_REMEDY), b"").startswith(_HEADS)


class LiftedVariants:
    """The variants of a VCF by transcript, and what could not be lifted.

    Parameters
    ----------
    path
        A VCF, plain or packed. Of an allele list each allele is one variant; genotypes and filters
        are not looked at.
    annotation
        Exons of the transcripts: what lies in none of them is passed over.
    genome
        Where the letter of REF is looked up, if it is given.

    Raises
    ------
    InputError
        If the annotation is empty; the file is no VCF, naming the line; no single-nucleotide
        variant lies in an exon; or REF is not what the genome has for more than half of those that
        do.
    """

    def __init__(self, path: Path, annotation: Annotation, *, genome: Genome | None = None) -> None:
        if not len(annotation):
            raise InputError(
                "its variants have no exon to lie in: the annotation has none of the records",
                file=path,
                remedy=_ASSEMBLY,
            )
        self._path, self._annotation, self._genome = path, annotation, genome
        self._exons = _merged(annotation)
        self._places: dict[str, list[_Place]] = {}
        self._refused: list[str] = []
        self._n_refused = self._n_outside = self._n_found = 0
        self._foreign = ""
        self._other: list[str] = []
        for number, line in enumerate(text_lines(path, remedy=_REMEDY), start=1):
            if line and not line.startswith(b"#"):
                self._take(line, number)
        for places in self._places.values():
            places.sort()
        self._met: set[str] = set()
        self._refuse_other(len(self._other) + len(self))
        if not len(self):
            told = "; ".join(self.refused()) or "it is empty"
            raise InputError(f"no variant could be lifted: {told}", file=path, remedy=_ASSEMBLY)

    def __len__(self) -> int:
        return sum(map(len, self._places.values()))

    def _take(self, line: bytes, number: int) -> None:
        cells = line.decode(errors="replace").split("\t", 5)
        if len(cells) < 5 or not cells[1].isdecimal():
            raise InputError("is no line of VCF", file=self._path, line=number, remedy=_REMEDY)
        chromosome, position, _, ref, alts = cells[:5]
        key, start = chromosome_key(chromosome), int(position) - 1
        starts, ends = self._exons.get(key, ([], []))
        place = bisect_right(starts, start + len(ref) - 1) - 1
        for alt in alts.split(","):
            name = f"{chromosome}:{position}{ref}>{alt}"
            if place < 0 or ends[place] <= start:
                self._n_outside += 1
                self._foreign = self._foreign or ("" if key in self._exons else chromosome)
            elif problem := self._problem(chromosome, start, ref, alt):
                self._n_refused += 1
                if len(self._refused) < MOST_TOLD:
                    self._refused.append(f"{name} ({problem})")
            else:
                found = _Place(start, ref.upper(), alt.upper(), name)
                self._places.setdefault(key, []).append(found)

    def _problem(self, chromosome: str, start: int, ref: str, alt: str) -> str:
        if not all(len(letter) == 1 and encode(letter)[0] < BREAK for letter in (ref, alt)):
            return "not one letter for another"
        if self._genome is None:
            return ""
        there = self._genome.letters(chromosome, start, start + 1)
        if there.upper() == ref.upper():
            return ""
        problem = f"the genome has {there} there"
        self._other.append(f"{chromosome}:{start + 1}{ref}>{alt} ({problem})")
        return problem

    def _refuse_other(self, n: int) -> None:
        """Raise where REF is another letter at most places: they are those of another genome."""
        if len(self._other) > n / 2:
            raise InputError(
                f"REF is another letter at {len(self._other):,} of {n:,} places in exons, the first"
                f" {self._other[0]}",
                file=self._path,
                remedy=_ASSEMBLY,
            )

    def of(self, record: Record) -> list[Variant]:
        """Return the variants in a record, by position; letters are those of its strand."""
        try:
            exons = self._annotation.place(record)
        except InputError:  # who writes genome coordinates tells
            return []
        places = self._places.get(chromosome_key(exons.chromosome), [])
        found, before = [], 0
        for start, end in exons.spans:
            first, last = (bisect_left(places, (at,)) for at in (start, end))
            for place in places[first:last]:
                offset = before + place.position - start
                letters = place.ref, place.alt
                if exons.strand == "-":
                    offset = exons.length - 1 - offset
                    letters = place.ref.translate(_COMPLEMENT), place.alt.translate(_COMPLEMENT)
                found.append(Variant(record.id, offset + 1, *letters, name=place.name))
                self._met.add(place.name)
                there = record.sequence[offset]
                if self._genome is None and encode(there)[0] != encode(letters[0])[0]:
                    self._other.append(f"{place.name} (the transcript has {there} there)")
                self._n_found += 1
            before += end - start
        return sorted(found, key=lambda one: one.position)

    def missing(self) -> list[Variant]:
        """Return nothing: what lies in no record is counted by :meth:`refused`.

        Raises
        ------
        InputError
            If no variant lies in any record, or REF is not what the records have at more than half
            of the places.
        """
        if not self._met:
            raise InputError(
                f"none of its {len(self):,} variants in exons is in a record of the input",
                file=self._path,
                remedy="Give the transcripts of the annotation as input.",
            )
        if self._genome is None:
            self._refuse_other(self._n_found)
        return []

    def refused(self) -> Iterator[str]:
        """Yield what was not lifted, the first ten by name, and how much lies in no exon."""
        if self._n_refused:
            more = ", ..." if self._n_refused > len(self._refused) else ""
            yield f"{self._n_refused:,} variants not lifted: {', '.join(self._refused)}{more}"
        if self._n_outside:
            where = f", which has no sequence {self._foreign}" if self._foreign else ""
            yield f"{self._n_outside:,} variants lie in no exon of the annotation{where}"


def _merged(annotation: Annotation) -> dict[str, tuple[list[int], list[int]]]:
    """Return starts and ends of all exons by chromosome, those that overlap as one."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for chromosome, span in annotation.spans():
        spans.setdefault(chromosome_key(chromosome), []).append(span)
    merged: dict[str, tuple[list[int], list[int]]] = {}
    for chromosome, found in spans.items():
        starts, ends = merged[chromosome] = ([], [])
        for start, end in sorted(found):
            if ends and start <= ends[-1]:
                ends[-1] = max(ends[-1], end)
            else:
                starts.append(start)
                ends.append(end)
    return merged
