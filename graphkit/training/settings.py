"""Settings of a training, as one frozen value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from graphkit.errors import InputError

Monitor = Literal["val_auroc", "val_loss"]
Precision = Literal["32-true", "bf16-mixed", "16-mixed"]

_MONITORS = ("val_auroc", "val_loss")
_PRECISIONS = ("32-true", "bf16-mixed", "16-mixed")


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """Everything about a training but its data, its method and its seed.

    Parameters
    ----------
    epochs
        Passes over the training data, at most.
    batch_size
        Examples per step, of all devices together; the last batch of an epoch may be smaller, none
        is dropped.
    lr
        Learning rate of Adam (AdamW where `weight_decay` is not 0).
    warmup_epochs
        Epochs over which the learning rate rises linearly to `lr`.
    decay
        The learning rate falls as ``exp(-decay * epoch)`` after the warm-up.
    weight_decay
        Decoupled weight decay.
    patience
        Stop after this many epochs without a better `monitor`; None never stops early.
    monitor
        ``"val_auroc"`` (one class against the rest, mean over classes, higher is better) or
        ``"val_loss"`` (cross-entropy, lower is better).
    restore_best
        Whether the weights of the best epoch are kept, where there is validation data.
    device
        ``"auto"`` (CUDA where there is one, else CPU), ``"cpu"``, ``"cuda"``, ``"cuda:1"`` or
        ``"mps"``.
    precision
        ``"32-true"``, ``"bf16-mixed"`` or, on CUDA, ``"16-mixed"``.
    threads
        CPU threads; None leaves torch's choice.
    devices, nodes
        How many devices of each of how many machines share every batch. With several the program
        is started anew for each device: a script needs ``if __name__ == "__main__":``. On each of
        several machines start the same command, with MASTER_ADDR, MASTER_PORT and NODE_RANK set.

    Raises
    ------
    InputError
        A value is out of range; the error names it.

    Examples
    --------
    >>> TrainSettings(epochs=0)
    Traceback (most recent call last):
    graphkit.errors.InputError: settings.epochs: 0 is out of range. Choose 1 or more.
    """

    epochs: int = 30
    batch_size: int = 16
    lr: float = 5e-4
    warmup_epochs: int = 0
    decay: float = 0.0
    weight_decay: float = 0.0
    patience: int | None = None
    monitor: Monitor = "val_auroc"
    restore_best: bool = True
    device: str = "auto"
    precision: Precision = "32-true"
    threads: int | None = None
    devices: int = 1
    nodes: int = 1

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "devices", "nodes"):
            _at_least(name, getattr(self, name), 1)
        for name in ("patience", "threads"):
            if getattr(self, name) is not None:
                _at_least(name, getattr(self, name), 1)
        for name in ("warmup_epochs", "decay", "weight_decay"):
            _at_least(name, getattr(self, name), 0)
        if not 0 < self.lr < math.inf:
            raise InputError(
                f"{self.lr!r} is out of range", slot="settings.lr", remedy="Choose more than 0."
            )
        _one_of("monitor", self.monitor, _MONITORS)
        _one_of("precision", self.precision, _PRECISIONS)

    @property
    def higher_is_better(self) -> bool:
        """Whether a larger `monitor` is the better one."""
        return self.monitor == "val_auroc"

    def lr_at(self, epoch: int) -> float:
        """Return the learning rate of an epoch, counted from 0.

        Examples
        --------
        >>> settings = TrainSettings(lr=1.0, warmup_epochs=2, decay=0.5)
        >>> [round(settings.lr_at(epoch), 3) for epoch in range(4)]
        [0.5, 1.0, 1.0, 0.607]
        """
        rise = min(1.0, (epoch + 1) / self.warmup_epochs) if self.warmup_epochs else 1.0
        return self.lr * rise * math.exp(-self.decay * max(0, epoch - self.warmup_epochs))


def _at_least(name: str, value: float, least: int) -> None:
    # Written so that NaN fails too.
    if not least <= value < math.inf:
        raise InputError(
            f"{value!r} is out of range",
            slot=f"settings.{name}",
            remedy=f"Choose {least} or more.",
        )


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InputError(
            f"{value!r} is not a choice",
            slot=f"settings.{name}",
            remedy=f"Choose {' or '.join(choices)}.",
        )
