"""Builders: domain object -> graph that knows where its nodes came from."""

from graphkit.builders.base import Builder, GraphDataset
from graphkit.builders.debruijn import DeBruijnBuilder
from graphkit.builders.features import KmerWord2Vec, NodeFeatures, OneHotKmers
from graphkit.builders.spectrum import Spectrum

__all__ = [
    "Builder",
    "DeBruijnBuilder",
    "GraphDataset",
    "KmerWord2Vec",
    "NodeFeatures",
    "OneHotKmers",
    "Spectrum",
]
