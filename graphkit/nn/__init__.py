"""Networks: tensors in, tensors out; nothing here knows biology."""

from graphkit.nn.abundance import AbundanceGCN
from graphkit.nn.debruijn import FixedTopology, propagate
from graphkit.nn.encoders import GATEncoder, GCNEncoder
from graphkit.nn.heads import LogOddsHead, ProjectionHead
from graphkit.nn.images import PatchDecoder, PatchEncoder
from graphkit.nn.patches import Patches, random_patches
from graphkit.nn.readout import (
    READOUTS,
    AttentionReadout,
    CountReadout,
    MeanReadout,
    PresentReadout,
    make_readout,
)
from graphkit.nn.spatial_attention import NeighborAttention, NeighborMix
from graphkit.nn.spatial_autoencoder import SpatialAutoencoder
from graphkit.nn.two_views import GeneProjection, TwoViews

__all__ = [
    "READOUTS",
    "AbundanceGCN",
    "AttentionReadout",
    "CountReadout",
    "FixedTopology",
    "GATEncoder",
    "GCNEncoder",
    "GeneProjection",
    "LogOddsHead",
    "MeanReadout",
    "NeighborAttention",
    "NeighborMix",
    "PatchDecoder",
    "PatchEncoder",
    "Patches",
    "PresentReadout",
    "ProjectionHead",
    "SpatialAutoencoder",
    "TwoViews",
    "make_readout",
    "propagate",
    "random_patches",
]
