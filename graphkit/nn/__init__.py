"""Networks: tensors in, tensors out; nothing here knows biology."""

from graphkit.nn.abundance import AbundanceGCN
from graphkit.nn.debruijn import FixedTopology, edge_weights, propagate
from graphkit.nn.encoders import GATEncoder, GCNEncoder
from graphkit.nn.heads import LogOddsHead, ProjectionHead
from graphkit.nn.readout import (
    READOUTS,
    AttentionReadout,
    CountReadout,
    MeanReadout,
    PresentReadout,
    make_readout,
)

__all__ = [
    "READOUTS",
    "AbundanceGCN",
    "AttentionReadout",
    "CountReadout",
    "FixedTopology",
    "GATEncoder",
    "GCNEncoder",
    "LogOddsHead",
    "MeanReadout",
    "PresentReadout",
    "ProjectionHead",
    "edge_weights",
    "make_readout",
    "propagate",
]
