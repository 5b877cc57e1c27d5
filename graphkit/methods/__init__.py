"""Methods: each file is one paper, made of shared parts."""

from graphkit.methods.sequence_classifier import METHODS, SequenceClassifier, find_method
from graphkit.methods.sgcl_lncloc import SGCLLncLoc
from graphkit.methods.sgcl_params import PAPER, PAPER_TRAINING, SGCLLncLocParams

__all__ = [
    "METHODS",
    "PAPER",
    "PAPER_TRAINING",
    "SGCLLncLoc",
    "SGCLLncLocParams",
    "SequenceClassifier",
    "find_method",
]
