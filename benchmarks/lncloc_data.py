"""The two sources `lncloc` is trained on, and the recipe, in one place for all that use them."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphkit.sequences import LabelledRecords, read_fasta, read_labelled, similar_to
from graphkit.tasks import SequenceClassifier
from graphkit.types import Record

CLASSES = ("Cytoplasm", "Nucleus")
SOURCES = ("rnalight_train.fasta.gz", "rci_train.fasta.gz")
TEST = "sgcl_test.fasta"
SEED = 2026


@dataclass(frozen=True)
class Pool:
    """Both sources, one after the other, without records that nearly match the test set.

    Parameters
    ----------
    records, codes
        Transcripts, as read and encoded.
    y, source : ndarray [n]
        1 = nucleus; 0 = RNAlight, 1 = RCI.
    rci : ndarray [n]
        Mean log2 cytoplasm/nucleus over cell lines; NaN for RNAlight.
    """

    records: list[Record]
    codes: list[NDArray[np.uint8]]
    y: NDArray[np.int64]
    source: NDArray[np.int64]
    rci: NDArray[np.float64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Letters of each record."""
        return np.array([len(codes) for codes in self.codes])

    def of(self, source: int) -> NDArray[np.int64]:
        """Return the rows of one source."""
        return np.flatnonzero(self.source == source)


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


def load_pool() -> Pool:
    """Read both sources."""
    test = read(TEST)
    parts = [read(name) for name in SOURCES]
    values: dict[str, list[float]] = {}
    for line in (folder() / "rci_train.tsv").read_text("utf-8").splitlines()[1:]:
        gene, _, value, *_ = line.split("\t")
        values.setdefault(gene, []).append(float(value))
    records, codes, y, source, rci = [], [], [], [], []
    for number, part in enumerate(parts):
        keep = ~similar_to(part.codes, test.codes)
        for i in np.flatnonzero(keep).tolist():
            gene = part.records[i].id.split("|")[0]
            records.append(part.records[i])
            codes.append(part.codes[i])
            y.append(int(part.labels[i]))
            source.append(number)
            rci.append(float(np.mean(values.get(gene, [np.nan]))) if number else np.nan)
    return Pool(records, codes, np.array(y), np.array(source), np.array(rci))


def untrained(*, sources: int = 2, members: int = 5, seed: int = SEED) -> SequenceClassifier:
    """Return the recipe of the shipped model, not yet trained."""
    return SequenceClassifier(
        "lncloc", params={"sources": sources}, folds=members, random_state=seed
    )
