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


def pairs(near):
    return near.nonzero(as_tuple=True)


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
    assert torch.allclose(ViewAlignment(t)(first, ref_emb=second), whole + 0.5 * rows.mean())
    assert ViewAlignment(t)(first).abs() < 1e-12


def test_contrast_is_the_formula():
    first, second, near = views()
    t, n = 0.5, len(first)
    p, q = (first / t).softmax(1), (second / t).softmax(1)
    ratios = []
    for i in range(n):
        inside = [skl(p[i], q[j]) for j in range(n) if near[i, j]]
        others = [skl(p[i], q[j]) for j in range(n) if j != i]
        ratios.append((sum(inside) / len(inside)) / (sum(others) / len(others)))
    found = NeighborContrast(t)(first, indices_tuple=pairs(near), ref_emb=second)
    assert torch.allclose(found, torch.stack(ratios).mean())


def test_consistency_is_the_formula():
    first, second, near = views()
    total = 0.0
    for i in range(len(first)):
        for j in range(len(first)):
            cosine = first[i] @ second[j] / first[i].norm() / second[j].norm()
            total += (cosine - float(near[i, j])) ** 2
    found = CrossViewConsistency()(first, indices_tuple=pairs(near), ref_emb=second)
    assert torch.allclose(found, total / len(first) ** 2)


@pytest.mark.parametrize(
    ("loss", "n"),
    [(NeighborContrast(), 1), *((kind(), 0) for kind in (ViewAlignment, CrossViewConsistency))],
)
def test_nothing_to_compare_gives_zero_with_a_gradient(loss, n):
    first = torch.randn(n, 4, requires_grad=True)
    value = loss(first, ref_emb=torch.randn(n, 4))
    value.backward()
    assert value == 0
    assert first.grad is not None


@pytest.mark.parametrize("loss", [NeighborContrast(), CrossViewConsistency()])
def test_items_of_one_label_are_neighbours(loss):
    first, second, _ = views()
    y = torch.tensor([0, 0, 1, 1, 1, 2, 3])
    named = loss(first, indices_tuple=pairs(y[:, None] == y), ref_emb=second)
    assert loss(first, y, ref_emb=second) == named
    alone = loss(first, indices_tuple=pairs(torch.eye(7)), ref_emb=second)
    assert loss(first, ref_emb=second) == alone != named


@pytest.mark.parametrize("scale", [1.0, 1e3])
def test_gradients_are_finite_in_single_precision(scale):
    first, second, near = views(dtype=torch.float32)
    first = (scale * first).requires_grad_()
    loss = ViewAlignment()(first, ref_emb=second)
    loss += NeighborContrast()(first, indices_tuple=pairs(near), ref_emb=second)
    (loss + CrossViewConsistency()(first, indices_tuple=pairs(near), ref_emb=second)).backward()
    assert torch.isfinite(first.grad).all()
