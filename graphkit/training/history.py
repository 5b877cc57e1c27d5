"""Record a training, epoch by epoch, and its best epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from graphkit.training.settings import TrainSettings


@dataclass(frozen=True, slots=True)
class History:
    """The record of a finished training.

    Parameters
    ----------
    epochs
        One dictionary per epoch: ``epoch`` (from 0), ``lr``, ``train_loss`` and a ``train_<term>``
        for each of the method's terms (means over examples), ``val_loss`` and ``val_auroc`` where
        there is validation data, ``seconds`` of training and ``val_seconds`` of validation.
    best_epoch
        Epoch whose weights were kept, from 0.
    stopped_epoch
        Last epoch that ran, from 0.
    samples_per_second
        Training examples per second of training, validation not counted.
    """

    epochs: tuple[dict[str, float], ...]
    best_epoch: int
    stopped_epoch: int
    samples_per_second: float

    def column(self, name: str) -> list[float]:
        """Return one value per epoch.

        Examples
        --------
        >>> History(({"lr": 0.1}, {"lr": 0.2}), 1, 1, 100.0).column("lr")
        [0.1, 0.2]
        """
        return [epoch[name] for epoch in self.epochs]


class Log:
    """A training's record while it runs; all of it survives a kill.

    Parameters
    ----------
    settings
        Says what is monitored, and for how long without improvement.
    validated
        Whether there is validation data; without it the last epoch is the best.
    """

    def __init__(self, settings: TrainSettings, *, validated: bool) -> None:
        self.settings = settings
        self.validated = validated
        self.rows: list[dict[str, float]] = []
        self.best_epoch = 0
        self.best_weights: dict[str, Tensor] | None = None

    def add(self, row: dict[str, float], weights: dict[str, Tensor]) -> None:
        """Take the values of one more epoch; keep a copy of `weights` if they are the best."""
        self.rows.append(row)
        epoch = len(self.rows) - 1
        if not self.validated:
            self.best_epoch = epoch
        elif epoch == 0 or self._better(row, self.rows[self.best_epoch]):
            self.best_epoch = epoch
            if self.settings.restore_best:
                self.best_weights = {name: value.clone() for name, value in weights.items()}

    def _better(self, row: dict[str, float], best: dict[str, float]) -> bool:
        new, old = row[self.settings.monitor], best[self.settings.monitor]
        return new > old if self.settings.higher_is_better else new < old

    @property
    def should_stop(self) -> bool:
        """Whether patience has run out."""
        patience = self.settings.patience
        return patience is not None and len(self.rows) - 1 - self.best_epoch >= patience

    @property
    def finished(self) -> bool:
        """Whether no epoch is left to run."""
        return len(self.rows) >= self.settings.epochs or (bool(self.rows) and self.should_stop)

    def state_dict(self) -> dict[str, Any]:
        """Return all that :meth:`load_state_dict` needs, as plain values and tensors."""
        return {
            "rows": self.rows,
            "best_epoch": self.best_epoch,
            "best_weights": self.best_weights,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a record that :meth:`state_dict` made."""
        self.rows = list(state["rows"])
        self.best_epoch = state["best_epoch"]
        self.best_weights = state["best_weights"]

    def history(self, train_size: int) -> History:
        """Return the record of `train_size` examples per epoch."""
        seconds = sum(row["seconds"] for row in self.rows)
        return History(
            epochs=tuple(self.rows),
            best_epoch=self.best_epoch,
            stopped_epoch=len(self.rows) - 1,
            samples_per_second=train_size * len(self.rows) / max(seconds, 1e-9),
        )
