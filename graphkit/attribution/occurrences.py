"""Where k-mers occur in the sequence they came from: the provenance of de Bruijn graphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphkit.sequences import kmer_codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from torch_geometric.data import Data

    from graphkit.builders import Region

    Codes = NDArray[np.uint8]


class Path(NamedTuple):
    """One walk through a graph.

    Parameters
    ----------
    unit : int64 [P]
        Node or edge that is visited at each step.
    start : int64 [P]
        0-based position of its first letter in the whole sequence; no two are alike.
    width
        Letters of each unit.
    """

    unit: NDArray[np.int64]
    start: NDArray[np.int64]
    width: int


@dataclass(frozen=True)
class Occurrences:
    """Provenance of a sequence's nodes or edges.

    A unit's score is split equally over its occurrences, and each of these over its letters: what
    the positions add up to is what the units add up to.

    Parameters
    ----------
    paths
        Walks, for example one per region; a unit belongs to one of them.
    covered : bool [L]
        Positions that some k-mer covers; all others score NaN, never 0.

    Examples
    --------
    >>> path = Path(np.array([0, 1, 0]), np.array([0, 1, 2]), width=2)
    >>> Occurrences((path,), np.array([True, True, True, True, False])).project(np.array([4.0, 1]))
    array([1. , 1.5, 1.5, 1. , nan])
    """

    paths: tuple[Path, ...]
    covered: NDArray[np.bool_]

    @property
    def ids(self) -> range:
        """0-based positions of the whole sequence."""
        return range(len(self.covered))

    def project(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Carry scores of units, ``[n]``, to positions, ``[L]``."""
        track = np.zeros(len(self.covered))
        for unit, start, width in self.paths:
            times = np.bincount(unit, minlength=len(values))
            each = np.asarray(values, dtype=np.float64) / np.maximum(times, 1) / width
            share = each[unit]
            for offset in range(width):
                track[start + offset] += share
        return np.where(self.covered, track, np.nan)


def region_occurrences(codes: Codes, regions: Iterable[Region]) -> tuple[Occurrences, Occurrences]:
    """Return where the edges and the nodes of regions of fixed topology occur.

    Units are numbered as a :class:`~graphkit.builders.Spectrum` holds them: all (k+1)-mers, or all
    k-mers, of one region after another.

    Parameters
    ----------
    codes : uint8 [L]
        The whole sequence.
    regions
        What graphs were built of.
    """
    edges, nodes = [], []
    n_edges = n_nodes = 0
    for region in regions:
        start, end = region.span(len(codes))
        edges.append(_path(codes[start:end], region.k + 1, start=start, offset=n_edges))
        nodes.append(_path(codes[start:end], region.k, start=start, offset=n_nodes))
        n_edges += 4 ** (region.k + 1)
        n_nodes += 4**region.k
    return _with_cover(edges, nodes, len(codes))


def graph_occurrences(codes: Codes, graph: Data, k: int) -> tuple[Occurrences, Occurrences]:
    """Return where the edges and the nodes of one graph occur, numbered as the graph holds them.

    Parameters
    ----------
    codes : uint8 [L]
        The sequence.
    graph
        From :class:`~graphkit.builders.DeBruijnBuilder`; its added self-loops occur nowhere.
    k
        Letters per node.
    """
    kmer = graph.edge_kmer.cpu().numpy()
    real = np.flatnonzero(kmer >= 0)
    edge, edge_start = kmer_codes(codes, k + 1)
    node, node_start = kmer_codes(codes, k)
    names = graph.node_kmer.cpu().numpy()
    edges = Path(real[np.searchsorted(kmer[real], edge)], edge_start, k + 1)
    nodes = Path(np.searchsorted(names, node), node_start, k)
    return _with_cover([edges], [nodes], len(codes))


def _path(codes: Codes, width: int, *, start: int, offset: int) -> Path:
    unit, position = kmer_codes(codes, width)
    return Path(unit + offset, position + start, width)


def _with_cover(
    edges: Sequence[Path], nodes: Sequence[Path], length: int
) -> tuple[Occurrences, Occurrences]:
    covered = np.zeros(length, dtype=bool)
    for path in nodes:
        for offset in range(path.width):
            covered[path.start + offset] = True
    return Occurrences(tuple(edges), covered), Occurrences(tuple(nodes), covered)
