"""Methods: each file is one paper, made of shared parts."""

from graphkit.methods.base import SequenceMethod
from graphkit.methods.lncloc import LncLoc
from graphkit.methods.lncloc_params import LncLocParams
from graphkit.methods.sequence_classifier import METHODS, SequenceClassifier, find_method
from graphkit.methods.sgcl_lncloc import SGCLLncLoc
from graphkit.methods.sgcl_params import PAPER, PAPER_TRAINING, SGCLLncLocParams

__all__ = [
    "METHODS",
    "PAPER",
    "PAPER_TRAINING",
    "LncLoc",
    "LncLocParams",
    "SGCLLncLoc",
    "SGCLLncLocParams",
    "SequenceClassifier",
    "SequenceMethod",
    "find_method",
]
