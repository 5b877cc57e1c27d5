"""Graph data sets, and what a builder of sequences gets for nothing."""

import numpy as np
import pytest
import torch

from graphkit.builders import DeBruijnBuilder, GraphDataset, SequenceBuilder
from graphkit.errors import InputError
from graphkit.sequences import encode


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
    builder: SequenceBuilder = DeBruijnBuilder(2)
    assert builder.fit(["ACGU"]) is builder
    assert {"x", "edge_index", "edge_weight"} <= set(builder.build("ACGU").keys())
    assert builder.windows(100) == ()


def test_many_sequences_are_graphs_with_labels() -> None:
    data = DeBruijnBuilder(7).inputs([encode("ACGUACGUA"), encode("GGGGGGGGG")], y=[0, 1])
    assert data[[1, 0]].y.tolist() == [1, 0]


def test_variants_are_read_anew() -> None:
    builder, codes = DeBruijnBuilder(2), encode("ACGU")
    data = builder.variants(codes, np.array([0, 3]), np.array([2, 0]))
    for row, text in enumerate(["GCGU", "ACGA"]):
        assert torch.equal(data[[row]].node_count, builder.build(text).node_count)
    assert codes.tolist() == [0, 1, 2, 3]


def test_a_builder_that_knows_nothing_of_where_says_so() -> None:
    assert SequenceBuilder().fit([]) is not None
    with pytest.raises(InputError, match="SequenceBuilder does not say what its graphs came from"):
        SequenceBuilder().provenance(encode("ACGU"))
    with pytest.raises(NotImplementedError):
        SequenceBuilder().inputs([encode("ACGU")])
    with pytest.raises(NotImplementedError):
        SequenceBuilder().variables(None)
