"""Elements with published evidence of where they send a transcript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphkit.motifs.motif import IUPAC, Motif

if TYPE_CHECKING:
    from collections.abc import Sequence

_SLACK = 1  # letters of an element that a consensus need not reach


@dataclass(frozen=True, slots=True)
class KnownElement:
    """A short element with a consensus.

    Parameters
    ----------
    name
        As the field calls it.
    consensus
        IUPAC letters, U for T.
    protein
        What binds it, where that is known.
    localisation
        Where it was seen to send or keep transcripts.
    doi
        Of the evidence.
    note
        What the consensus leaves out, and how far the evidence goes.
    """

    name: str
    consensus: str
    protein: str
    localisation: str
    doi: str
    note: str


KNOWN_ELEMENTS: tuple[KnownElement, ...] = (
    KnownElement(
        "SIRLOIN (C-rich)",
        "RCCUCCC",
        "HNRNPK",
        "nucleus",
        "10.1038/nature25757",
        "Core of the C-rich stretches in a 42-nt element from antisense Alu repeats.",
    ),
    KnownElement(
        "BORG pentamer",
        "AGCCC",
        "",
        "nucleus",
        "10.1128/MCB.01673-13",
        "Needs U or A at -8 and G or C at -3 too; the five letters alone are common by chance.",
    ),
    KnownElement(
        "U1 site (5' splice site)",
        "CAGGURAGU",
        "U1 snRNP",
        "chromatin",
        "10.1038/s41586-020-2105-3",
        "Consensus of the 5' splice site, which U1 recognises; kept at chromatin without splicing.",
    ),
    KnownElement(
        "AU-rich element",
        "UUAUUUAWW",
        "AU-binding proteins, as ELAVL1 and ZFP36",
        "cytoplasm",
        "10.1128/mcb.14.12.7984",
        "Nonamer round AUUUA, of mRNA decay; that it sends lncRNAs anywhere is not established.",
    ),
    KnownElement(
        "Pumilio response element",
        "UGUANAUA",
        "PUM1, PUM2",
        "cytoplasm",
        "10.1038/ncomms12209",
        "Many copies in the cytoplasmic lncRNA NORAD; it binds there and need not send it there.",
    ),
)
"""Elements to compare found motifs with; "consistent with", never more."""


def known_elements_in(
    motif: Motif, elements: Sequence[KnownElement] = KNOWN_ELEMENTS
) -> tuple[KnownElement, ...]:
    """Return the elements that the consensus of a motif is consistent with.

    An element is named where it lies along the consensus with at least all but one of its
    letters, at least five, each of which allows only bases that the element allows.

    Examples
    --------
    >>> [e.name for e in known_elements_in(Motif.from_consensus("UGUAAAUA"))]
    ['Pumilio response element']
    """
    return tuple(e for e in elements if _lies_along(e.consensus, motif.consensus))


def _lies_along(element: str, consensus: str) -> bool:
    least = max(len(element) - _SLACK, 5)
    for offset in range(-len(element) + 1, len(consensus)):
        pairs = [
            (IUPAC[letter], IUPAC[consensus[offset + i]])
            for i, letter in enumerate(element)
            if 0 <= offset + i < len(consensus)
        ]
        if len(pairs) >= least and all(set(seen) <= set(asked) for asked, seen in pairs):
            return True
    return False
