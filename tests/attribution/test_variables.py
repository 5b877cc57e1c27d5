"""What can be varied gives the model's own answer where nothing is."""

import pytest
import torch

from graphkit.attribution.variables import variables
from graphkit.methods import SGCLLncLocParams
from graphkit.sequences import encode

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
            expected = member.logits(model.inputs([codes])[[0]])
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
    loops = held.data.edge_kmer < 0
    assert (held.baseline[0][loops] == 1).all()
    assert (held.baseline[0][~loops] == 0).all()
