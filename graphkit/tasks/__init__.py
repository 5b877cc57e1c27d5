"""Tasks: what a user asks for. The verbs themselves are names of :mod:`graphkit`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphkit.tasks.denoise.denoise import denoiser_rates
    from graphkit.tasks.denoise.denoiser import SpatialDenoiser
    from graphkit.tasks.domains.domains import find_domains
    from graphkit.tasks.domains.estimator import Domains
    from graphkit.tasks.localize.classifier import METHODS, SequenceClassifier, find_method
    from graphkit.tasks.modules.fit import GeneModules
    from graphkit.tasks.modules.modules import find_modules

# Whoever localizes transcripts need not wait for what tissues need.
_ON_USE = {
    "Domains": "domains.estimator",
    "GeneModules": "modules.fit",
    "METHODS": "localize.classifier",
    "SequenceClassifier": "localize.classifier",
    "SpatialDenoiser": "denoise.denoiser",
    "denoiser_rates": "denoise.denoise",
    "find_domains": "domains.domains",
    "find_method": "localize.classifier",
    "find_modules": "modules.modules",
}

__all__ = [
    "METHODS",
    "Domains",
    "GeneModules",
    "SequenceClassifier",
    "SpatialDenoiser",
    "denoiser_rates",
    "find_domains",
    "find_method",
    "find_modules",
]


def __getattr__(name: str) -> Any:
    if name in _ON_USE:
        return getattr(import_module(f"graphkit.tasks.{_ON_USE[name]}"), name)
    raise AttributeError(f"module 'graphkit.tasks' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
