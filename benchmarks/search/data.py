"""The two labelled sources as tensors: a de Bruijn graph of each transcript and of its ends."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphkit.evaluation import grouped_folds
from graphkit.sequences import read_fasta, read_labelled
from graphkit.sequences.similarity import similar_groups, similar_to
from graphkit.types import Record

CLASSES = ("Cytoplasm", "Nucleus")
SOURCES = ("rnalight_train.fasta.gz", "rci_train.fasta.gz")
#: Region -> (5' end or 3' end, nucleotides).
ENDS = {
    "5'100": (5, 100),
    "5'200": (5, 200),
    "5'400": (5, 400),
    "5'800": (5, 800),
    "3'200": (3, 200),
    "3'400": (3, 400),
    "3'800": (3, 800),
}


@dataclass(frozen=True)
class Sources:
    """Both training sources, one after the other.

    Parameters
    ----------
    records, codes : list of Record, list of uint8 [L]
    y, source : int64 [n]
        1 = nucleus; 0 = RNAlight, 1 = RCI.
    rci : float64 [n]
        Mean log2 cytoplasm/nucleus over cell lines; NaN for RNAlight.
    groups, folds : int64 [n]
        Similarity groups over both sources, and the five frozen folds made of them.
    unseen : bool [n]
        Unlike every record of the other source.
    """

    records: list[Record]
    codes: list[NDArray[np.uint8]]
    y: NDArray[np.int64]
    source: NDArray[np.int64]
    rci: NDArray[np.float64]
    groups: NDArray[np.int64]
    folds: NDArray[np.int64]
    unseen: NDArray[np.bool_]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Letters of each record, ``int64 [n]``."""
        return np.array([len(codes) for codes in self.codes])


def load_sources(*, folds: int = 5, seed: int = 0) -> Sources:
    """Read both sources from the shared folder and split them by similarity."""
    folder = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data" / "lncrna"
    parts = [
        read_labelled(read_fasta(folder / name), file=name, classes=CLASSES, skip=True)
        for name in SOURCES
    ]
    codes = [codes for part in parts for codes in part.codes]
    y = np.concatenate([part.labels for part in parts])
    source = np.repeat([0, 1], [len(part) for part in parts])
    values: dict[str, list[float]] = {}
    for line in (folder / "rci_train.tsv").read_text().splitlines()[1:]:
        gene, _, value, *_ = line.split("\t")
        values.setdefault(gene, []).append(float(value))
    genes = [record.id.split("|")[0] for record in parts[1].records]
    rci = np.full(len(y), np.nan)
    rci[source == 1] = [np.mean(values.get(gene, [np.nan])) for gene in genes]
    groups = similar_groups(codes)
    one, two = (part.codes for part in parts)
    new = ~np.concatenate([similar_to(one, two), similar_to(two, one)])
    fold = grouped_folds(source * 2 + y, groups, folds=folds, seed=seed)
    records = [record for part in parts for record in part.records]
    return Sources(records, codes, y, source, rci, groups, fold, new)


class Regions:
    """Counts of the 4-mers of whole transcripts and of their ends.

    Parameters
    ----------
    codes : list of uint8 [L]
    ends
        Names out of :data:`ENDS`.
    word
        Letters counted: the edges of the largest graph, k + 1.
    """

    def __init__(
        self, codes: list[NDArray[np.uint8]], ends: tuple[str, ...], *, word: int = 4
    ) -> None:
        self.ends = [ENDS[name] for name in ends]
        self.word = word
        self.size = 4**word
        # One slot more for words that hold an unknown letter.
        self.paths = [self._path(sequence) for sequence in codes]
        self.lengths = np.array([len(sequence) for sequence in codes], dtype=np.float32)
        self.plain = np.stack([self._regions(i) for i in range(len(codes))])

    def _path(self, codes: NDArray[np.uint8]) -> NDArray[np.int16]:
        windows = np.lib.stride_tricks.sliding_window_view(codes, self.word).astype(np.int64)
        path = windows @ (4 ** np.arange(self.word - 1, -1, -1))
        return np.where((windows < 4).all(axis=1), path, self.size).astype(np.int16)

    def _count(self, path: NDArray[np.int16]) -> NDArray[np.float32]:
        return np.bincount(path, minlength=self.size + 1)[: self.size].astype(np.float32)

    def _regions(
        self, i: int, generator: np.random.Generator | None = None, jitter: float = 0.0
    ) -> NDArray[np.float32]:
        path = self.paths[i]
        rows = [self._count(path)]
        for end, width in self.ends:
            size, shift = width, 0
            if generator is not None:
                size = int(width * generator.uniform(1 - jitter, 1 + jitter))
                shift = int(generator.integers(0, max(1, int(min(size, len(path)) * jitter / 2))))
            start = shift if end == 5 else max(0, len(path) - size - shift)
            rows.append(self._count(path[start : start + size - self.word + 1]))
        return np.stack(rows)

    def draw(
        self,
        index: NDArray[np.int64],
        generator: np.random.Generator,
        *,
        crop: float,
        shortest: float,
        jitter: float,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Augment: the whole becomes a random crop with probability `crop`, the ends wobble.

        Returns
        -------
        counts : float32 [n, 1 + ends, 4**word]
        lengths : float32 [n]
            Of the crop, in nucleotides.
        """
        counts = np.empty((len(index), 1 + len(self.ends), self.size), dtype=np.float32)
        lengths = self.lengths[index].copy()
        for row, i in enumerate(index):
            counts[row] = self._regions(i, generator, jitter)
            if generator.random() < crop:
                path = self.paths[i]
                size = max(min(len(path), 200), int(len(path) * generator.uniform(shortest, 1)))
                start = generator.integers(0, len(path) - size + 1)
                counts[row, 0] = self._count(path[start : start + size])
                lengths[row] = size
        return counts, lengths
