"""Readouts against loops, flat and stacked."""

import pytest
import torch

from graphkit.errors import InputError
from graphkit.nn import READOUTS, make_readout

NODES, DIM, GRAPHS = 6, 4, 3


def by_loop(name: str, gate: torch.nn.Module | None, nodes: torch.Tensor, count: torch.Tensor):
    weights = []
    for row, c in zip(nodes, count, strict=True):
        raw = 1.0 if name == "mean" else gate(row).exp().item()
        factor = {"mean": 1.0, "attention": 1.0, "present": float(c > 0), "count": float(c)}[name]
        weights.append(raw * factor)
    shares = torch.tensor(weights) / sum(weights)
    return shares, sum(s * row for s, row in zip(shares, nodes, strict=True))


@pytest.mark.parametrize("name", READOUTS)
def test_readouts_equal_loop_flat_and_stacked(name: str) -> None:
    torch.manual_seed(1)
    readout = make_readout(name, DIM)
    nodes = torch.randn(GRAPHS, NODES, DIM)
    count = torch.tensor([[0, 1, 2, 0, 5, 1], [1, 0, 0, 0, 0, 0], [3, 3, 3, 3, 3, 3]]).float()
    batch = torch.arange(GRAPHS).repeat_interleave(NODES)
    stacked, stacked_shares = readout(nodes, None, count)
    flat, flat_shares = readout(nodes.flatten(0, 1), batch, count.flatten())
    torch.testing.assert_close(flat, stacked)
    torch.testing.assert_close(flat_shares, stacked_shares.flatten())
    for i in range(GRAPHS):
        shares, graph = by_loop(name, getattr(readout, "gate", None), nodes[i], count[i])
        torch.testing.assert_close(stacked_shares[i], shares)
        torch.testing.assert_close(stacked[i], graph)


@pytest.mark.parametrize("name", READOUTS)
def test_nothing_present_is_finite(name: str) -> None:
    graph, shares = make_readout(name, DIM)(torch.randn(1, NODES, DIM), None, torch.zeros(1, NODES))
    assert graph.isfinite().all()
    expected = 0 if name in ("present", "count") else 1
    assert shares.sum().item() == pytest.approx(expected, abs=1e-5)


def test_large_scores_stay_finite() -> None:
    readout = make_readout("count", 1)
    torch.nn.init.constant_(readout.gate.weight, 1e4)
    graph, shares = readout(torch.tensor([[[1.0], [2.0]]]), None, torch.ones(1, 2))
    assert shares.tolist() == [[0.0, 1.0]]
    assert graph.item() == 2.0


def test_counts_have_a_gradient_also_where_they_are_zero() -> None:
    count = torch.tensor([[0.0, 2.0, 1.0]], requires_grad=True)
    graph, _ = make_readout("count", DIM)(torch.randn(1, 3, DIM), None, count)
    graph.sum().backward()
    assert count.grad.isfinite().all()
    assert (count.grad != 0).all()


def test_one_graph_needs_no_batch() -> None:
    graph, _ = make_readout("mean", 1)(torch.tensor([[1.0], [3.0]]))
    assert graph.tolist() == [[2.0]]


@pytest.mark.parametrize("name", ["present", "count"])
def test_counts_are_asked_for(name: str) -> None:
    with pytest.raises(InputError, match=r"node_count.*needs how often"):
        make_readout(name, DIM)(torch.randn(NODES, DIM))


def test_unknown_readout() -> None:
    with pytest.raises(InputError, match="no readout 'max'"):
        make_readout("max", DIM)
