"""Transcripts that look a little different every epoch: random crops, ends that wobble."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch

from graphkit.builders.regions import RegionBuilder, as_labels
from graphkit.builders.spectrum import Spectrum
from graphkit.sequences import BREAK, composition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.uint8]

# A crop shorter than this says little of a transcript.
_SHORTEST = 200


@dataclass(frozen=True)
class CropParams:
    """Parameters of how transcripts are varied.

    Parameters
    ----------
    probability
        Share of transcripts whose whole is cropped.
    smallest
        Smallest share of a transcript that a crop keeps.
    jitter
        Largest relative change of an end's length, and twice the largest relative shift.
    """

    probability: float = 0.5
    smallest: float = 0.5
    jitter: float = 0.3


@dataclass
class RegionCrops:
    """A data set of regions' counts, drawn anew each epoch; depends on (seed, epoch, rows) alone.

    Parameters
    ----------
    builder
        The regions.
    codes
        Encoded sequences.
    y
        Class of each sequence, or what was measured of it.
    params
        How much transcripts vary.
    seed
        Seed of the draws.

    Examples
    --------
    >>> from graphkit.builders.regions import Region
    >>> from graphkit.sequences import encode
    >>> data = RegionCrops(RegionBuilder((Region(k=2),)), [encode("ACGU" * 100)], y=[1])
    >>> data[[0]].nodes.sum() <= 399
    tensor(True)
    """

    builder: RegionBuilder
    codes: Sequence[Codes]
    y: Sequence[int]
    params: CropParams = field(default_factory=CropParams)
    seed: int = 0

    def __post_init__(self) -> None:
        self._epoch = 0
        sizes = {size for region in self.builder.regions for size in (region.k, region.k + 1)}
        self._paths = {k: [_path(codes, k) for codes in self.codes] for k in sizes}
        self._labels = as_labels(self.y)

    def __len__(self) -> int:
        return len(self.codes)

    def set_epoch(self, epoch: int) -> None:
        """Draw as `epoch` does from here on."""
        self._epoch = epoch

    def __getitem__(self, indices: Sequence[int]) -> Spectrum:
        rows = [self._draw(int(i)) for i in indices]
        edges, nodes, side = (torch.from_numpy(np.stack(part)) for part in zip(*rows, strict=True))
        chosen = torch.as_tensor(indices, dtype=torch.long)
        return Spectrum(
            edges,
            nodes,
            side,
            y=None if self._labels is None else self._labels[chosen],
        )

    def _draw(self, i: int) -> tuple[NDArray[np.float32], ...]:
        # A generator per row and epoch: the batches, and a resumed training, may come in any order.
        generator = np.random.default_rng((self.seed, self._epoch, i))
        codes = self.codes[i]
        first, last = self._crop(len(codes), generator)
        edges, nodes = [], []
        for region in self.builder.regions:
            if region.end == "whole":
                start, end = first, last
            else:
                jitter = self.params.jitter
                length = int(region.length * generator.uniform(1 - jitter, 1 + jitter))
                most = int(min(length, len(codes)) * jitter / 2)
                shift = int(generator.integers(0, max(1, most)))
                start, end = region.span(len(codes), length=length, shift=shift)
            edges.append(self._count(i, region.k + 1, start, end))
            nodes.append(self._count(i, region.k, start, end))
        side = composition(codes[first:last]).astype(np.float32)
        return np.concatenate(edges), np.concatenate(nodes), side

    def _crop(self, n: int, generator: np.random.Generator) -> tuple[int, int]:
        if generator.random() >= self.params.probability:
            return 0, n
        share = generator.uniform(self.params.smallest, 1)
        kept = max(min(n, _SHORTEST), int(n * share))
        start = int(generator.integers(0, n - kept + 1))
        return start, start + kept

    def _count(self, i: int, k: int, start: int, end: int) -> NDArray[np.float32]:
        words = self._paths[k][i][start : max(start, end - k + 1)]
        counts = np.bincount(words, minlength=4**k + 1)[: 4**k]
        return counts.astype(np.float32)


def _path(codes: Codes, k: int) -> NDArray[np.int16]:
    """Return the word that starts at each position; 4^k where it holds a break."""
    windows = np.lib.stride_tricks.sliding_window_view(codes, k)
    words = windows.astype(np.int64) @ 4 ** np.arange(k - 1, -1, -1)
    return np.where((windows < BREAK).all(axis=1), words, 4**k).astype(np.int16)
