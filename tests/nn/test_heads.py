"""Heads."""

import torch
from torch.nn import functional

from graphkit.nn import LogOddsHead, ProjectionHead


def test_two_classes_are_logistic_regression() -> None:
    head, x, y = LogOddsHead(4, 2), torch.randn(8, 4), torch.randint(0, 2, (8,))
    logits = head(x)
    assert not logits[:, 0].any()
    binary = functional.binary_cross_entropy_with_logits(logits[:, 1], y.float())
    torch.testing.assert_close(functional.cross_entropy(logits, y), binary)


def test_more_classes() -> None:
    assert LogOddsHead(4, 5)(torch.randn(3, 4)).shape == (3, 5)


def test_dropout_only_in_training() -> None:
    head, x = ProjectionHead(50, 3, dropout=0.5), torch.randn(2, 50)
    assert not torch.equal(head(x), head(x))
    head.eval()
    assert torch.equal(head(x), head(x))
