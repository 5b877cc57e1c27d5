"""The distance with relative entropy, against a slow loop, and in losses of others."""

import pytest
import torch
from pytorch_metric_learning.losses import ContrastiveLoss, CrossBatchMemory, TripletMarginLoss
from pytorch_metric_learning.miners import BatchHardMiner

from graphkit.losses import RDEDistance


def by_loop(queries, references, *, weight, temperature):
    rows = []
    for a in queries:
        row = []
        for b in references:
            a_unit, b_unit = a / a.norm(), b / b.norm()
            p, q = ((one / temperature).exp() for one in (a_unit, b_unit))
            p, q = p / p.sum(), q / q.sum()
            entropy = ((p * (p / q).log()).sum() + (q * (q / p).log()).sum()) / 2
            row.append((a_unit - b_unit).norm() * (1 + weight * entropy))
        rows.append(torch.stack(row))
    return torch.stack(rows)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("weight", "temperature"), [(0.0, 1.0), (1.0, 0.1), (3.0, 1.0)])
def test_distance_and_gradient_equal_loop(dtype, weight, temperature):
    torch.manual_seed(0)
    z, ref = torch.randn(5, 6, dtype=dtype), torch.randn(4, 6, dtype=dtype)
    fast, slow = z.clone().requires_grad_(), z.clone().requires_grad_()
    found = RDEDistance(weight, temperature)(fast, ref)
    expected = by_loop(slow, ref, weight=weight, temperature=temperature)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
    toward = torch.rand(5, 4, dtype=dtype)
    (found * toward).sum().backward()
    (expected * toward).sum().backward()
    torch.testing.assert_close(fast.grad, slow.grad, atol=1e-4, rtol=1e-4)


def test_it_is_symmetric_and_nothing_is_nearer_than_the_item_itself():
    z = torch.randn(6, 8)
    found = RDEDistance()(z)
    torch.testing.assert_close(found, found.T, atol=1e-5, rtol=1e-5)
    assert (found.argmin(dim=1) == torch.arange(6)).all()
    torch.testing.assert_close(
        RDEDistance().pairwise_distance(*[torch.nn.functional.normalize(z)] * 2), found.diagonal()
    )


@pytest.mark.parametrize("loss", [TripletMarginLoss, ContrastiveLoss])
def test_any_pair_loss_and_miner_takes_it(loss):
    z, y = torch.randn(6, 4, requires_grad=True), torch.tensor([0, 0, 1, 1, 2, 2])
    parts = loss(distance=RDEDistance())
    value = parts(z, y, BatchHardMiner(distance=RDEDistance())(z, y))
    value.backward()
    assert value > 0
    assert z.grad.isfinite().all()
    assert z.grad.abs().sum() > 0


def test_a_queue_takes_it():
    memory = CrossBatchMemory(TripletMarginLoss(distance=RDEDistance()), 4, memory_size=12)
    z, y = torch.randn(6, 4, requires_grad=True), torch.tensor([0, 0, 1, 1, 2, 2])
    memory(torch.randn(6, 4), y)
    memory(z, y).backward()
    assert z.grad.abs().sum() > 0


def test_gradients_are_finite_where_items_coincide():
    z = torch.ones(3, 4, requires_grad=True)
    RDEDistance()(z).sum().backward()
    assert z.grad.isfinite().all()
