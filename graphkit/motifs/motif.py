"""A motif: how often each base stands in each column. One strand: RNA has no other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences import encode

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    from numpy.typing import NDArray

IUPAC: dict[str, str] = {
    "A": "A", "C": "C", "G": "G", "U": "U",
    "R": "AG", "Y": "CU", "S": "CG", "W": "AU", "K": "GU", "M": "AC",
    "B": "CGU", "D": "AGU", "H": "ACU", "V": "ACG", "N": "ACGU",
}  # fmt: skip
"""Bases that each letter stands for."""

_LETTER_OF = {frozenset(bases): letter for letter, bases in IUPAC.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Motif:
    """A position frequency matrix and where it came from.

    Parameters
    ----------
    name
        Identifier without white space.
    counts : float [w, 4]
        Sites, or their weight, with A, C, G and U in each column.
    n_sites
        Sites behind the counts, as honestly as the source says.
    alt
        Second name, in databases the protein.
    sign
        1 or -1: direction of the seqlets it was built from; 0 where that makes no sense.
    contributions : float [w, 4] or None
        Mean position score that each base brings at the sites, 0 where it never stands.

    Raises
    ------
    InputError
        If the counts are no matrix of four columns, negative, or a column sums to nothing.

    Examples
    --------
    >>> motif = Motif.from_consensus("UGUANAUA", n_sites=10)
    >>> motif.consensus, motif.information().round(1).tolist()
    ('UGUANAUA', [2.0, 2.0, 2.0, 2.0, 0.0, 2.0, 2.0, 2.0])
    """

    name: str
    counts: Floats
    n_sites: float
    alt: str = ""
    sign: int = 0
    contributions: Floats | None = None

    def __post_init__(self) -> None:
        counts = np.asarray(self.counts, dtype=np.float64)
        if counts.ndim != 2 or counts.shape[1] != 4 or len(counts) == 0:
            raise InputError(f"counts have shape {counts.shape}, not [w, 4]", record=self.name)
        if not np.isfinite(counts).all() or (counts < 0).any() or (counts.sum(axis=1) <= 0).any():
            raise InputError("counts must be finite and >= 0, with a sum above 0 in every column",
                             record=self.name)  # fmt: skip
        object.__setattr__(self, "counts", counts)

    @classmethod
    def from_consensus(cls, consensus: str, *, name: str = "", n_sites: float = 1) -> Motif:
        """Build the motif of an IUPAC consensus; U or T.

        Raises
        ------
        InputError
            If a letter is no IUPAC code.
        """
        letters = consensus.upper().replace("T", "U")
        if not letters or not set(letters) <= set(IUPAC):
            raise InputError(f"{consensus!r} is no IUPAC consensus", slot="consensus")
        counts = np.zeros((len(letters), 4))
        for column, letter in enumerate(letters):
            bases = IUPAC[letter]
            counts[column, encode(bases)] = n_sites / len(bases)
        return cls(name or letters, counts, n_sites)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.counts)

    @property
    def consensus(self) -> str:
        """IUPAC letters of the bases that hold more than half of the largest share in a column.

        A column in which three or four bases do says little, and gets the letter for that.
        """
        share = self.probabilities()
        held = share > 0.5 * share.max(axis=1, keepdims=True)
        return "".join(_LETTER_OF[frozenset("ACGU"[i] for i in np.flatnonzero(row))]
                       for row in held)  # fmt: skip

    def probabilities(self, pseudocount: float = 0.0) -> Floats:
        """Return the share of each base; the pseudocount is split over the four.

        Returns
        -------
        ndarray [w, 4]
            Rows sum to 1.
        """
        raised = self.counts + pseudocount / 4
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    def information(self, background: ArrayLike | None = None) -> Floats:
        """Return the information of each column in bits, against a background.

        Parameters
        ----------
        background : float [4], optional
            Shares of the bases; uniform by default, for which a column holds 0 to 2 bits.
        """
        share = self.probabilities()
        base = np.full(4, 0.25) if background is None else np.asarray(background, dtype=np.float64)
        ratio = np.divide(share, base, out=np.ones_like(share), where=(share > 0) & (base > 0))
        return np.asarray((share * np.log2(ratio)).sum(axis=1))

    @property
    def total_information(self) -> float:
        """Bits, all columns together, against a uniform background."""
        return float(self.information().sum())

    def core(self, min_bits: float) -> tuple[int, int]:
        """Return the columns from the first to the last of at least `min_bits`, half-open.

        What a few sites look like by chance is subtracted first: 3 / (2 ln 2 n) bits (Schneider
        1986, doi 10.1016/0022-2836(86)90165-8). At least one column stays.
        """
        bits = self.information() - 3 / (2 * np.log(2) * max(self.n_sites, 1.0))
        kept = np.flatnonzero(bits >= min(min_bits, float(bits.max())))
        return int(kept[0]), int(kept[-1]) + 1

    def cut(self, start: int, end: int) -> Motif:
        """Return the columns from `start` to `end`, half-open."""
        parts = None if self.contributions is None else self.contributions[start:end]
        return replace(self, counts=self.counts[start:end], contributions=parts)

    def trimmed(self, min_bits: float) -> Motif:
        """Cut columns of little information off both ends; see :meth:`core`.

        Examples
        --------
        >>> Motif.from_consensus("NNACUN", n_sites=50).trimmed(0.5).consensus
        'ACU'
        """
        return self.cut(*self.core(min_bits))

    def renamed(self, name: str) -> Motif:
        """Return the same motif under another name."""
        return replace(self, name=name)


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


def shares_core(first: Motif, second: Motif, *, least: int = 4) -> bool:
    """Say whether one motif is a variant of the other, such as a part of it with a letter changed.

    So it is where the columns that meet are alike, at least `least` of them and three in five of
    the narrower motif's; what hangs over on either side is not looked at.

    Examples
    --------
    >>> from graphkit.motifs import Motif
    >>> part, whole, other = (Motif.from_consensus(w) for w in ("GCACG", "CGCACGCUC", "GUUAAUU"))
    >>> shares_core(part, whole), shares_core(part, other)
    (True, False)
    """
    a, b = first.probabilities() - 0.25, second.probabilities() - 0.25
    narrower = min(len(a), len(b))
    meet = min(max(least, -(-3 * narrower // 5)), narrower)
    for offset in range(meet - len(b), len(a) - meet + 1):
        start, end = max(offset, 0), min(len(a), offset + len(b))
        own, other = a[start:end], b[start - offset : end - offset]
        if (own * other).sum() >= SAME * np.sqrt((own**2).sum() * (other**2).sum()) > 0:
            return True
    return False


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
