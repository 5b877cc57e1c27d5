"""Read the exons and genes of transcripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from graphkit.errors import InputError
from graphkit.sequences.coordinates import Exons
from graphkit.sequences.headers import strip_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphkit.sequences.coordinates import Strand
    from graphkit.types import Record

Wanted = Callable[[str], bool]

_STRANDS = (b"+", b"-")


@dataclass(slots=True)
class Placed:
    """The exons of one transcript as they come; `elsewhere` where it also lies at another place."""

    chromosome: bytes
    strand: bytes
    gene: str = ""
    symbol: str = ""
    spans: set[tuple[int, int]] = field(default_factory=set)
    elsewhere: str | None = None


class Annotation:
    r"""Exons by transcript.

    An identifier without a version meets every version, and one with a version meets that of
    another: ``ENST01.2`` finds ``ENST01.3``. Its length then tells whether they are the same.

    Parameters
    ----------
    placed
        Transcripts by identifier.

    Examples
    --------
    >>> placed = Placed(b"chr1", b"+", spans={(10, 13)})
    >>> Annotation({"ENST01.3": placed}).exons("ENST01").spans
    ((10, 13),)
    """

    def __init__(self, placed: dict[str, Placed]) -> None:
        self._placed = placed
        self._bases: dict[str, str] = {}
        for name in placed:
            self._bases.setdefault(strip_version(name), name)

    def __len__(self) -> int:
        return len(self._placed)

    def __iter__(self) -> Iterator[str]:
        return iter(self._placed)

    def spans(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Yield the chromosome and the place of every exon."""
        for found in self._placed.values():
            chromosome = found.chromosome.decode(errors="replace")
            yield from ((chromosome, span) for span in found.spans)

    def gene(self, transcript: str) -> tuple[str | None, str | None]:
        """Return gene and symbol of a transcript, where the annotation has them."""
        found = self._placed[transcript]
        return found.gene or None, found.symbol or None

    def exons(self, transcript: str) -> Exons:
        """Return the exons of a transcript.

        Raises
        ------
        InputError
            If the annotation has none for it, two that overlap, or no strand.
        """
        name = (
            transcript if transcript in self._placed else self._bases.get(strip_version(transcript))
        )
        if name is None:
            raise InputError("is not in the annotation", record=transcript)
        found = self._placed[name]
        if found.strand not in _STRANDS:
            raise InputError("has no strand in the annotation", record=transcript)
        return Exons(
            name,
            found.chromosome.decode(errors="replace"),
            cast("Strand", found.strand.decode()),
            tuple(sorted(found.spans)),
        )

    def place(self, record: Record) -> Exons:
        """Return the exons of a FASTA record, which must be as long as they are together.

        Parameters
        ----------
        record
            Found by its id, or by what stands before the first ``|`` of it.

        Raises
        ------
        InputError
            If the annotation has no exons for it, or exons of another length.
        """
        first = record.id.partition("|")[0]
        exons = self.exons(record.id if record.id in self._placed else first)
        if exons.length != len(record.sequence):
            raise InputError(
                f"has {len(record.sequence):,} nt, its annotated exons {exons.length:,}",
                record=record.id,
                remedy="Take the FASTA and the annotation from the same release.",
            )
        return exons

    def elsewhere(self, exons: Exons) -> str | None:
        """Return another chromosome and strand with the same identifier, such as chrY's PAR."""
        return self._placed[exons.transcript].elsewhere


def keep(names: Iterable[str] | None) -> Wanted:
    """Return what says whether a transcript is wanted: one of `names`, of any version, or any."""
    if names is None:
        return lambda _name: True
    bases = {strip_version(part) for name in names for part in (name, name.partition("|")[0])}
    return lambda name: strip_version(name) in bases
