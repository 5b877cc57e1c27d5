"""De Bruijn graphs of a transcript and of its ends, side by side."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from graphkit.builders.base import SequenceBuilder
from graphkit.builders.debruijn import MAX_FIXED_K, as_codes, node_counts
from graphkit.builders.occurrences import Occurrences, Path
from graphkit.builders.spectrum import Spectrum, edge_weights, even
from graphkit.errors import InputError
from graphkit.sequences import composition, delta_counts, kmer_codes, kmer_counts
from graphkit.types import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike

    from graphkit.builders.base import Codes, Integers
    from graphkit.builders.debruijn import Item


@dataclass(frozen=True)
class Region:
    """A part of a transcript and the letters per k-mer it is read with.

    Parameters
    ----------
    end
        ``"whole"``, or the end it starts from: ``"5'"`` or ``"3'"``.
    length
        Nucleotides from that end; transcripts that are shorter are taken whole.
    k
        Letters per k-mer, 1 to 6.

    Examples
    --------
    >>> Region("3'", 200).span(1000)
    (800, 1000)
    """

    end: Literal["whole", "5'", "3'"] = "whole"
    length: int = 0
    k: int = 3

    def __post_init__(self) -> None:
        if self.end not in ("whole", "5'", "3'"):
            raise InputError(f"no end {self.end!r}", slot="end", remedy="whole, 5' or 3'.")
        if self.end != "whole" and self.length <= self.k:
            raise InputError(f"{self.length} nt is too short", slot="length")
        if not 1 <= self.k <= MAX_FIXED_K:
            raise InputError(f"k = {self.k}", slot="k", remedy=f"Choose 1 to {MAX_FIXED_K}.")

    @property
    def name(self) -> str:
        """What it is, in words."""
        if self.end == "whole":
            return "the whole"
        side = "first" if self.end == "5'" else "last"
        return f"{side} {self.length:,} nt"

    def span(self, n: int, *, length: int | None = None, shift: int = 0) -> tuple[int, int]:
        """Return start and end of the region in a transcript of `n` letters, 0-based, half-open.

        Parameters
        ----------
        n
            Letters of the transcript.
        length
            Nucleotides in place of the region's own.
        shift
            Nucleotides to leave out at the end it starts from.
        """
        if self.end == "whole":
            return 0, n
        size = self.length if length is None else length
        if self.end == "5'":
            start = min(shift, n)
            return start, min(start + size, n)
        stop = max(n - shift, 0)
        return max(stop - size, 0), stop


@dataclass(frozen=True)
class RegionBuilder(SequenceBuilder):
    """Builds one graph per region of a sequence; the regions' graphs are not joined.

    Parameters
    ----------
    regions
        What to build graphs of; the first one is usually the whole.

    Examples
    --------
    >>> builder = RegionBuilder((Region(k=2), Region("5'", 4, k=1)))
    >>> spectrum = builder.spectrum(["ACGUACGU"])
    >>> spectrum.edges.shape, spectrum.nodes.shape, spectrum.nodes[0, 16:].tolist()
    (torch.Size([1, 80]), torch.Size([1, 20]), [1.0, 1.0, 1.0, 1.0])
    """

    regions: tuple[Region, ...]

    def build(self, item: Item) -> Spectrum:
        """Return the regions' graphs of one sequence as a spectrum of one row."""
        return self.spectrum([item])

    def inputs(
        self,
        codes: Sequence[Codes],
        *,
        y: Sequence[int] | None = None,
    ) -> Spectrum:
        """Return many sequences as their counts: :meth:`spectrum`."""
        return self.spectrum(codes, y=y)

    def spectrum(
        self,
        items: Iterable[Item],
        *,
        y: Sequence[int] | None = None,
    ) -> Spectrum:
        """Return the counts of all regions' graphs, region after region.

        Parameters
        ----------
        items
            Sequences.
        y
            Class of each, or what was measured of it, where known.
        """
        rows = [self._counts(as_codes(item)) for item in items]
        if not rows:
            raise InputError("no sequences", remedy="Give at least one.")
        edges, nodes, side = (torch.from_numpy(np.stack(part)) for part in zip(*rows, strict=True))
        return Spectrum(edges, nodes, side, y=as_labels(y))

    def provenance(self, item: Item) -> Occurrences:
        """Return where all regions' edges and, numbered after them, all regions' nodes occur."""
        codes = as_codes(item)
        paths, offset = [], 0
        for more in (1, 0):
            for region in self.regions:
                start, end = region.span(len(codes))
                unit, position = kmer_codes(codes[start:end], region.k + more)
                paths.append(Path(unit + offset, position + start, region.k + more))
                offset += 4 ** (region.k + more)
        return Occurrences(tuple(paths), len(codes))

    def variables(
        self, data: Spectrum, *, level: float = 0.25
    ) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        """Return edge weights and node counts of a spectrum of one row, beside a baseline.

        Counts of (k+1)-mers are not among them: edge weights do not change when all counts are
        scaled, so the gradient with respect to counts says nothing of how far the weights are from
        zero. The baseline has no edge, and few occurrences spread evenly within each region.
        """
        edges = data.edges.split([4 ** (region.k + 1) for region in self.regions], dim=1)
        nodes = data.nodes.split([4**region.k for region in self.regions], dim=1)
        weights = torch.cat([edge_weights(part) for part in edges], dim=1)
        spread = torch.cat([even(part) for part in nodes], dim=1)
        return {
            "edge_weight": (weights, torch.zeros_like(weights)),
            "node_count": (data.nodes, level * spread),
        }

    def variants(self, codes: Codes, position: Integers, letter: Integers) -> Spectrum:
        """Return substitutions of a sequence as counts that differ in the few k-mers each touches.

        Parameters
        ----------
        codes : uint8 [L]
            The encoded sequence.
        position, letter : int64 [n]
            Where, and which letter, one variant for each.
        """
        base = self.spectrum([codes])
        edges, nodes = (
            self._substituted(part.numpy(), codes, position, letter, more=more)
            for part, more in ((base.edges, 1), (base.nodes, 0))
        )
        return Spectrum(edges, nodes, _composition(codes, position, letter))

    def windows(self, length: int) -> tuple[Window, ...]:
        """Return the regions of a sequence of `length` letters, named."""
        return tuple(Window(region.name, *region.span(length)) for region in self.regions)

    def params(self) -> dict[str, Any]:
        """Return the parameters as JSON-ready values."""
        return {"name": "regions", "regions": [asdict(region) for region in self.regions]}

    def _counts(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        edges, nodes = [], []
        for region in self.regions:
            start, end = region.span(len(codes))
            counted = kmer_counts(codes[start:end], region.k + 1)
            edges.append(counted)
            nodes.append(node_counts(codes[start:end], counted, region.k))
        parts = (np.concatenate(edges), np.concatenate(nodes), composition(codes))
        return tuple(part.astype(np.float32) for part in parts)  # type: ignore[return-value]

    def _substituted(
        self, base: np.ndarray, codes: Codes, position: Integers, letter: Integers, *, more: int
    ) -> torch.Tensor:
        counts = base.repeat(len(position), axis=0)
        offset = 0
        for region in self.regions:
            start, end = region.span(len(codes))
            inside = np.flatnonzero((position >= start) & (position < end))
            row, lost, gained = delta_counts(
                codes[start:end],
                region.k + more,
                position=position[inside] - start,
                letter=letter[inside],
            )
            np.subtract.at(counts, (inside[row], offset + lost), 1)
            np.add.at(counts, (inside[row], offset + gained), 1)
            offset += 4 ** (region.k + more)
        return torch.from_numpy(counts)


def _composition(codes: Codes, position: Integers, letter: Integers) -> torch.Tensor:
    """Return the length and composition of each substitution."""
    side = composition(codes)[None].repeat(len(position), axis=0)
    first = 1
    for k in (1, 2):
        counts = kmer_counts(codes, k)[None].repeat(len(position), axis=0)
        row, lost, gained = delta_counts(codes, k, position=position, letter=letter)
        np.subtract.at(counts, (row, lost), 1)
        np.add.at(counts, (row, gained), 1)
        side[:, first : first + 4**k] = counts / max(counts[0].sum(), 1)
        first += 4**k
    return torch.from_numpy(side.astype(np.float32))


def as_labels(values: ArrayLike | None) -> torch.Tensor | None:
    """Return classes (integers) or targets (other numbers) as a tensor, None as None."""
    if values is None:
        return None
    given = torch.as_tensor(np.asarray(values))
    return given.float() if given.is_floating_point() else given.long()
