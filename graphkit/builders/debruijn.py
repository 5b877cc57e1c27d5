"""De Bruijn graphs: k-mers are nodes, neighbouring k-mers are edges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graphkit.builders.base import SequenceBuilder
from graphkit.builders.features import NodeFeatures, OneHotKmers
from graphkit.builders.occurrences import Occurrences, Path
from graphkit.builders.spectrum import Spectrum, even
from graphkit.errors import InputError
from graphkit.sequences import (
    BREAK,
    COMPOSITION_NAMES,
    composition,
    encode,
    kmer_codes,
    kmer_counts,
    kmer_name,
    runs,
)
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import networkx as nx
    from torch_geometric.data import Data

# Up to this k every k-mer is a node of every graph (4,096 nodes); above it, only those present.
MAX_FIXED_K = 6
MAX_K = 30

Item = Record | str | NDArray[np.uint8]


@dataclass
class DeBruijnBuilder(SequenceBuilder):
    """Builds the weighted de Bruijn graph of a sequence.

    Nodes are k-mers, an edge (u, v) is a (k+1)-mer with weight ``c / sqrt(out(u) * in(v))``: its
    count over the counts leaving u and entering v. Every node also gets one self-loop of weight 1,
    so AAAAA -> AAAAA may stand twice: as the 6-mer AAAAAA and as the added loop.
    Letters other than A, C, G and U/T break the path; nothing is glued together across them.

    For k <= 6 all 4^k k-mers are nodes, in lexicographic order; for larger k those that occur.

    Parameters
    ----------
    k
        Letters per k-mer, 1 to 30.
    features
        Node features; one-hot letters by default.

    References
    ----------
    After SGCL-LncLoc, doi:10.26599/BDMA.2024.9020002.

    Examples
    --------
    >>> builder = DeBruijnBuilder(k=2)
    >>> builder.build("ACGNACG").num_nodes, builder.counts("ACGNACG").sum()
    (16, tensor(2.))
    >>> edges, nodes = builder.provenance("ACGNACG").paths
    >>> edges.start, nodes.start
    (array([0, 4]), array([0, 1, 4, 5]))
    """

    k: int = 5
    features: NodeFeatures | None = None
    _features: NodeFeatures = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.k <= MAX_K:
            raise InputError(f"k = {self.k}", slot="k", remedy=f"Choose 1 to {MAX_K}.")
        self._features = OneHotKmers(self.k) if self.features is None else self.features

    def fit(self, items: Iterable[Item]) -> Self:
        """Learn the node features from sequences; a no-op for one-hot features."""
        self._features.fit(as_codes(item) for item in items)
        return self

    def build(self, item: Item) -> Data:
        """Return the graph of one sequence.

        Parameters
        ----------
        item
            A record, a string, or letters encoded as 0-3 with 4 for a break.

        Returns
        -------
        Data
            ``x [N, F]``, ``edge_index [2, E]``, ``edge_weight [E]``, ``edge_kmer [E]`` (code of the
            (k+1)-mer, -1 for an added self-loop), ``node_kmer [N]``, ``node_count [N]`` and
            ``side [1, S]``.
        """
        # Imported on use: who reads spectra need not wait for PyG.
        from torch_geometric.data import Data

        codes = as_codes(item)
        path = kmer_codes(codes, self.k)[0]
        edge_kmer, edge_count = np.unique(kmer_codes(codes, self.k + 1)[0], return_counts=True)
        node_kmer, node_count = np.unique(path, return_counts=True)
        if self.k <= MAX_FIXED_K:
            node_count = np.bincount(path, minlength=4**self.k)
            node_kmer = np.arange(4**self.k)
        source = np.searchsorted(node_kmer, edge_kmer // 4)
        target = np.searchsorted(node_kmer, edge_kmer % 4**self.k)
        n = len(node_kmer)
        weight = _normalise(edge_count, source, target, n)
        loop = np.arange(n)
        return Data(
            x=torch.from_numpy(self._features(node_kmer)),
            edge_index=torch.from_numpy(
                np.stack([np.concatenate([source, loop]), np.concatenate([target, loop])])
            ),
            edge_weight=torch.from_numpy(np.concatenate([weight, np.ones(n, dtype=np.float32)])),
            edge_kmer=torch.from_numpy(np.concatenate([edge_kmer, np.full(n, -1)])),
            node_kmer=torch.from_numpy(node_kmer),
            node_count=torch.from_numpy(node_count.astype(np.float32)),
            side=torch.from_numpy(composition(codes).astype(np.float32))[None],
            num_nodes=n,
        )

    def provenance(self, item: Item) -> Occurrences:
        """Return where the edges and, numbered after them, the nodes of :meth:`build` occur.

        Added self-loops stand behind the other edges and occur nowhere.
        """
        codes = as_codes(item)
        edge, edge_start = kmer_codes(codes, self.k + 1)
        node, node_start = kmer_codes(codes, self.k)
        edge_kmer, edge_unit = np.unique(edge, return_inverse=True)
        node_kmer, node_unit = np.unique(node, return_inverse=True)
        n = len(node_kmer)
        if self.k <= MAX_FIXED_K:
            n, node_unit = 4**self.k, node
        edges = Path(edge_unit, edge_start, self.k + 1)
        return Occurrences(
            (edges, Path(len(edge_kmer) + n + node_unit, node_start, self.k)), len(codes)
        )

    def variables(self, data: Any, *, level: float = 0.25) -> dict[str, tuple[Tensor, Tensor]]:
        """Return edge weights and node counts of a graph of :meth:`build`, beside a baseline.

        The baseline has no edge but the added self-loops, which are no edge of the sequence, and
        few occurrences spread evenly.
        """
        weight, count = data.edge_weight, data.node_count
        return {
            "edge_weight": (weight, torch.where(data.edge_kmer < 0, weight, 0)),
            "node_count": (count, level * even(count)),
        }

    def counts(self, item: Item) -> Tensor:
        """Return how often each (k+1)-mer occurs: the fast path's whole graph.

        Returns
        -------
        Tensor [4^(k+1)]
            Counts as float32, in lexicographic order.
        """
        self._need_fixed()
        return torch.from_numpy(kmer_counts(as_codes(item), self.k + 1).astype(np.float32))

    def spectrum(self, items: Iterable[Item], *, y: Sequence[int] | None = None) -> Spectrum:
        """Return the graphs of many sequences as one tensor of counts (k <= 6).

        Parameters
        ----------
        items
            Sequences.
        y
            Class of each, where known.
        """
        self._need_fixed()
        sequences = [as_codes(item) for item in items]
        if not sequences:
            raise InputError("no sequences", remedy="Give at least one.")
        edges = np.empty((len(sequences), 4 ** (self.k + 1)), dtype=np.float32)
        nodes = np.empty((len(sequences), 4**self.k), dtype=np.float32)
        side = np.empty((len(sequences), len(COMPOSITION_NAMES)), dtype=np.float32)
        for row, codes in enumerate(sequences):
            counts = kmer_counts(codes, self.k + 1)
            edges[row] = counts
            side[row] = composition(codes)
            nodes[row] = node_counts(codes, counts, self.k)
        return Spectrum(
            edges=torch.from_numpy(edges),
            nodes=torch.from_numpy(nodes),
            side=torch.from_numpy(side),
            y=None if y is None else torch.as_tensor(y, dtype=torch.long),
        )

    def params(self) -> dict[str, Any]:
        """Return the parameters as JSON-ready values."""
        return {
            "name": "debruijn",
            "k": self.k,
            "features": self._features.params(),
        }

    def to_networkx(self, graph: Data) -> nx.MultiDiGraph:
        """Return `graph` with k-mer names as nodes; added self-loops have ``kmer=None``.

        Examples
        --------
        >>> builder = DeBruijnBuilder(k=2)
        >>> network = builder.to_networkx(builder.build("AAAC"))
        >>> [kmer for _, _, kmer in network.edges("AA", data="kmer")]
        ['AAA', None, 'AAC']
        """
        import networkx as nx

        names = [kmer_name(code, self.k) for code in graph.node_kmer.tolist()]
        network = nx.MultiDiGraph(k=self.k)
        for name, count in zip(names, graph.node_count.tolist(), strict=True):
            network.add_node(name, count=int(count))
        sources, targets = graph.edge_index.tolist()
        for u, v, weight, kmer in zip(
            sources, targets, graph.edge_weight.tolist(), graph.edge_kmer.tolist(), strict=True
        ):
            letters = None if kmer < 0 else kmer_name(kmer, self.k + 1)
            network.add_edge(names[u], names[v], weight=weight, kmer=letters)
        return network

    def _need_fixed(self) -> None:
        if self.k > MAX_FIXED_K:
            raise InputError(
                f"k = {self.k} has too many k-mers for a table of counts",
                slot="k",
                remedy=f"Use build() for k > {MAX_FIXED_K}.",
            )


def as_codes(item: Item) -> NDArray[np.uint8]:
    """Return a record, a string or codes as codes."""
    if isinstance(item, Record):
        return encode(item.sequence)
    return encode(item) if isinstance(item, str) else item


def _normalise(
    count: NDArray[np.int64], source: NDArray[np.int64], target: NDArray[np.int64], n: int
) -> NDArray[np.float32]:
    out = np.bincount(source, weights=count, minlength=n)
    into = np.bincount(target, weights=count, minlength=n)
    weight: NDArray[np.float32] = (count / np.sqrt(out[source] * into[target])).astype(np.float32)
    return weight


def node_counts(codes: NDArray[np.uint8], edges: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Count k-mers from (k+1)-mers: each k-mer but the last of a run starts an edge."""
    last_letter = edges.reshape(-1, 4).T
    nodes: NDArray[np.int64] = last_letter[0] + last_letter[1] + last_letter[2] + last_letter[3]
    powers = 4 ** np.arange(k - 1, -1, -1)
    if len(codes) >= k and codes.max() < BREAK:
        nodes[codes[-k:] @ powers] += 1
        return nodes
    start, end = runs(codes)
    last = end[end - start >= k] - k
    letters = codes[last[:, None] + np.arange(k)].astype(np.int64)
    np.add.at(nodes, letters @ powers, 1)
    return nodes
