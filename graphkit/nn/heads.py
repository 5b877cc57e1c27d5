"""Heads: graph embedding -> class logits or a space to contrast in."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LogOddsHead(nn.Module):
    """Linear logits relative to the first class, whose logit is 0.

    With two classes this is logistic regression: one weight vector, the logit of the second class
    being its log-odds, and softmax cross-entropy on it being binary cross-entropy.

    Parameters
    ----------
    dim
        Numbers per graph embedding.
    n_classes
        Classes, at least two.
    dropout
        Dropout on the embedding.

    Examples
    --------
    >>> LogOddsHead(4, 2)(torch.ones(1, 4))[0, 0]
    tensor(0., grad_fn=...)
    """

    def __init__(self, dim: int, n_classes: int, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(dim, n_classes - 1)

    def forward(self, graph: Tensor) -> Tensor:
        """Return logits ``[B, C]`` of embeddings ``[B, D]``."""
        odds = self.linear(self.dropout(graph))
        return torch.cat([torch.zeros_like(odds[:, :1]), odds], dim=1)


class ProjectionHead(nn.Module):
    """A linear map to the space in which embeddings are contrasted.

    Parameters
    ----------
    dim
        Numbers per graph embedding.
    out_dim
        Numbers per projected embedding.
    dropout
        Dropout on the embedding.
    """

    def __init__(self, dim: int, out_dim: int, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(dim, out_dim)

    def forward(self, graph: Tensor) -> Tensor:
        """Return projections ``[B, D']`` of embeddings ``[B, D]``."""
        return self.linear(self.dropout(graph))
