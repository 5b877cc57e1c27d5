"""The three losses against the formulas they come from, written as loops."""

import pytest
import torch

from graphkit.losses import (
    CrossViewConsistency,
    NeighborContrast,
    ViewAlignment,
    pairwise_divergence,
)


def views(n=7, d=4, *, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    first, second = (torch.randn(n, d, generator=generator, dtype=dtype) for _ in range(2))
    near = torch.rand(n, n, generator=generator) < 0.4
    return first, second, near | near.T | torch.eye(n, dtype=torch.bool)


def skl(p, q):
    return (p * (p / q).log()).sum() + (q * (q / p).log()).sum()


def test_divergence_of_pairs_is_the_formula():
    first, second, _ = views()
    p, q = first.softmax(1), second.softmax(1)
    slow = torch.stack([torch.stack([skl(a, b) for b in q]) for a in p])
    assert torch.allclose(pairwise_divergence(p.log(), q.log()), slow)


def test_alignment_is_the_formula():
    first, second, _ = views()
    t = 0.3
    whole = skl((first / t).flatten().softmax(0), (second / t).flatten().softmax(0))
    rows = torch.stack(
        [skl(a, b) for a, b in zip((first / t).softmax(1), (second / t).softmax(1), strict=True)]
    )
    assert torch.allclose(ViewAlignment(t)(first, second), whole + 0.5 * rows.mean())
    assert ViewAlignment(t)(first, first).abs() < 1e-12


def test_contrast_is_the_formula():
    first, second, near = views()
    t, n = 0.5, len(first)
    p, q = (first / t).softmax(1), (second / t).softmax(1)
    ratios = []
    for i in range(n):
        inside = [skl(p[i], q[j]) for j in range(n) if near[i, j]]
        others = [skl(p[i], q[j]) for j in range(n) if j != i]
        ratios.append((sum(inside) / len(inside)) / (sum(others) / len(others)))
    found = NeighborContrast(t)(first, second, near)
    assert torch.allclose(found, torch.stack(ratios).mean())


def test_consistency_is_the_formula():
    first, second, near = views()
    total = 0.0
    for i in range(len(first)):
        for j in range(len(first)):
            cosine = first[i] @ second[j] / first[i].norm() / second[j].norm()
            total += (cosine - float(near[i, j])) ** 2
    found = CrossViewConsistency()(first, second, near)
    assert torch.allclose(found, total / len(first) ** 2)


def test_one_spot_alone_gives_zero_with_a_gradient():
    first = torch.randn(1, 4, requires_grad=True)
    loss = NeighborContrast()(first, torch.randn(1, 4), torch.ones(1, 1, dtype=torch.bool))
    loss.backward()
    assert loss == 0
    assert first.grad is not None


@pytest.mark.parametrize("scale", [1.0, 1e3])
def test_gradients_are_finite_in_single_precision(scale):
    first, second, near = views(dtype=torch.float32)
    first = (scale * first).requires_grad_()
    loss = ViewAlignment()(first, second) + NeighborContrast()(first, second, near)
    (loss + CrossViewConsistency()(first, second, near)).backward()
    assert torch.isfinite(first.grad).all()
