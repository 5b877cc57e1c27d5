"""The bridge between a method and Lightning."""

from __future__ import annotations

import logging
import math
import os
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import torch
from lightning.pytorch import LightningModule
from torch import Tensor

from graphkit.errors import InputError
from graphkit.training.batches import EpochBatches, batch_loader, count_examples
from graphkit.training.device import seed_torch
from graphkit.training.metrics import cross_entropy, macro_auroc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch.utils.data import DataLoader

    from graphkit.training.history import Log
    from graphkit.training.protocol import Batch, BatchDataset, Method
    from graphkit.training.settings import TrainSettings


class TrainingModule(LightningModule):
    """Runs a method's steps; whatever is random or scheduled depends on (seed, epoch) alone.

    Values stay on the device, unsummed, until the epoch ends: nothing is logged per step.

    Parameters
    ----------
    method
        What is trained.
    train
        Its training data.
    log
        Receives one row per epoch.
    settings
        How to train.
    seed
        Seed of all that is random.
    """

    def __init__(
        self, method: Method, train: BatchDataset, *, log: Log, settings: TrainSettings, seed: int
    ) -> None:
        super().__init__()
        self.method: Any = method
        self.data = train
        self.record = log
        self.settings = settings
        self.seed = seed
        self._row: dict[str, float] = {}
        self._steps: list[tuple[int, dict[str, Tensor]]] = []
        self._outputs: list[tuple[Tensor, Tensor]] = []
        self._started = 0.0
        self._share: Callable[[int], float]
        self._kept: Path | None = None

    def setup(self, stage: str) -> None:
        """Take the threads that were asked for, in a process of several."""
        del stage
        if self._kept is not None and self.settings.threads is not None:
            torch.set_num_threads(self.settings.threads)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Arrive in a process of this training's own, where Lightning keeps its advice too."""
        super().__setstate__(state)
        for name in ("lightning.pytorch", "lightning.fabric"):
            logging.getLogger(name).setLevel(logging.ERROR)
        warnings.filterwarnings("ignore", module=r"lightning\.")

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return Adam with decoupled weight decay, over what may be trained."""
        free = [parameter for parameter in self.method.parameters() if parameter.requires_grad]
        return torch.optim.AdamW(
            free, lr=self.settings.lr, weight_decay=self.settings.weight_decay, fused=True
        )

    def transfer_batch_to_device(
        self, batch: Batch, device: torch.device, dataloader_idx: int
    ) -> Batch:
        """Move a batch by its own ``to``."""
        del dataloader_idx
        return batch.to(device)

    def on_train_epoch_start(self) -> None:
        """Set what depends on the epoch; a resumed training passes here as a fresh one does."""
        epoch = self.current_epoch
        seed_torch(self.device, self.seed, epoch)
        for group in self.optimizers().param_groups:
            group["lr"] = self.settings.lr_at(epoch)
        for hook in (getattr(self.data, "set_epoch", None), getattr(self.method, "refresh", None)):
            if hook is not None:
                hook(epoch)
        if self.global_rank:  # what is renewed is the same everywhere, noise is each one's own
            seed_torch(self.device, self.seed, epoch, self.global_rank)
        self._row = {"epoch": epoch, "lr": self.settings.lr_at(epoch)}
        self._steps = []
        self._outputs = []
        self._started = perf_counter()

    def train_dataloader(self) -> DataLoader[Any]:
        """Return this process's part of every batch."""
        ranks = {"rank": self.trainer.global_rank, "ranks": self.trainer.world_size}
        size = self.settings.batch_size
        self._share = EpochBatches(len(self.data), size, **ranks).share
        return batch_loader(self.data, size, seed=self.seed, **ranks)

    def training_step(self, batch: Batch, number: int) -> Tensor:
        """Return the sum of the method's terms: its mean over processes is that of the batch."""
        terms = self.method.step(batch)
        share = self._share(number)
        detached = {name: term.detach() for name, term in terms.items()}
        self._steps.append((count_examples(batch) if share else 0, detached))
        return share * sum(terms.values())

    def on_validation_epoch_start(self) -> None:
        """Close the training part of the row; what follows is validation's time."""
        self._close_training()
        self._started = perf_counter()

    def validation_step(self, batch: Any, _: int) -> None:
        """Keep the class scores of a batch."""
        self._outputs.append((self.method.logits(batch), batch.y))

    def on_validation_epoch_end(self) -> None:
        """Score the whole validation set at once."""
        logits = torch.cat([logits for logits, _ in self._outputs]).float().cpu().numpy()
        y = torch.cat([y for _, y in self._outputs]).cpu().numpy()
        self._require_finite("val_loss", cross_entropy(logits, y))
        self._row["val_auroc"] = macro_auroc(logits, y)
        self._row["val_seconds"] = perf_counter() - self._started
        chooses = self.settings.restore_best or self.settings.patience is not None
        if chooses and math.isnan(self._row[self.settings.monitor]):
            raise InputError(
                "val_auroc does not exist: the validation data have one class only",
                slot="settings.monitor",
                remedy="Choose val_loss, or validation data with more classes.",
            )

    def on_train_epoch_end(self) -> None:
        """Close the row, after validation, and stop when patience has run out."""
        if "train_loss" not in self._row:
            self._close_training()
        self.record.add(self._row, self.method.state_dict())
        self.trainer.should_stop = self.record.should_stop

    @contextmanager
    def handed_back(self, *, several: bool) -> Iterator[None]:
        """Take over, after a training in other processes, the record that the first one kept."""
        if not several:
            yield
            return
        os.environ.setdefault(
            "TORCH_CPP_LOG_LEVEL", "ERROR"
        )  # of processes that begin from here on
        before = torch.multiprocessing.get_sharing_strategy()
        # By name: descriptors run out, or cannot be handed on everywhere.
        torch.multiprocessing.set_sharing_strategy("file_system")
        with tempfile.TemporaryDirectory() as folder:
            self._kept = Path(folder) / "record"
            try:
                yield
            finally:
                torch.multiprocessing.set_sharing_strategy(before)
            self.record.load_state_dict(torch.load(self._kept, weights_only=True))

    def on_fit_end(self) -> None:
        """Leave the record for the process that waits."""
        if self._kept is not None and self.global_rank == 0:
            torch.save(self.record.state_dict(), self._kept)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Put the record into the saved state."""
        checkpoint["record"] = self.record.state_dict()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take the record out of the saved state."""
        self.record.load_state_dict(checkpoint["record"])

    def _close_training(self) -> None:
        """Average the steps' terms over examples; the copy to the CPU waits for the device."""
        names = list(self._steps[0][1])
        size = torch.tensor([size for size, _ in self._steps], dtype=torch.float64)
        table = torch.stack([term.float() for _, terms in self._steps for term in terms.values()])
        sums = size @ table.cpu().double().reshape(len(size), len(names))
        if self.trainer.world_size > 1:
            both = torch.cat([sums, size.sum()[None]]).to(self.device)
            *sums, total = self.trainer.strategy.reduce(both, reduce_op="sum").cpu()
            means = torch.stack(sums) / total
        else:
            means = sums / size.sum()
        self._row["seconds"] = perf_counter() - self._started
        self._row.update(
            {f"train_{name}": value for name, value in zip(names, means.tolist(), strict=True)}
        )
        self._require_finite("train_loss", float(means.sum()))

    def _require_finite(self, name: str, value: float) -> None:
        if not math.isfinite(value):
            raise InputError(
                f"{name} became {value} in epoch {self.current_epoch}",
                slot="settings.lr",
                remedy="Lower it, add warmup_epochs, or choose precision 32-true.",
            )
        self._row[name] = value
