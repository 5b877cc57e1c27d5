"""Methods: each file is one paper, made of shared parts."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from graphkit.methods.base import SequenceMethod
from graphkit.methods.lncloc import LncLoc
from graphkit.methods.lncloc_params import LncLocParams
from graphkit.methods.sequence_classifier import METHODS, SequenceClassifier, find_method
from graphkit.methods.sgcl_lncloc import SGCLLncLoc
from graphkit.methods.sgcl_params import PAPER, PAPER_TRAINING, SGCLLncLocParams

if TYPE_CHECKING:
    from graphkit.methods.darlc import DARLC
    from graphkit.methods.darlc_params import DarlcParams
    from graphkit.methods.denoiser_params import DenoiserParams
    from graphkit.methods.denoising import denoise, denoiser_rates
    from graphkit.methods.gene_modules import GeneModules, find_modules
    from graphkit.methods.scrcl import ScRCL, ScRCLParams
    from graphkit.methods.spatial_denoiser import SpatialDenoiser
    from graphkit.methods.spatial_domains import Domains

# Those who localize transcripts need not wait for what tissues need.
_ON_USE = {
    "DARLC": "darlc",
    "DarlcParams": "darlc_params",
    "DenoiserParams": "denoiser_params",
    "Domains": "spatial_domains",
    "GeneModules": "gene_modules",
    "ScRCL": "scrcl",
    "ScRCLParams": "scrcl",
    "SpatialDenoiser": "spatial_denoiser",
    "denoise": "denoising",
    "denoiser_rates": "denoising",
    "find_modules": "gene_modules",
}

__all__ = [
    "DARLC",
    "METHODS",
    "PAPER",
    "PAPER_TRAINING",
    "DarlcParams",
    "DenoiserParams",
    "Domains",
    "GeneModules",
    "LncLoc",
    "LncLocParams",
    "SGCLLncLoc",
    "SGCLLncLocParams",
    "ScRCL",
    "ScRCLParams",
    "SequenceClassifier",
    "SequenceMethod",
    "SpatialDenoiser",
    "denoise",
    "denoiser_rates",
    "find_method",
    "find_modules",
]


def __getattr__(name: str) -> Any:
    if name in _ON_USE:
        return getattr(import_module(f"graphkit.methods.{_ON_USE[name]}"), name)
    raise AttributeError(f"module 'graphkit.methods' has no attribute {name!r}")
