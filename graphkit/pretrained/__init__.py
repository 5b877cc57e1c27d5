"""The models that ship, and any model folder, by name or path."""

from graphkit.pretrained.catalog import ModelInfo, folder_of, load, load_ensemble, models, sha256

__all__ = ["ModelInfo", "folder_of", "load", "load_ensemble", "models", "sha256"]
