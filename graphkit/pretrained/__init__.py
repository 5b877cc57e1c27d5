"""The models that ship, and any model folder, by name or path."""

from graphkit.pretrained.catalog import ModelInfo, available, load, load_ensemble, sha256

__all__ = ["ModelInfo", "available", "load", "load_ensemble", "sha256"]
