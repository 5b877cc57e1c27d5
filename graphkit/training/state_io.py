"""Lightning's two hooks for saving: when, and how."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lightning.pytorch.callbacks import Checkpoint
from lightning.pytorch.plugins.io import TorchCheckpointIO

if TYPE_CHECKING:
    from lightning.pytorch import LightningModule, Trainer

    from graphkit.training.state import RunState


# What Lightning calls weights on their way to the process that waits.
_HANDED_OVER = ".temp.ckpt"


class SaveEachEpoch(Checkpoint):
    """Saves the training's state after every epoch, when its row is complete.

    Parameters
    ----------
    path
        Where to; :class:`StateIO` does the writing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Save; as a ``Checkpoint`` this runs after the module's own hook."""
        del pl_module
        trainer.save_checkpoint(self.path)


class StateIO(TorchCheckpointIO):
    """Lets Lightning write and read its state through a :class:`~.state.RunState`.

    Weights on their way from one process to another pass by.

    Parameters
    ----------
    state
        Where states are kept; it has read the one to resume from.
    """

    def __init__(self, state: RunState) -> None:
        self.state = state

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: Path, storage_options: Any = None
    ) -> None:
        """Save a state, whole or not at all."""
        if Path(path).name == _HANDED_OVER:
            super().save_checkpoint(checkpoint, path, storage_options)
        else:
            self.state.write(checkpoint)

    def load_checkpoint(self, path: Path, *how: Any, **more: Any) -> dict[str, Any]:
        """Return the state that was read and checked before the training began."""
        if Path(path).name == _HANDED_OVER:
            loaded: dict[str, Any] = super().load_checkpoint(path, *how, **more)
            return loaded
        if self.state.saved is None:
            raise RuntimeError("there is no state to resume from")
        return self.state.saved

    def remove_checkpoint(self, path: Path) -> None:
        """Delete a state."""
        Path(path).unlink(missing_ok=True)
