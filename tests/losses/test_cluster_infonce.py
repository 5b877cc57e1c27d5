"""InfoNCE without same-cluster negatives, against a slow loop."""

import math

import pytest
import torch
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.losses import NTXentLoss

from graphkit.losses import ClusterInfoNCE


def by_loop(q: torch.Tensor, k: torch.Tensor, weight: list[list[float]], temperature: float):
    q, k = q / q.norm(dim=1, keepdim=True), k / k.norm(dim=1, keepdim=True)
    terms = []
    for i in range(len(q)):
        if not any(weight[i][j] > 0 for j in range(len(q)) if j != i):
            continue
        own = (q[i] @ k[i] / temperature).exp()
        others = sum(
            weight[i][j] * (q[i] @ k[j] / temperature).exp() for j in range(len(q)) if j != i
        )
        terms.append(-(own / (own + others)).log())
    return sum(terms) / len(terms)


def hard(labels: list[int]) -> list[list[float]]:
    return [[float(a != b) for b in labels] for a in labels]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("temperature", [0.05, 0.2, 1.0])
@pytest.mark.parametrize("labels", [None, [0, 0, 1, 1, 2, 0, 3], [0, 1, 2, 3, 4, 5, 6]])
def test_loss_and_gradient_equal_loop(dtype, temperature, labels) -> None:
    torch.manual_seed(0)
    q, k = torch.randn(7, 5, dtype=dtype), torch.randn(7, 5, dtype=dtype)
    fast, slow = q.clone().requires_grad_(), q.clone().requires_grad_()
    given = None if labels is None else torch.tensor(labels)
    loss = ClusterInfoNCE(temperature)(fast, given, ref_emb=k)
    expected = by_loop(slow, k, hard(labels or list(range(7))), temperature)
    torch.testing.assert_close(loss, expected, atol=1e-5, rtol=1e-5)
    loss.backward()
    expected.backward()
    torch.testing.assert_close(fast.grad, slow.grad, atol=1e-5, rtol=1e-4)


def test_soft_clusters_equal_loop() -> None:
    torch.manual_seed(1)
    q, k, p = torch.randn(6, 4), torch.randn(6, 4), torch.randn(6, 3).softmax(dim=1)
    weight = [[float(1 - p[i] @ p[j]) for j in range(6)] for i in range(6)]
    torch.testing.assert_close(
        ClusterInfoNCE()(q, p, ref_emb=k), by_loop(q, k, weight, 0.2), atol=1e-5, rtol=1e-5
    )


def test_one_hot_probabilities_are_hard_labels() -> None:
    torch.manual_seed(2)
    q, k, y = torch.randn(5, 4), torch.randn(5, 4), torch.tensor([0, 1, 1, 2, 0])
    loss = ClusterInfoNCE()
    soft = loss(q, torch.nn.functional.one_hot(y), ref_emb=k)
    torch.testing.assert_close(soft, loss(q, y, ref_emb=k))


@pytest.mark.parametrize("labels", [[0, 0, 0], [4, 4, 4]])
def test_no_negative_is_zero_with_a_gradient(labels) -> None:
    q = torch.randn(3, 4, requires_grad=True)
    loss = ClusterInfoNCE()(q, torch.tensor(labels), ref_emb=torch.randn(3, 4))
    loss.backward()
    assert loss.item() == 0
    assert q.grad.abs().sum() == 0


@pytest.mark.parametrize("size", [0, 1])
def test_one_item_or_none_is_zero_with_a_gradient(size) -> None:
    q = torch.randn(size, 4, requires_grad=True)
    loss = ClusterInfoNCE()(q, ref_emb=torch.randn(size, 4))
    loss.backward()
    assert loss.item() == 0
    assert q.grad.shape == q.shape


def test_an_anchor_without_negatives_does_not_dilute() -> None:
    # The third anchor shares every cluster with both others, the first two share none.
    p = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    q, k = torch.randn(3, 4), torch.randn(3, 4)
    weight = [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    torch.testing.assert_close(ClusterInfoNCE()(q, p, ref_emb=k), by_loop(q, k, weight, 0.2))


def test_stable_at_extremes() -> None:
    q = torch.tensor([[1e20, 0.0], [0.0, 1e-20], [0.0, 0.0]], requires_grad=True)
    loss = ClusterInfoNCE(0.01)(q, torch.tensor([0, 1, 2]), ref_emb=q.detach())
    loss.backward()
    assert math.isfinite(loss.item())
    assert q.grad.isfinite().all()


def test_key_of_the_same_cluster_gets_no_push() -> None:
    torch.manual_seed(3)
    q, k = torch.randn(3, 4), torch.randn(3, 4, requires_grad=True)
    loss = ClusterInfoNCE()
    (with_clusters,) = torch.autograd.grad(loss(q, torch.tensor([0, 0, 1]), ref_emb=k), k)
    # Moving the key that shares its cluster changes the loss through its own positive alone.
    alone = torch.tensor([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0]]).tolist()
    (expected,) = torch.autograd.grad(by_loop(q, k, alone, 0.2), k)
    torch.testing.assert_close(with_clusters, expected, atol=1e-5, rtol=1e-4)
    (without,) = torch.autograd.grad(loss(q, ref_emb=k), k)
    assert not torch.allclose(with_clusters, without)


def test_keys_beyond_the_queries_are_negatives() -> None:
    torch.manual_seed(4)
    q, k, y = torch.randn(3, 4), torch.randn(5, 4), torch.tensor([0, 1, 1, 0, 2])
    unit, keys = q / q.norm(dim=1, keepdim=True), k / k.norm(dim=1, keepdim=True)
    e = (unit @ keys.T / 0.2).exp()
    others = [sum(e[i, j] for j in range(5) if y[i] != y[j]) for i in range(3)]
    slow = sum(-(e[i, i] / (e[i, i] + others[i])).log() for i in range(3)) / 3
    torch.testing.assert_close(ClusterInfoNCE()(q, y[:3], ref_emb=k, ref_labels=y), slow)


@pytest.mark.parametrize("distance", [None, LpDistance()])
def test_given_pairs_it_is_ntxent(distance) -> None:
    torch.manual_seed(5)
    q, k = torch.randn(4, 3), torch.randn(6, 3)
    pairs = tuple(map(torch.tensor, ([0, 0, 1, 3], [4, 5, 0, 3], [0, 0, 1, 2], [1, 2, 3, 0])))
    theirs = NTXentLoss(0.2, distance=distance)(q, indices_tuple=pairs, ref_emb=k)
    ours = ClusterInfoNCE(0.2, distance=distance)(q, indices_tuple=pairs, ref_emb=k)
    # An anchor without a negative, the last, has a loss of 0 there and does not count here.
    torch.testing.assert_close(ours, theirs * 4 / 3)
