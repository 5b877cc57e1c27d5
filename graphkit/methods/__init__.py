"""Methods: each file is one paper, made of shared parts."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from graphkit.methods.base import SequenceMethod
from graphkit.methods.lncloc import LncLoc
from graphkit.methods.lncloc_params import LncLocParams
from graphkit.methods.sgcl_lncloc import SGCLLncLoc
from graphkit.methods.sgcl_params import PAPER, PAPER_TRAINING, SGCLLncLocParams

if TYPE_CHECKING:
    from graphkit.methods.darlc import DARLC, DARLCParams
    from graphkit.methods.scrcl import ScRCL, ScRCLParams
    from graphkit.methods.spot_denoiser import DenoiserParams

# Those who localize transcripts need not wait for what tissues need.
_ON_USE = {
    "DARLC": "darlc",
    "DARLCParams": "darlc",
    "DenoiserParams": "spot_denoiser",
    "ScRCL": "scrcl",
    "ScRCLParams": "scrcl",
}

__all__ = [
    "DARLC",
    "PAPER",
    "PAPER_TRAINING",
    "DARLCParams",
    "DenoiserParams",
    "LncLoc",
    "LncLocParams",
    "SGCLLncLoc",
    "SGCLLncLocParams",
    "ScRCL",
    "ScRCLParams",
    "SequenceMethod",
]


def __getattr__(name: str) -> Any:
    if name in _ON_USE:
        return getattr(import_module(f"graphkit.methods.{_ON_USE[name]}"), name)
    raise AttributeError(f"module 'graphkit.methods' has no attribute {name!r}")
