"""A distance that also compares how the coordinates of two descriptors are distributed."""

from __future__ import annotations

from typing import Any

import torch
from pytorch_metric_learning.distances import LpDistance
from torch import Tensor

from graphkit.losses.alignment import pairwise_divergence


class RDEDistance(LpDistance):
    """Euclidean distance times 1 + `weight` * relative entropy of the descriptors.

    The entropy is that of the softmax of one descriptor relative to the other's, the mean of both
    directions. Any loss or miner of pytorch-metric-learning takes it as its distance.

    Parameters
    ----------
    weight
        Of the entropy; 0 leaves the Euclidean distance.
    temperature
        Divides the coordinates before the softmax: those of unit vectors are small.
    **parts
        Of a distance of pytorch-metric-learning: ``normalize_embeddings``, ``power``.

    References
    ----------
    After the relative distribution entropy of descriptors, Entropy 2020; the temperature is ours.

    Examples
    --------
    >>> RDEDistance(weight=0.0)(torch.eye(2)).round(decimals=3)
    tensor([[0.0000, 1.4140],
            [1.4140, 0.0000]])
    >>> bool(RDEDistance()(torch.eye(2))[0, 1] > 1.414)
    True
    """

    def __init__(self, weight: float = 1.0, temperature: float = 0.1, **parts: Any) -> None:
        super().__init__(**parts)
        self.weight, self.temperature = weight, temperature

    def compute_mat(self, query_emb: Tensor, ref_emb: Tensor) -> Tensor:
        """Return the distances [n, m] of queries [n, D] and references [m, D]."""
        first, second = (
            (one / self.temperature).log_softmax(dim=1) for one in (query_emb, ref_emb)
        )
        entropy = pairwise_divergence(first, second) / 2
        return torch.cdist(query_emb, ref_emb) * (1 + self.weight * entropy)

    def pairwise_distance(self, query_emb: Tensor, ref_emb: Tensor) -> Tensor:
        """Return the distance of each query to its own reference, [n]."""
        return self.compute_mat(query_emb, ref_emb).diagonal()
