"""One row per gene: sequence, class and the C/N ratio in each cell line, of both sources."""

import csv
import gzip
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphkit.sequences import (
    LabelledRecords,
    joined_groups,
    read_fasta,
    read_labelled,
    similar_groups,
    similar_to,
)
from graphkit.tasks import SequenceRegressor
from graphkit.types import Record

CLASSES = ("Cytoplasm", "Nucleus")
SOURCES = ("rnalight_train.fasta.gz", "rci_train.fasta.gz")
TEST = "sgcl_test.fasta"
SEED = 2026
LEFT_OUT = "H1.hESC"
"""Behaves unlike all other lines, and has two genes in five of the second source to itself."""


@dataclass(frozen=True)
class Genes:
    """Genes of both sources, without near matches of the test set.

    A gene of the second source that is in the first too has one row, the first's: equal gene and
    line values are one measurement.

    Parameters
    ----------
    records, codes
        Transcripts, as read and encoded.
    genes
        Ensembl gene, the transcript itself where that is not known.
    nucleus : bool [n]
        Class in the source it is from.
    second : bool [n]
        Whether it is from the second source alone: genes that the first, which keeps clear cases,
        left out, so most lie in between.
    sampled : bool [n]
        Whether it is in the second source, which keeps all kinds.
    lines
        Cell lines, `LEFT_OUT` not among them.
    log2_cn : float [n, L]
        log2 C/N; NaN where not measured.
    groups : int [n]
        Genes that are one, or whose sequences are similar, have one group.
    """

    records: list[Record]
    codes: list[NDArray[np.uint8]]
    genes: list[str]
    nucleus: NDArray[np.bool_]
    second: NDArray[np.bool_]
    sampled: NDArray[np.bool_]
    lines: tuple[str, ...]
    log2_cn: NDArray[np.float64]
    groups: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Letters of each record."""
        return np.array([len(codes) for codes in self.codes])

    @property
    def n_lines(self) -> NDArray[np.int64]:
        """Lines each gene was measured in."""
        return np.isfinite(self.log2_cn).sum(axis=1)


def folder() -> Path:
    """Return the folder of sequence data, or stop with a reason."""
    found = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data" / "lncrna"
    if not found.is_dir():
        raise SystemExit("needs the shared folder: set GRAPHKIT_SHARED")
    return found


def read(name: str) -> LabelledRecords:
    """Read a labelled file of that folder, as the command line reads it."""
    path = folder() / name
    return read_labelled(read_fasta(path), file=path, classes=CLASSES, skip=True)


def untrained(*, seed: int = SEED) -> SequenceRegressor:
    """Return the recipe of the shipped model, not yet trained."""
    return SequenceRegressor(name="log2_CN", random_state=seed)


def measurements() -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """Return gene -> line -> log2 C/N of both tables, and transcript -> gene of the first."""
    found: dict[str, dict[str, float]] = {}
    gene_of = {}
    with gzip.open(folder() / "lncatlas_rci_train.tsv.gz", "rt", encoding="utf-8") as wide:
        for row in csv.DictReader(wide, delimiter="\t"):
            gene_of[row["transcript"]] = row["gene_id"]
            # K562's sub-compartments have a colon.
            lines = {name for name in list(row)[7:-3] if ":" not in name and row[name]}
            found[row["gene_id"]] = {name: float(row[name]) for name in lines}
    with (folder() / "rci_train.tsv").open(encoding="utf-8") as long:
        for row in csv.DictReader(long, delimiter="\t"):
            found.setdefault(row["gene_id"], {})[row["cell_line"]] = float(row["cnrci"])
    return found, gene_of


def load_genes(*, own_sequences: bool = False) -> Genes:
    """Read both sources.

    Parameters
    ----------
    own_sequences
        Keep rows of the second source whose gene is in the first too: for a training on the second
        source alone.
    """
    table, gene_of = measurements()
    sampled = {record.id.split("|")[0] for record in read(SOURCES[1]).records}
    test = read(TEST)
    rows: list[tuple[Record, NDArray[np.uint8], str, bool, bool]] = []
    first: set[str] = set()
    for number, name in enumerate(SOURCES):
        part = read(name)
        keep = np.flatnonzero(~similar_to(part.codes, test.codes)).tolist()
        for i in keep:
            transcript = part.records[i].id.split("|")[0].split(".")[0]
            gene = gene_of.get(transcript, transcript)
            if number == 0:
                first.add(gene)
            elif gene in first and not own_sequences:
                continue
            nucleus = CLASSES[part.labels[i]] == "Nucleus"
            rows.append((part.records[i], part.codes[i], gene, nucleus, bool(number)))
    records, codes, genes, nucleus, second = (list(column) for column in zip(*rows, strict=True))
    lines = sorted({line for values in table.values() for line in values} - {LEFT_OUT})
    values = [[table.get(gene, {}).get(line, np.nan) for line in lines] for gene in genes]
    return Genes(
        records,
        codes,
        genes,
        np.array(nucleus),
        np.array(second),
        np.array([gene in sampled for gene in genes]),
        tuple(lines),
        np.array(values),
        joined_groups(similar_groups(codes), genes),
    )
