"""graphkit: graph learning for biological sequences and spatial data.

>>> import graphkit
>>> model = graphkit.load("lncloc")
>>> table = model.predict(graphkit.read_fasta(graphkit.datasets.shipped("mouse_lincrnas.fasta")))
>>> table.shape[0]
3
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from graphkit.version import __version__ as __version__

if TYPE_CHECKING:
    from graphkit.builders import DeBruijnBuilder, KmerWord2Vec
    from graphkit.errors import GraphkitError, InputError
    from graphkit.methods import SGCLLncLoc
    from graphkit.omics import read_spatial, write_h5ad
    from graphkit.pretrained import load
    from graphkit.sequences import read_fasta, write_fasta
    from graphkit.tasks.denoise.denoise import denoise
    from graphkit.tasks.denoise.denoiser import SpatialDenoiser
    from graphkit.tasks.domains.domains import find_domains
    from graphkit.tasks.domains.estimator import Domains
    from graphkit.tasks.explain.explain import explain
    from graphkit.tasks.localize.classifier import SequenceClassifier
    from graphkit.tasks.modules.modules import find_modules
    from graphkit.tasks.rank_genes import rank_genes
    from graphkit.types import Prediction, Record, Scores

# Public name -> room. Rooms are entered on first use: importing graphkit imports no torch.
_ROOMS = {
    "DeBruijnBuilder": "builders",
    "Domains": "tasks.domains.estimator",
    "GraphkitError": "errors",
    "InputError": "errors",
    "KmerWord2Vec": "builders",
    "Prediction": "types",
    "Record": "types",
    "SGCLLncLoc": "methods",
    "Scores": "types",
    "SequenceClassifier": "tasks.localize.classifier",
    "SpatialDenoiser": "tasks.denoise.denoiser",
    "denoise": "tasks.denoise.denoise",
    "explain": "tasks.explain.explain",
    "find_domains": "tasks.domains.domains",
    "find_modules": "tasks.modules.modules",
    "load": "pretrained",
    "rank_genes": "tasks.rank_genes",
    "read_fasta": "sequences",
    "read_spatial": "omics",
    "write_fasta": "sequences",
    "write_h5ad": "omics",
}
_MODULES = (
    "attribution",
    "builders",
    "datasets",
    "evaluation",
    "losses",
    "methods",
    "motifs",
    "nn",
    "omics",
    "plots",
    "reports",
    "sequences",
    "tasks",
    "training",
)

__all__ = [
    "DeBruijnBuilder",
    "Domains",
    "GraphkitError",
    "InputError",
    "KmerWord2Vec",
    "Prediction",
    "Record",
    "SGCLLncLoc",
    "Scores",
    "SequenceClassifier",
    "SpatialDenoiser",
    "denoise",
    "explain",
    "find_domains",
    "find_modules",
    "load",
    "rank_genes",
    "read_fasta",
    "read_spatial",
    "write_fasta",
    "write_h5ad",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(import_module(f"graphkit.{_ROOMS[name]}"), name)
    if name in _MODULES:
        return import_module(f"graphkit.{name}")
    raise AttributeError(f"module 'graphkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES, "__version__"])
