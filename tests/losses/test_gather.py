"""Alone, a process has all rows; tests/training/test_trainer.py has two that share them."""

import torch

from graphkit.losses import gather


def test_alone_all_rows_are_there():
    rows = torch.randn(3, 2, requires_grad=True)
    assert gather(rows) is rows
