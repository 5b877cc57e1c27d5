"""Builders: domain object -> graph that knows where its nodes came from."""

from graphkit.builders.base import GraphDataset, SequenceBuilder
from graphkit.builders.crops import CropParams, RegionCrops
from graphkit.builders.debruijn import DeBruijnBuilder
from graphkit.builders.features import KmerWord2Vec, NodeFeatures, OneHotKmers
from graphkit.builders.gene_images import Raster, SpotRaster
from graphkit.builders.gene_loadings import GeneLoadings
from graphkit.builders.gene_views import GeneViews, gene_views
from graphkit.builders.neighborhoods import Neighborhoods, SpotBlock
from graphkit.builders.neighbors.anndata import spatial_graph
from graphkit.builders.neighbors.base import SpatialBuilder
from graphkit.builders.neighbors.delaunay import Delaunay
from graphkit.builders.neighbors.expression import ExpressionKNN
from graphkit.builders.neighbors.graph import NeighborGraph, edges, neighbor_table
from graphkit.builders.neighbors.grid import Grid, lattice_shape
from graphkit.builders.neighbors.knn import KNN, Radius
from graphkit.builders.neighbors.table import SpotTable, isolated, spot_table
from graphkit.builders.occurrences import Occurrences
from graphkit.builders.regions import Region, RegionBuilder
from graphkit.builders.spectrum import Spectrum, edge_weights
from graphkit.builders.spots import SpotBatch, SpotInputs, ThinnedSpots

__all__ = [
    "KNN",
    "CropParams",
    "DeBruijnBuilder",
    "Delaunay",
    "ExpressionKNN",
    "GeneLoadings",
    "GeneViews",
    "GraphDataset",
    "Grid",
    "KmerWord2Vec",
    "NeighborGraph",
    "Neighborhoods",
    "NodeFeatures",
    "Occurrences",
    "OneHotKmers",
    "Radius",
    "Raster",
    "Region",
    "RegionBuilder",
    "RegionCrops",
    "SequenceBuilder",
    "SpatialBuilder",
    "Spectrum",
    "SpotBatch",
    "SpotBlock",
    "SpotInputs",
    "SpotRaster",
    "SpotTable",
    "ThinnedSpots",
    "edge_weights",
    "edges",
    "gene_views",
    "isolated",
    "lattice_shape",
    "neighbor_table",
    "spatial_graph",
    "spot_table",
]
