"""Every substitution of a sequence as a model reads it, by changing counts instead of counting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from graphkit.builders import Spectrum
from graphkit.sequences import BREAK, composition, delta_counts, kmer_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.attribution.log_odds import Batches, Codes, LogOdds
    from graphkit.builders import Region

    Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Rebuilt:
    """Substitutions of one sequence, each read anew: works for any inputs.

    Parameters
    ----------
    model
        What the inputs are made for.
    codes : uint8 [L]
        The encoded sequence.
    """

    model: LogOdds
    codes: Codes

    def __call__(self, position: Integers, letter: Integers) -> Batches:
        """Return the variants with `letter` at `position`, ``[n]`` each."""
        variants = np.tile(self.codes, (len(position), 1))
        variants[np.arange(len(position)), position] = letter
        return self.model.inputs(list(variants))


@dataclass(frozen=True)
class Updated:
    """Substitutions of one sequence as counts that differ in the few k-mers each touches.

    Parameters
    ----------
    base
        The sequence's counts, a batch of one.
    codes : uint8 [L]
        The encoded sequence.
    regions
        What the counts are of.
    """

    base: Spectrum
    codes: Codes
    regions: Sequence[Region]

    def __call__(self, position: Integers, letter: Integers) -> Spectrum:
        """Return the variants with `letter` at `position`, ``[n]`` each."""
        edges = self._counts(self.base.edges, position, letter, more=1)
        nodes = self._counts(self.base.nodes, position, letter, more=0)
        side = None if self.base.side is None else self._composition(position, letter)
        return Spectrum(edges, nodes, side)

    def _counts(
        self, base: torch.Tensor, position: Integers, letter: Integers, *, more: int
    ) -> torch.Tensor:
        counts = base.numpy().repeat(len(position), axis=0)
        offset = 0
        for region in self.regions:
            start, end = region.span(len(self.codes))
            inside = np.flatnonzero((position >= start) & (position < end))
            row, lost, gained = delta_counts(
                self.codes[start:end],
                region.k + more,
                position=position[inside] - start,
                letter=letter[inside],
            )
            np.subtract.at(counts, (inside[row], offset + lost), 1)
            np.add.at(counts, (inside[row], offset + gained), 1)
            offset += 4 ** (region.k + more)
        return torch.from_numpy(counts)

    def _composition(self, position: Integers, letter: Integers) -> torch.Tensor:
        side = composition(self.codes)[None].repeat(len(position), axis=0)
        first = 1
        for k in (1, 2):
            counts = kmer_counts(self.codes, k)[None].repeat(len(position), axis=0)
            row, lost, gained = delta_counts(self.codes, k, position=position, letter=letter)
            np.subtract.at(counts, (row, lost), 1)
            np.add.at(counts, (row, gained), 1)
            side[:, first : first + 4**k] = counts / max(counts[0].sum(), 1)
            first += 4**k
        return torch.from_numpy(side.astype(np.float32))


def variants(model: LogOdds, codes: Codes) -> Rebuilt | Updated:
    """Return what makes variants of a sequence, by changing counts wherever that is the same.

    Parameters
    ----------
    model
        What the variants are judged by.
    codes : uint8 [L]
        The encoded sequence.
    """
    base = model.inputs([codes])[[0]]
    if not isinstance(base, Spectrum) or not model.regions:
        return Rebuilt(model, codes)
    sizes = [4 ** (region.k + 1) for region in model.regions]
    side = composition(codes).astype(np.float32)
    known = base.side is None or np.array_equal(base.side[0].numpy(), side)
    if base.edges.shape[1] != sum(sizes) or not known:
        return Rebuilt(model, codes)
    return Updated(base, codes, model.regions)


def substitutions(codes: Codes) -> tuple[Integers, Integers]:
    """Return position and letter of all substitutions but those of breaks, three per position.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> [array.tolist() for array in substitutions(encode("NC"))]
    [[1, 1, 1], [0, 2, 3]]
    """
    places = np.flatnonzero(codes < BREAK).repeat(3)
    step = np.tile(np.arange(3), len(places) // 3)
    return places, step + (step >= codes[places])
