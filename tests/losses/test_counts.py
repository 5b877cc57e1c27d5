"""The multinomial loss against a slow loop and torch's own distribution."""

import pytest
import torch

from graphkit.losses import MultinomialLoss


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equals_a_loop_and_the_distribution_up_to_its_constant(dtype):
    torch.manual_seed(0)
    logits = torch.randn(4, 6, dtype=dtype, requires_grad=True)
    counts = torch.randint(0, 5, (4, 6)).to(dtype)
    loss = MultinomialLoss()(logits.log_softmax(1), counts)
    probability = logits.softmax(1)
    slow = -sum(counts[i, g] * probability[i, g].log() for i in range(4) for g in range(6)) / sum(
        counts.flatten()
    )
    torch.testing.assert_close(loss, slow)

    def log_prob(p):
        return sum(
            torch.distributions.Multinomial(int(c.sum()), q).log_prob(c)
            for c, q in zip(counts, p, strict=True)
        )

    other = torch.full((4, 6), 1 / 6, dtype=dtype)
    difference = MultinomialLoss()(other.log(), counts) - loss
    expected = (log_prob(probability) - log_prob(other)) / counts.sum()
    torch.testing.assert_close(difference, expected)
    loss.backward()
    assert logits.grad.abs().sum() > 0


def test_differs_from_poisson_by_a_constant():
    torch.manual_seed(1)
    counts = torch.randint(1, 5, (3, 5)).float()
    depth = counts.sum(1, keepdim=True)

    def poisson(rates):
        return (depth * rates - counts * (depth * rates).log()).sum() / counts.sum()

    a, b = torch.rand(2, 3, 5).softmax(-1)
    loss = MultinomialLoss()
    torch.testing.assert_close(
        loss(a.log(), counts) - loss(b.log(), counts), poisson(a) - poisson(b)
    )


def test_without_counts_it_is_zero_with_a_gradient():
    logits = torch.zeros(2, 3, requires_grad=True)
    loss = MultinomialLoss()(logits.log_softmax(1), torch.zeros(2, 3))
    loss.backward()
    assert loss == 0
    assert (logits.grad == 0).all()


def test_a_gene_that_cannot_occur_costs_nothing_where_it_does_not():
    rates = torch.tensor([[1.0, 0.0]])
    assert MultinomialLoss()(rates.log(), torch.tensor([[3.0, 0.0]])) == 0
