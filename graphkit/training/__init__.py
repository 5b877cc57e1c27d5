"""Training: one call fits any method that speaks the protocol; models are safe folders.

Names load on first use, so that reading a model folder does not pay for the training loop.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphkit.training.checkpoint import load_model, read_config, save_model
    from graphkit.training.device import choose_device
    from graphkit.training.distrust import check_shapes
    from graphkit.training.history import History
    from graphkit.training.protocol import Batch, BatchDataset, Method
    from graphkit.training.settings import TrainSettings
    from graphkit.training.trainer import fit

__all__ = [
    "Batch",
    "BatchDataset",
    "History",
    "Method",
    "TrainSettings",
    "check_shapes",
    "choose_device",
    "fit",
    "load_model",
    "read_config",
    "save_model",
]

_HOME = {
    "Batch": "protocol",
    "BatchDataset": "protocol",
    "History": "history",
    "Method": "protocol",
    "TrainSettings": "settings",
    "check_shapes": "distrust",
    "choose_device": "device",
    "fit": "trainer",
    "load_model": "checkpoint",
    "read_config": "checkpoint",
    "save_model": "checkpoint",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
