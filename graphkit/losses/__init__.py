"""Losses: embeddings, labels or pairs in, one number out."""

from graphkit.losses.supervised import SupervisedContrast

__all__ = ["SupervisedContrast"]
