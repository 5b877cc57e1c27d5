"""Results of the discovery, one row per motif."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphkit.motifs.collections.known_elements import KnownElement
    from graphkit.motifs.collections.match import Match
    from graphkit.motifs.motif import Motif
    from graphkit.motifs.testing.enrichment import Enrichment
    from graphkit.motifs.testing.knockout import KnockOut


@dataclass(frozen=True, slots=True, kw_only=True)
class MotifResult:
    """One motif and what is known of it.

    Parameters
    ----------
    motif
        From all transcripts; its `n_sites` are those in seqlets.
    favours
        Class that its seqlets speak for.
    n_transcripts
        Transcripts with at least one site, seqlet or not.
    descriptive
        Whether the numbers describe and test nothing: then `p` and `q` are None.
    enrichment
        None without measured classes.
    knock_out
        None without a model to ask, or without sites.
    matches
        Known motifs that look like it.
    known
        Elements that it is consistent with.
    variants
        Motifs that share its core, such as parts of it: they have no row of their own.
    """

    motif: Motif
    favours: str
    n_transcripts: int
    descriptive: bool = True
    enrichment: Enrichment | None = None
    knock_out: KnockOut | None = None
    matches: tuple[Match, ...] = ()
    known: tuple[KnownElement, ...] = ()
    variants: tuple[Motif, ...] = ()

    @property
    def name(self) -> str:
        """Name of the motif."""
        return self.motif.name

    @property
    def consensus(self) -> str:
        """IUPAC consensus."""
        return self.motif.consensus

    @property
    def n_sites(self) -> float:
        """Sites in seqlets."""
        return self.motif.n_sites

    @property
    def p(self) -> float | None:
        """Of the enrichment."""
        return None if self.enrichment is None else self.enrichment.p

    @property
    def q(self) -> float | None:
        """Of the enrichment, over all motifs of the table."""
        return None if self.enrichment is None else self.enrichment.q

    def row(self) -> dict[str, object]:
        """Return one flat row; what was not computed is None."""
        e, k = self.enrichment, self.knock_out
        families = list(dict.fromkeys(match.family for match in self.matches))
        return {
            "motif": self.name,
            "consensus": self.consensus,
            "favours": self.favours,
            "sites": round(self.n_sites),
            "transcripts": self.n_transcripts,
            "bits": round(self.motif.total_information, 2),
            "present_other": None if e is None else e.present[0],
            "present_favoured": None if e is None else e.present[1],
            "odds_ratio": None if e is None else e.odds_ratio,
            "log2_odds_ratio": None if e is None else e.log2,
            "odds_ratio_low": None if e is None else e.low,
            "odds_ratio_high": None if e is None else e.high,
            "p": self.p,
            "q": self.q,
            "descriptive": self.descriptive,
            "knock_out": None if k is None else k.effect,
            "knock_out_low": None if k is None else k.low,
            "knock_out_high": None if k is None else k.high,
            "knock_out_control": None if k is None else k.control,
            "rbp_families": "; ".join(families),
            "best_match": self.matches[0].target if self.matches else None,
            "best_match_q": self.matches[0].q if self.matches else None,
            "variants": "; ".join(variant.consensus for variant in self.variants),
            "consistent_with": "; ".join(element.name for element in self.known),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MotifTable:
    """All motifs of one discovery, smallest q first, then most sites.

    Parameters
    ----------
    rows
        One per motif.
    classes
        Names of the two classes; positive scores favour the second.
    n_tracks, n_seqlets
        Looked at, and found.
    n_tested
        Transcripts with a measured class that motifs were tested on.
    descriptive
        Whether nothing was tested.
    reason
        Why not, else empty.
    known
        Motifs of a collection, tested by themselves on all measured transcripts, smallest q first.
    """

    rows: tuple[MotifResult, ...]
    classes: tuple[str, str]
    n_tracks: int
    n_seqlets: int
    n_tested: int
    descriptive: bool
    reason: str = ""
    known: tuple[MotifResult, ...] = ()

    @property
    def motifs(self) -> list[Motif]:
        """The motifs, in the order of the rows."""
        return [row.motif for row in self.rows]

    def table(self) -> list[dict[str, object]]:
        """Return the rows as flat dictionaries with the same keys."""
        return [row.row() for row in self.rows]
