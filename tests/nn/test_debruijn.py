"""The fixed-topology path against the general one, forward and gradient."""

import pytest
import torch
from torch_geometric.data import Batch

from graphkit.builders import DeBruijnBuilder, edge_weights
from graphkit.nn import FixedTopology, GCNEncoder, make_readout, propagate

TEXTS = ["ACGUACGGUCAGGACUUACGAGCA" * 3, "A" * 30, "ACGNNACGUGCUAGCUAGCAUUAG", "GU" * 20]


@pytest.mark.parametrize("shared", [True, False])
def test_propagate_equals_dense_adjacency(shared: bool) -> None:
    k, size, dim = 2, 3, 5
    n = 4**k
    weights = torch.rand(size, 4 * n)
    nodes = torch.rand(n, dim) if shared else torch.rand(size, n, dim)
    adjacency = torch.eye(n).repeat(size, 1, 1)
    for e in range(4 * n):
        adjacency[:, e % n, e // 4] += weights[:, e]
    torch.testing.assert_close(propagate(nodes, weights), adjacency @ nodes)


@pytest.mark.parametrize("k", [2, 3, 5])
@pytest.mark.parametrize("readout", ["mean", "attention", "present", "count"])
def test_fast_path_equals_general_path(k: int, readout: str) -> None:
    torch.manual_seed(0)
    builder = DeBruijnBuilder(k)
    encoder = GCNEncoder((6, 7, 5), readout=make_readout(readout, 5))
    features = torch.randn(4**k, 6)
    graphs = Batch.from_data_list([builder.build(text) for text in TEXTS])
    spectrum = builder.spectrum(TEXTS)
    target = torch.randn(len(TEXTS), 5 + graphs.side.shape[1])

    def run(fast: bool) -> tuple[torch.Tensor, ...]:
        x = features.clone().requires_grad_()
        encoder.zero_grad()
        if fast:
            weights = edge_weights(spectrum.edges).requires_grad_()
            encoding = FixedTopology(encoder, x)(weights, spectrum.nodes, spectrum.side)
            nodes = encoding.nodes.flatten(0, 1)
        else:
            weights = graphs.edge_weight.clone().requires_grad_()
            encoding = encoder(
                x.repeat(len(TEXTS), 1),
                graphs.edge_index,
                weights,
                graphs.batch,
                graphs.node_count,
                graphs.side,
            )
            nodes = encoding.nodes
        (encoding.graph * target).sum().backward()
        by_kmer = weights.grad
        if fast:
            by_kmer = torch.cat([g[c > 0] for g, c in zip(by_kmer, spectrum.edges, strict=True)])
        else:
            by_kmer = by_kmer[graphs.edge_kmer >= 0]
        gradients = [p.grad.clone() for p in encoder.parameters()]
        shares = encoding.node_weights.flatten()
        return (encoding.graph, nodes, shares, x.grad, by_kmer, *gradients)

    for fast, general in zip(run(fast=True), run(fast=False), strict=True):
        torch.testing.assert_close(fast, general, atol=1e-5, rtol=1e-5)


def test_one_sequence_at_a_time_equals_a_batch() -> None:
    encoder = GCNEncoder((3, 4), readout=make_readout("count", 4))
    spectrum = DeBruijnBuilder(2).spectrum(TEXTS)
    fast = FixedTopology(encoder, torch.rand(16, 3))
    weights = edge_weights(spectrum.edges)
    whole = fast(weights, spectrum.nodes).graph
    single = [fast(weights[[i]], spectrum.nodes[[i]]).graph for i in range(len(TEXTS))]
    torch.testing.assert_close(torch.cat(single), whole)


@pytest.mark.parametrize("readout", ["mean", "attention", "count"])
def test_graphs_without_gradients_equal_those_with(readout: str) -> None:
    torch.manual_seed(0)
    encoder = GCNEncoder((3, 6, 4), readout=make_readout(readout, 4))
    spectrum = DeBruijnBuilder(3).spectrum(TEXTS)
    weights = edge_weights(spectrum.edges)
    fast = FixedTopology(encoder, torch.rand(64, 3))
    whole = fast(weights, spectrum.nodes, spectrum.side).graph
    with_gradients = fast.graphs(weights, spectrum.nodes, spectrum.side)
    with torch.no_grad():
        without = fast.graphs(weights, spectrum.nodes, spectrum.side)
        again = fast.graphs(weights, spectrum.nodes, spectrum.side)
    torch.testing.assert_close(with_gradients, whole)
    torch.testing.assert_close(without, whole)
    torch.testing.assert_close(without, again)


def test_graphs_need_a_readout() -> None:
    fast = FixedTopology(GCNEncoder((3, 4)), torch.rand(16, 3))
    with pytest.raises(ValueError, match="no readout"):
        fast.graphs(torch.zeros(1, 64))
