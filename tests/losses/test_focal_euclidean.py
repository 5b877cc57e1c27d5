"""The weighted focused Euclidean loss, against a slow loop."""

import pytest
import torch
from pytorch_metric_learning.losses import MultipleLosses
from pytorch_metric_learning.miners import TripletMarginMiner

from graphkit.losses import RDEDistance, WeightedFocalEuclidean


def by_loop(z, y, ref, ref_y, *, focus, margin, itself):
    """Cost of each pair, side by side; `itself` says whether an item is no pair with itself."""
    z = [one / one.norm() for one in z]
    ref = [one / one.norm() for one in ref]
    drawn, pushed = [], []
    for i in range(len(z)):
        for j in range(len(ref)):
            if itself and i == j:
                continue
            d = (z[i] - ref[j]).square().sum()
            s = 1 - d / 4
            if y[i] == ref_y[j]:
                drawn.append((1 - s) ** focus * d)
            elif d < margin:
                pushed.append(s**focus * (margin - d))
            else:
                pushed.append(0 * d)
    return sum(sum(side) / len(side) for side in (drawn, pushed) if side)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("focus", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("margin", [1.0, 2.0, 4.0])
def test_loss_and_gradient_equal_loop(dtype, focus, margin):
    torch.manual_seed(0)
    z, y = torch.randn(7, 4, dtype=dtype), torch.tensor([0, 0, 1, 1, 2, 0, 3])
    fast, slow = z.clone().requires_grad_(), z.clone().requires_grad_()
    loss = WeightedFocalEuclidean(focus, margin)(fast, y)
    expected = by_loop(slow, y, slow, y, focus=focus, margin=margin, itself=True)
    torch.testing.assert_close(loss, expected, atol=1e-5, rtol=1e-5)
    loss.backward()
    expected.backward()
    torch.testing.assert_close(fast.grad, slow.grad, atol=1e-5, rtol=1e-4)


def test_samples_against_vectors_of_classes_that_need_no_sample():
    torch.manual_seed(1)
    z, y = torch.randn(5, 4), torch.tensor([0, 0, 1, 1, 0])
    vectors, names = torch.randn(3, 4, requires_grad=True), torch.tensor([0, 1, 2])
    loss = WeightedFocalEuclidean()(z, y, ref_emb=vectors, ref_labels=names)
    expected = by_loop(z, y, vectors, names, focus=1.0, margin=2.0, itself=False)
    torch.testing.assert_close(loss, expected)
    loss.backward()
    assert (vectors.grad.abs().sum(dim=1) > 0).all()


def test_one_pair_of_each_side_counts():
    z = torch.tensor([[1.0, 0.0]])
    vectors = torch.tensor([[0.6, 0.8], [0.8, 0.6]])
    found = WeightedFocalEuclidean()(
        z, torch.tensor([0]), ref_emb=vectors, ref_labels=torch.tensor([0, 1])
    )
    torch.testing.assert_close(found, torch.tensor(0.2 * 0.8 + 0.9 * 1.6))


def test_hard_pairs_weigh_more_with_more_focus():
    def share_of_the_hard(focus):
        z = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.98, 0.2]], requires_grad=True)
        pairs = (torch.tensor([0, 0]), torch.tensor([1, 2]), *[torch.empty(0).long()] * 2)
        WeightedFocalEuclidean(focus)(z, indices_tuple=pairs).backward()
        hard, easy = z.grad[1].norm(), z.grad[2].norm()
        return hard / (hard + easy)

    assert share_of_the_hard(2.0) > share_of_the_hard(1.0) > share_of_the_hard(0.0)


@pytest.mark.parametrize("size", [0, 1])
def test_no_pair_is_zero_with_a_gradient(size):
    z = torch.randn(size, 4, requires_grad=True)
    loss = WeightedFocalEuclidean()(z, torch.zeros(size).long())
    loss.backward()
    assert loss.item() == 0
    assert z.grad.abs().sum() == 0


@pytest.mark.parametrize("focus", [0.0, 0.5, 1.0])
def test_gradients_are_finite_where_items_coincide_or_are_opposite(focus):
    z = torch.tensor([[1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [0.0, 0.0]], requires_grad=True)
    loss = WeightedFocalEuclidean(focus, margin=4.0)(z, torch.tensor([0, 0, 1, 0]))
    loss.backward()
    assert loss.isfinite()
    assert z.grad.isfinite().all()


def test_it_takes_distances_and_miners_and_stands_beside_other_losses():
    torch.manual_seed(2)
    z, y = torch.randn(6, 4, requires_grad=True), torch.tensor([0, 0, 1, 1, 2, 2])
    triplets = TripletMarginMiner(margin=0.5)(z, y)
    loss = WeightedFocalEuclidean(distance=RDEDistance(power=2))
    both = MultipleLosses([loss, WeightedFocalEuclidean()])
    alone = loss(z, y, triplets) + WeightedFocalEuclidean()(z, y, triplets)
    torch.testing.assert_close(both(z, y, triplets), alone)
    alone.backward()
    assert z.grad.abs().sum() > 0
