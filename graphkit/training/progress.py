"""One progress line for a whole training, on stderr."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from lightning.pytorch.callbacks import ProgressBar
from lightning.pytorch.callbacks.progress.tqdm_progress import Tqdm

if TYPE_CHECKING:
    from lightning.pytorch import LightningModule, Trainer

    from graphkit.training.module import TrainingModule


class ProgressLine(ProgressBar):
    """Counts steps over all epochs and shows the last epoch's values.

    Parameters
    ----------
    name
        What is being trained.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.line: Any = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Open the line, at the place where a resumed training goes on."""
        del pl_module
        self.line = Tqdm(
            desc=self.name or "training",
            total=trainer.max_epochs * trainer.num_training_batches,
            initial=trainer.global_step,
            unit="step",
            file=sys.stderr,
            dynamic_ncols=True,
        )

    def on_train_batch_end(self, *_: Any) -> None:
        """Count one step; tqdm draws at most ten times a second."""
        self.line.update(1)

    def on_train_epoch_start(self, trainer: Trainer, pl_module: TrainingModule) -> None:
        """Show the values of the epoch before."""
        self._show(trainer, pl_module)

    def on_train_end(self, trainer: Trainer, pl_module: TrainingModule) -> None:
        """Show the last values and close the line."""
        self._show(trainer, pl_module)
        self.line.close()

    def on_exception(self, *_: Any) -> None:
        """Close the line, so that an error starts on its own."""
        if self.line is not None:
            self.line.close()

    def _show(self, trainer: Trainer, module: TrainingModule) -> None:
        rows = module.record.rows
        if rows:
            names = [name for name in ("train_loss", "val_loss", "val_auroc") if name in rows[-1]]
            values = " ".join(f"{name} {rows[-1][name]:.3f}" for name in names)
            self.line.set_postfix_str(f"epoch {len(rows)}/{trainer.max_epochs} {values}")
