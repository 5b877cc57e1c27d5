"""Losses, called as those of pytorch-metric-learning are; likelihoods are called otherwise."""

from graphkit.losses.alignment import (
    CrossViewConsistency,
    NeighborContrast,
    ViewAlignment,
    pairwise_divergence,
)
from graphkit.losses.cluster_infonce import ClusterInfoNCE
from graphkit.losses.counts import MultinomialLoss
from graphkit.losses.supervised import SupervisedContrast
from graphkit.losses.t_mixture import TMixture, TMixtureLoss, fit_t_mixture

__all__ = [
    "ClusterInfoNCE",
    "CrossViewConsistency",
    "MultinomialLoss",
    "NeighborContrast",
    "SupervisedContrast",
    "TMixture",
    "TMixtureLoss",
    "ViewAlignment",
    "fit_t_mixture",
    "pairwise_divergence",
]
