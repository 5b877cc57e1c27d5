"""Position scores -> seqlets -> motifs -> known motifs; numpy, scipy and Biopython, no torch."""

from graphkit.motifs.clusters.cluster import ClusterParams, cluster_seqlets
from graphkit.motifs.collections.families import family_of
from graphkit.motifs.collections.known_elements import (
    KNOWN_ELEMENTS,
    KnownElement,
    known_elements_in,
)
from graphkit.motifs.collections.match import Match, match_motifs
from graphkit.motifs.collections.meme import format_meme, parse_meme, write_meme
from graphkit.motifs.collections.read import read_motifs
from graphkit.motifs.discover import DiscoverParams, discover
from graphkit.motifs.motif import IUPAC, Motif, align
from graphkit.motifs.results import MotifResult, MotifTable
from graphkit.motifs.scan import Corpus, Sites, find_sites
from graphkit.motifs.seqlets.call import SeqletParams, call_seqlets
from graphkit.motifs.testing.crossfit import combined_p, halves, pair_up
from graphkit.motifs.testing.enrichment import Enrichment, benjamini_hochberg, enrich, strata
from graphkit.motifs.testing.knockout import KnockOut, knock_out
from graphkit.motifs.track import Seqlet, Track

__all__ = [
    "IUPAC",
    "KNOWN_ELEMENTS",
    "ClusterParams",
    "Corpus",
    "DiscoverParams",
    "Enrichment",
    "KnockOut",
    "KnownElement",
    "Match",
    "Motif",
    "MotifResult",
    "MotifTable",
    "Seqlet",
    "SeqletParams",
    "Sites",
    "Track",
    "align",
    "benjamini_hochberg",
    "call_seqlets",
    "cluster_seqlets",
    "combined_p",
    "discover",
    "enrich",
    "family_of",
    "find_sites",
    "format_meme",
    "halves",
    "knock_out",
    "known_elements_in",
    "match_motifs",
    "pair_up",
    "parse_meme",
    "read_motifs",
    "strata",
    "write_meme",
]
