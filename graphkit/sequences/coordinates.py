"""Map the letters of a spliced transcript to the genome."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Strand = Literal["+", "-"]


@dataclass(frozen=True, slots=True)
class Exons:
    """The exons of one transcript, in genome coordinates: 0-based, half-open.

    Parameters
    ----------
    transcript
        Identifier, as its source has it.
    chromosome
        Name of the sequence the transcript lies on.
    strand
        ``"+"``, or ``"-"`` where the transcript is read towards smaller coordinates.
    spans : tuple of (int, int) [n]
        Start and end of each exon, ascending, none touching the letters of another.

    Raises
    ------
    InputError
        If there is no exon, an exon is empty, or two overlap or stand in the wrong order.

    Examples
    --------
    >>> exons = Exons("t", "chr1", "-", ((10, 13), (20, 22)))
    >>> exons.length, exons.positions(0, 5).tolist()
    (5, [21, 20, 12, 11, 10])
    >>> exons.blocks(1, 3)
    ((12, 13), (20, 21))
    """

    transcript: str
    chromosome: str
    strand: Strand
    spans: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not self.spans:
            raise InputError("has no exon", record=self.transcript)
        for start, end in self.spans:
            if not 0 <= start < end:
                raise InputError(f"has an exon from {start} to {end}", record=self.transcript)
        for (start, end), (following, _) in pairwise(self.spans):
            if end > following:
                reason = f"has exons that overlap: the one at {start} and the one at {following}"
                raise InputError(reason, record=self.transcript)

    @property
    def length(self) -> int:
        """Letters of the spliced transcript."""
        return sum(end - start for start, end in self.spans)

    def positions(self, start: int, end: int) -> NDArray[np.int64]:
        """Return the genome position of each letter ``start <= p < end`` of the transcript.

        Parameters
        ----------
        start, end
            Positions in the transcript, 0-based, counted from its 5' end.

        Returns
        -------
        ndarray [end - start]
            0-based; ascending on ``+``, descending on ``-``.

        Raises
        ------
        InputError
            If the stretch leaves the transcript.
        """
        pieces = [np.arange(*span, dtype=np.int64) for span in self.blocks(start, end)]
        ascending = np.concatenate([np.empty(0, dtype=np.int64), *pieces])
        return ascending if self.strand == "+" else ascending[::-1]

    def blocks(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """Return the stretches of the genome that the letters ``start <= p < end`` cover.

        Parameters
        ----------
        start, end
            Positions in the transcript, 0-based, counted from its 5' end.

        Returns
        -------
        tuple of (int, int)
            Starts and ends, ascending; exons that touch give one block.

        Raises
        ------
        InputError
            If the stretch leaves the transcript.
        """
        length = self.length
        if not 0 <= start <= end <= length:
            reason = f"{start} to {end} is no stretch of its {length:,} nt"
            raise InputError(reason, record=self.transcript)
        if self.strand == "-":
            start, end = length - end, length - start
        merged: list[tuple[int, int]] = []
        for low, high in self._cut(start, end):
            touches = bool(merged) and merged[-1][1] == low
            merged.append((merged.pop()[0] if touches else low, high))
        return tuple(merged)

    def _cut(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the parts of exons between two positions counted from the lowest coordinate."""
        befores = accumulate((high - low for low, high in self.spans), initial=0)
        for (low, high), before in zip(self.spans, befores, strict=False):
            first, last = max(low, low + start - before), min(high, low + end - before)
            if first < last:
                yield first, last


def chromosome_key(name: str) -> str:
    """Return what names of a chromosome have in common: UCSC's ``chr1`` is Ensembl's ``1``.

    Examples
    --------
    >>> chromosome_key("chr1"), chromosome_key("chrM"), chromosome_key("MT")
    ('1', 'M', 'M')
    """
    base = name.removeprefix("chr")
    return "M" if base == "MT" else base
