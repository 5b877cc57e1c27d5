"""General encoders."""

import pytest
import torch

from graphkit.nn import GATEncoder, GCNEncoder, MeanReadout


def graph() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    edges = torch.tensor([[0, 1, 2, 2, 0, 1, 2, 2], [1, 2, 0, 2, 0, 1, 2, 0]])
    return torch.randn(3, 4), edges, torch.rand(8)


def test_gcn_equals_dense_matrices() -> None:
    x, edges, weights = graph()
    encoder = GCNEncoder((4, 5, 3))
    adjacency = torch.zeros(3, 3)
    for (u, v), w in zip(edges.T.tolist(), weights, strict=True):
        adjacency[v, u] += w
    expected = x
    for conv in encoder.convs:
        expected = (adjacency @ expected @ conv.lin.weight.T + conv.bias).relu()
    torch.testing.assert_close(encoder(x, edges, weights).nodes, expected)


def test_gat_attention_keeps_edge_order_and_sums_to_one() -> None:
    x, edges, weights = graph()
    encoding = GATEncoder((4, 6), heads=2)(x, edges, weights)
    assert encoding.attention.shape == (8,)
    into = torch.zeros(3).scatter_add(0, edges[1], encoding.attention)
    torch.testing.assert_close(into, torch.ones(3))
    order = torch.randperm(8)
    again = GATEncoder((4, 6), heads=2)
    torch.manual_seed(1)
    shuffled = again(x, edges[:, order], weights[order]).attention
    torch.testing.assert_close(shuffled, again(x, edges, weights).attention[order])


@pytest.mark.parametrize("encoder", [GCNEncoder, GATEncoder])
def test_side_features_join_the_graph(encoder: type) -> None:
    x, edges, weights = graph()
    net = encoder((4, 4), readout=MeanReadout())
    side = torch.tensor([[7.0, 8.0]])
    encoding = net(x, edges, weights, side=side)
    assert encoding.graph.shape == (1, 6)
    assert encoding.graph[0, 4:].tolist() == [7.0, 8.0]


@pytest.mark.parametrize("encoder", [GCNEncoder, GATEncoder])
def test_permuting_nodes_permutes_embeddings(encoder: type) -> None:
    x, edges, weights = graph()
    net = encoder((4, 4, 4), readout=MeanReadout())
    order = torch.tensor([2, 0, 1])
    place = order.argsort()
    plain, permuted = net(x, edges, weights), net(x[order], place[edges], weights)
    torch.testing.assert_close(permuted.nodes, plain.nodes[order])
    torch.testing.assert_close(permuted.graph, plain.graph)


def test_missing_weights_are_one() -> None:
    x, edges, _ = graph()
    for net in (GCNEncoder((4, 4)), GATEncoder((4, 4))):
        torch.testing.assert_close(net(x, edges).nodes, net(x, edges, torch.ones(8)).nodes)


def test_without_readout_there_is_no_graph() -> None:
    x, edges, weights = graph()
    assert GCNEncoder((4, 4))(x, edges, weights).graph is None
