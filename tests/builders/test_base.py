"""Graph data sets and the builder contract."""

import torch

from graphkit.builders import Builder, DeBruijnBuilder, GraphDataset


def test_indexing_makes_a_batch() -> None:
    builder = DeBruijnBuilder(2)
    graphs = [builder.build(text) for text in ("ACGU", "GGGG", "ACAC")]
    for label, graph in enumerate(graphs):
        graph.y = torch.tensor([label])
    dataset = GraphDataset(graphs)
    batch = dataset[[2, 0]]
    assert len(dataset) == 3
    assert batch.y.tolist() == [2, 0]
    assert torch.equal(batch.node_count[:16], graphs[2].node_count)


def test_debruijn_keeps_the_contract() -> None:
    builder: Builder = DeBruijnBuilder(2)
    assert builder.fit(["ACGU"]) is builder
    assert {"x", "edge_index", "edge_weight"} <= set(builder.build("ACGU").keys())
