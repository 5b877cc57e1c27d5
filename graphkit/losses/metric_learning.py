"""Losses, miners and the queue of pytorch-metric-learning, as they are: one door to them."""

from pytorch_metric_learning.distances import CosineSimilarity
from pytorch_metric_learning.losses import (
    CrossBatchMemory,
    MultiSimilarityLoss,
    NormalizedSoftmaxLoss,
    NTXentLoss,
    ProxyAnchorLoss,
    TripletMarginLoss,
)
from pytorch_metric_learning.miners import BatchHardMiner, MultiSimilarityMiner

__all__ = [
    "BatchHardMiner",
    "CosineSimilarity",
    "CrossBatchMemory",
    "MultiSimilarityLoss",
    "MultiSimilarityMiner",
    "NTXentLoss",
    "NormalizedSoftmaxLoss",
    "ProxyAnchorLoss",
    "TripletMarginLoss",
]
