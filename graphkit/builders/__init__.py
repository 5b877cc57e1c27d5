"""Builders: domain object -> graph that knows where its nodes came from."""

from graphkit.builders.base import Builder, GraphDataset
from graphkit.builders.crops import CropParams, RegionCrops
from graphkit.builders.debruijn import DeBruijnBuilder
from graphkit.builders.features import KmerWord2Vec, NodeFeatures, OneHotKmers
from graphkit.builders.regions import Region, RegionBuilder
from graphkit.builders.spectrum import Spectrum

__all__ = [
    "Builder",
    "CropParams",
    "DeBruijnBuilder",
    "GraphDataset",
    "KmerWord2Vec",
    "NodeFeatures",
    "OneHotKmers",
    "Region",
    "RegionBuilder",
    "RegionCrops",
    "Spectrum",
]
