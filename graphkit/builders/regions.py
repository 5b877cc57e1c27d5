"""De Bruijn graphs of a transcript and of its ends, side by side."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import torch
from torch_geometric.data import Data

from graphkit.builders.debruijn import MAX_FIXED_K, DeBruijnBuilder, as_codes, node_counts
from graphkit.builders.spectrum import Spectrum
from graphkit.errors import InputError
from graphkit.sequences import composition, kmer_counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
class RegionBuilder:
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

    def fit(self, items: Iterable[Item]) -> Self:  # noqa: ARG002
        """Return self; there is nothing to learn."""
        return self

    def build(self, item: Item) -> Data:
        """Return the union of the regions' graphs.

        Returns
        -------
        Data
            As :meth:`DeBruijnBuilder.build` gives with provenance, and ``region [N]``, the region
            of each node. ``position`` counts from the start of the whole sequence.
        """
        codes = as_codes(item)
        parts: dict[str, list[torch.Tensor]] = {}
        offset = 0
        for number, region in enumerate(self.regions):
            start, end = region.span(len(codes))
            graph = DeBruijnBuilder(region.k, provenance=True).build(codes[start:end])
            parts.setdefault("edge_index", []).append(graph.edge_index + offset)
            parts.setdefault("path_index", []).append(graph.path_index + offset)
            parts.setdefault("position", []).append(graph.position + start)
            parts.setdefault("region", []).append(torch.full((graph.num_nodes,), number))
            for name in ("edge_weight", "edge_kmer", "node_kmer", "node_count"):
                parts.setdefault(name, []).append(graph[name])
            offset += graph.num_nodes
        joined = {name: torch.cat(tensors, dim=-1) for name, tensors in parts.items()}
        side = torch.from_numpy(composition(codes).astype(np.float32))[None]
        return Data(**joined, side=side, num_nodes=offset)

    def spectrum(
        self,
        items: Iterable[Item],
        *,
        y: Sequence[int] | None = None,
        source: Sequence[int] | None = None,
    ) -> Spectrum:
        """Return the counts of all regions' graphs, region after region.

        Parameters
        ----------
        items
            Sequences.
        y, source
            Class and source of each, where known.
        """
        rows = [self._counts(as_codes(item)) for item in items]
        if not rows:
            raise InputError("no sequences", remedy="Give at least one.")
        edges, nodes, side = (torch.from_numpy(np.stack(part)) for part in zip(*rows, strict=True))
        return Spectrum(edges, nodes, side, y=as_labels(y), source=as_labels(source))

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


def as_labels(values: Sequence[int] | None) -> torch.Tensor | None:
    """Return integers as a tensor, None as None."""
    return None if values is None else torch.as_tensor(values, dtype=torch.long)
