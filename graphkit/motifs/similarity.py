"""How alike two motifs are, and how they lie on one another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.motifs.motif import Motif

    Floats = NDArray[np.float64]

SAME = 0.75
"""From this similarity on two motifs are taken for one: one letter in seven may differ."""


class Alignment(NamedTuple):
    """Best position of one motif on another.

    Parameters
    ----------
    similarity
        Cosine of the two matrices, shares minus a quarter, zero where only one of them reaches;
        1 for equal motifs, about 0 for unrelated ones.
    offset
        Column of the first motif under column 0 of the second; may be negative.
    """

    similarity: float
    offset: int


def align(first: Motif, second: Motif) -> Alignment:
    """Slide one motif along another, strand kept, and return the best position.

    Examples
    --------
    >>> from graphkit.motifs import Motif
    >>> align(Motif.from_consensus("GGACUUU"), Motif.from_consensus("ACUUU")).offset
    2
    """
    a, b = first.probabilities() - 0.25, second.probabilities() - 0.25
    norm = float(np.sqrt((a**2).sum() * (b**2).sum()))
    if norm == 0:
        return Alignment(0.0, 0)
    cross = a @ b.T
    offsets = range(-(second.width - 1), first.width)
    # Diagonal d of the table of column products holds the columns that meet at offset -d.
    sums = [float(np.trace(cross, offset=-offset)) for offset in offsets]
    best = int(np.argmax(sums))
    return Alignment(sums[best] / norm, offsets[best])


def pooled(first: Motif, second: Motif) -> Motif:
    """Add the sites of one motif to those of a similar one, over the columns of the first.

    Where the second does not reach, its sites are taken to look like the first's own.
    """
    offset = align(first, second).offset
    weight = second.n_sites
    counts = first.counts + first.probabilities() * weight
    share = first.n_sites / (first.n_sites + weight)
    parts = None if first.contributions is None else first.contributions.copy()
    for column in range(max(offset, 0), min(first.width, offset + second.width)):
        counts[column] = first.counts[column] + second.counts[column - offset]
        if parts is not None and second.contributions is not None:
            parts[column] = (
                share * parts[column] + (1 - share) * second.contributions[column - offset]
            )
    return replace(first, counts=counts, contributions=parts, n_sites=first.n_sites + weight)
