"""Supervised contrast against a slow loop."""

import pytest
import torch

from graphkit.losses import SupervisedContrast


def by_loop(z: torch.Tensor, y: torch.Tensor, temperature: float) -> torch.Tensor:
    z = z / z.norm(dim=1, keepdim=True)
    terms = []
    for i in range(len(z)):
        others = [j for j in range(len(z)) if j != i]
        positives = [j for j in others if y[j] == y[i]]
        if not positives:
            continue
        total = sum((z[i] @ z[j] / temperature).exp() for j in others)
        terms.append(
            -sum((z[i] @ z[j] / temperature) - total.log() for j in positives) / len(positives)
        )
    return temperature * sum(terms) / len(terms)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("temperature", [0.05, 0.2, 1.0])
def test_loss_and_gradient_equal_loop(dtype: torch.dtype, temperature: float) -> None:
    torch.manual_seed(0)
    z = torch.randn(9, 5, dtype=dtype)
    y = torch.tensor([0, 0, 1, 1, 1, 2, 0, 1, 3])
    fast, slow = z.clone().requires_grad_(), z.clone().requires_grad_()
    loss, expected = SupervisedContrast(temperature)(fast, y), by_loop(slow, y, temperature)
    torch.testing.assert_close(loss, expected, atol=1e-5, rtol=1e-5)
    loss.backward()
    expected.backward()
    torch.testing.assert_close(fast.grad, slow.grad, atol=1e-5, rtol=1e-4)


def test_no_pair_is_zero_with_a_gradient() -> None:
    z = torch.randn(2, 3, requires_grad=True)
    loss = SupervisedContrast()(z, torch.tensor([0, 1]))
    loss.backward()
    assert loss.item() == 0
    assert z.grad.abs().sum() == 0


def test_pairs_in_place_of_labels() -> None:
    torch.manual_seed(0)
    z, y = torch.randn(4, 3), torch.tensor([0, 0, 1, 1])
    same = y[:, None] == y[None, :]
    positive = (same & ~torch.eye(4, dtype=bool)).nonzero(as_tuple=True)
    pairs = (*positive, *(~same).nonzero(as_tuple=True))
    loss = SupervisedContrast()
    torch.testing.assert_close(loss(z, indices_tuple=pairs), loss(z, y))


def test_scale_of_embeddings_does_not_matter() -> None:
    torch.manual_seed(0)
    z, y = torch.randn(6, 3), torch.tensor([0, 1, 0, 1, 0, 1])
    loss = SupervisedContrast()
    torch.testing.assert_close(loss(z * 100, y), loss(z, y))
    assert loss(z * 1e4, y).isfinite()
