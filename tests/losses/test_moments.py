"""Matched moments, against a slow loop."""

import pytest
import torch

from graphkit.losses import MatchedMoments


def by_loop(z, groups):
    mean, deviation = z.mean(dim=0), z.std(dim=0, correction=0)
    terms = []
    for group in sorted(set(groups)):
        rows = [i for i, one in enumerate(groups) if one == group]
        if len(rows) < 2:
            continue
        unit = [(z[i] - mean) / deviation for i in rows]
        centre = sum(unit) / len(unit)
        variance = sum((one - centre) ** 2 for one in unit) / len(unit)
        terms.append((centre**2 + (variance - 1) ** 2).mean())
    return sum(terms) / len(terms)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("groups", [[0, 0, 1, 1, 1, 0], [0, 0, 1, 1, 2, 3]])
def test_loss_and_gradient_equal_loop(dtype, groups):
    torch.manual_seed(0)
    z = torch.randn(6, 3, dtype=dtype)
    fast, slow = z.clone().requires_grad_(), z.clone().requires_grad_()
    loss = MatchedMoments()(fast, torch.tensor(groups))
    expected = by_loop(slow, groups)
    torch.testing.assert_close(loss, expected, atol=1e-5, rtol=1e-5)
    loss.backward()
    expected.backward()
    torch.testing.assert_close(fast.grad, slow.grad, atol=1e-5, rtol=1e-4)


def test_scale_and_place_of_all_items_are_nothing_to_it():
    z, groups = torch.randn(8, 3), torch.tensor([0, 1] * 4)
    loss = MatchedMoments()
    torch.testing.assert_close(loss(5 * z + 2, groups), loss(z, groups), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("groups", [[], [0], [0, 0, 0], [0, 1, 2], [0, 0, 1]])
def test_groups_that_cannot_differ_cost_nothing_with_a_gradient(groups):
    z = torch.randn(len(groups), 3, requires_grad=True)
    loss = MatchedMoments()(z, torch.tensor(groups, dtype=torch.int64))
    loss.backward()
    assert loss.item() == 0
    assert z.grad.abs().sum() == 0


def test_more_items_may_come_from_elsewhere():
    z, groups = torch.randn(8, 3), torch.tensor([0, 1] * 4)
    loss = MatchedMoments()
    torch.testing.assert_close(
        loss(z[:4], groups[:4], ref_emb=z[4:], ref_labels=groups[4:]), loss(z, groups)
    )


def test_gradients_are_finite_where_a_number_does_not_vary():
    z = torch.zeros(4, 2, requires_grad=True)
    MatchedMoments()(z, torch.tensor([0, 0, 1, 1])).backward()
    assert z.grad.isfinite().all()
