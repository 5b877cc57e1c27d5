"""Methods: each file is one paper, made of shared parts."""

from graphkit.methods.base import SequenceMethod
from graphkit.methods.darlc import DARLC
from graphkit.methods.darlc_params import DarlcParams
from graphkit.methods.denoiser_params import DenoiserParams
from graphkit.methods.denoising import denoise, denoiser_rates
from graphkit.methods.gene_modules import GeneModules, find_modules
from graphkit.methods.lncloc import LncLoc
from graphkit.methods.lncloc_params import LncLocParams
from graphkit.methods.sequence_classifier import METHODS, SequenceClassifier, find_method
from graphkit.methods.sgcl_lncloc import SGCLLncLoc
from graphkit.methods.sgcl_params import PAPER, PAPER_TRAINING, SGCLLncLocParams
from graphkit.methods.spatial_denoiser import SpatialDenoiser

__all__ = [
    "DARLC",
    "METHODS",
    "PAPER",
    "PAPER_TRAINING",
    "DarlcParams",
    "DenoiserParams",
    "GeneModules",
    "LncLoc",
    "LncLocParams",
    "SGCLLncLoc",
    "SGCLLncLocParams",
    "SequenceClassifier",
    "SequenceMethod",
    "SpatialDenoiser",
    "denoise",
    "denoiser_rates",
    "find_method",
    "find_modules",
]
