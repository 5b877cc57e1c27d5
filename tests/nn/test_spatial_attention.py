"""Neighbour attention against a slow loop, and what it must not depend on."""

import math

import pytest
import torch

from graphkit.nn import NeighborAttention


def random_layer(dim=5, dtype=torch.float64):
    torch.manual_seed(0)
    layer = NeighborAttention(dim).to(dtype)
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return layer


def example(dtype=torch.float64):
    torch.manual_seed(1)
    nodes = torch.randn(9, 5, dtype=dtype)
    seed = torch.tensor([0, 3, 4, 8])
    index = torch.randint(0, 9, (4, 6))
    mask = torch.rand(4, 6) < 0.6
    mask[2] = False
    mask[0, 0] = True
    return nodes, seed, index, mask, torch.rand(4, 6, dtype=dtype) * 2


def by_loop(layer, nodes, seed, index, mask, distance):
    out, gates = [], []
    for i, s in enumerate(seed):
        own = nodes[s]
        places = [j for j in range(index.shape[1]) if mask[i, j]]
        if not places:
            out.append(own)
            gates.append(own.new_zeros(()))
            continue
        scores = torch.stack(
            [
                layer.query(own) @ layer.key(nodes[index[i, j]]) / math.sqrt(len(own))
                + layer.radial(distance[i, j].reshape(1))[0]
                for j in places
            ]
        ).softmax(0)
        values = [nodes[index[i, j]] + layer.change(nodes[index[i, j]]) for j in places]
        around = sum(a * v for a, v in zip(scores, values, strict=True))
        gate = layer.gate(torch.cat([own, around])).sigmoid()[0]
        gates.append(gate)
        out.append((1 - gate) * own + gate * around)
    return torch.stack(out), torch.stack(gates)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_forward_and_gradient_equal_the_loop(dtype):
    layer = random_layer(dtype=dtype)
    nodes, *rest = example(dtype)
    fast, slow = nodes.clone().requires_grad_(), nodes.clone().requires_grad_()
    mix = layer(fast, *rest)
    expected, gates = by_loop(layer, slow, *rest)
    torch.testing.assert_close(mix.nodes, expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(mix.gate, gates, atol=1e-5, rtol=1e-5)
    mix.nodes.square().sum().backward()
    expected.square().sum().backward()
    torch.testing.assert_close(fast.grad, slow.grad, atol=1e-4, rtol=1e-4)


def test_spot_without_neighbors_stays_itself_and_has_a_finite_gradient():
    layer = random_layer()
    nodes, seed, index, mask, distance = example()
    nodes.requires_grad_()
    mix = layer(nodes, seed, index, mask, distance)
    torch.testing.assert_close(mix.nodes[2], nodes[4])
    assert mix.gate[2] == 0
    assert mix.attention[2].sum() == 0
    mix.nodes.sum().backward()
    assert nodes.grad.isfinite().all()
    assert all(p.grad.isfinite().all() for p in layer.parameters() if p.grad is not None)


def test_order_of_neighbors_and_what_is_masked_do_not_matter():
    layer = random_layer()
    nodes, seed, index, mask, distance = example()
    mix = layer(nodes, seed, index, mask, distance)
    order = torch.randperm(6)
    index = torch.where(mask, index, torch.randint(0, 9, index.shape))
    turned = layer(nodes, seed, index[:, order], mask[:, order], distance[:, order])
    torch.testing.assert_close(mix.nodes, turned.nodes)
    torch.testing.assert_close(mix.attention[:, order], turned.attention)
    rows = mask.any(dim=1)
    torch.testing.assert_close(mix.attention.sum(dim=1), rows.to(mix.attention))


def test_large_scores_stay_finite():
    layer = random_layer()
    nodes, *rest = example()
    mix = layer(nodes * 1e4, *rest)
    assert mix.nodes.isfinite().all()


def test_starts_as_half_the_mean_of_the_neighbors():
    torch.manual_seed(0)
    layer = NeighborAttention(2)
    for parameter in (*layer.query.parameters(), *layer.radial.parameters()):
        torch.nn.init.zeros_(parameter)
    nodes = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 4.0]])
    index = torch.tensor([[1, 2]])
    mix = layer(nodes, torch.tensor([0]), index, index > 0, torch.ones(1, 2))
    assert mix.nodes.tolist() == [[0.5, 1.0]]
