"""Text in, integers out: FASTA, alphabet, k-mers, shuffles and similarity."""

from graphkit.sequences.alphabet import BREAK, Examined, decode, encode, examine, runs
from graphkit.sequences.delta import delta_counts
from graphkit.sequences.fasta import read_fasta, write_fasta
from graphkit.sequences.headers import Header, label_of, parse_header, strip_version
from graphkit.sequences.kmer_sets import ContainmentIndex, containment, kmer_set
from graphkit.sequences.kmers import (
    COMPOSITION_NAMES,
    composition,
    kmer_code,
    kmer_codes,
    kmer_counts,
    kmer_name,
    kmer_names,
)
from graphkit.sequences.labelled import LabelledRecords, read_labelled
from graphkit.sequences.shuffle import dinucleotide_shuffle
from graphkit.sequences.similarity import similar_groups, similar_to
from graphkit.sequences.sketch import KNOWN_CONTAINMENT, Nearest, Sketches, SketchIndex

__all__ = [
    "BREAK",
    "COMPOSITION_NAMES",
    "KNOWN_CONTAINMENT",
    "ContainmentIndex",
    "Examined",
    "Header",
    "LabelledRecords",
    "Nearest",
    "SketchIndex",
    "Sketches",
    "composition",
    "containment",
    "decode",
    "delta_counts",
    "dinucleotide_shuffle",
    "encode",
    "examine",
    "kmer_code",
    "kmer_codes",
    "kmer_counts",
    "kmer_name",
    "kmer_names",
    "kmer_set",
    "label_of",
    "parse_header",
    "read_fasta",
    "read_labelled",
    "runs",
    "similar_groups",
    "similar_to",
    "strip_version",
    "write_fasta",
]
