"""What can be varied gives the model's own answer where nothing is."""

import numpy as np
import pytest
import torch

from graphkit.attribution.variables import variables
from graphkit.methods import SGCLLncLocParams
from graphkit.sequences import encode, kmer_name

SMALL = {"embedding_dim": 4, "hidden": 4}


@pytest.mark.parametrize("kind", ["lncloc", "fixed", "graphs", "gat"])
def test_unvaried_inputs_give_the_models_logits(toys, kind):
    model = {
        "lncloc": lambda: toys.lncloc(2),
        "fixed": lambda: toys.sgcl(SGCLLncLocParams(k=4, **SMALL)),
        "graphs": lambda: toys.sgcl(SGCLLncLocParams(k=7, **SMALL)),
        "gat": lambda: toys.sgcl(SGCLLncLocParams(k=3, conv="gat", **SMALL)),
    }[kind]()
    codes = encode(toys.TEXT)
    held = variables(model, codes)
    batch = held.copies(3)
    with torch.no_grad():
        for member in model.members:
            found = held.logits(member, batch, tuple(x.expand(3, -1) for x in held.x))
            expected = member.logits(model.builder.inputs([codes])[[0]])
            torch.testing.assert_close(found, expected.expand(3, -1), atol=1e-5, rtol=1e-5)


def test_baseline_has_no_edge_and_few_occurrences_spread_evenly(toys):
    model = toys.linear()
    held = variables(model, encode(toys.TEXT))
    edges, nodes, side = held.baseline
    assert (edges == 0).all()
    # Two regions: 38 3-mers among 64 nodes, 11 2-mers among 16.
    torch.testing.assert_close(nodes[:64], torch.full((64,), 0.25 * 38 / 64))
    torch.testing.assert_close(nodes[64:], torch.full((16,), 0.25 * 11 / 16))
    assert torch.equal(side, model.side_baseline)


def test_added_self_loops_stay_in_the_baseline_of_a_graph(toys):
    model = toys.sgcl(SGCLLncLocParams(k=7, **SMALL))
    held = variables(model, encode(toys.TEXT))
    loops = held.data[[0]].edge_kmer < 0
    assert (held.baseline[0][loops] == 1).all()
    assert (held.baseline[0][~loops] == 0).all()


def test_units_are_numbered_as_the_provenance_has_them(toys):
    # All mass on one unit lands on the letters that this unit covers.
    model, codes = toys.sgcl(SGCLLncLocParams(k=7, **SMALL)), encode(toys.TEXT)
    held, graph = variables(model, codes), model.builder.build(codes)
    n_edges = len(held.units[0])
    assert n_edges == len(graph.edge_kmer)
    values = torch.zeros(n_edges + len(held.units[1]), dtype=torch.float64)
    values[n_edges] = 1.0
    name = kmer_name(int(graph.node_kmer[0]), 7)
    at = toys.TEXT.index(name)
    track = held.provenance.project(values.numpy())
    assert np.flatnonzero(track).tolist() == list(range(at, at + 7))
