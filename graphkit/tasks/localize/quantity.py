"""A measured quantity: what a model that predicts a value says of it, and how sure it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch

from graphkit.errors import InputError
from graphkit.evaluation.prediction_intervals import PredictionInterval
from graphkit.sequences import LineEffects
from graphkit.tasks.localize.predictions import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """Turn answers of networks into values, intervals and classes.

    Parameters
    ----------
    name
        A column name, with the unit: ``"log2_CN"``.
    threshold
        What lies below is of the second class, the lower one.
    interval
        Of the line-adjusted value.
    line_interval
        Of a measurement in one line, its noise included.
    effects
        What each line adds.
    line
        The line asked for; None for what all lines have in common.
    """

    name: str
    threshold: float
    interval: PredictionInterval
    line_interval: PredictionInterval
    effects: LineEffects
    line: str | None = None

    def asked(self, *, threshold: float | None = None, line: str | None = None) -> Self:
        """Return the same with another threshold, or for one cell line.

        Raises
        ------
        InputError
            If there is no such line or the threshold is not finite.
        """
        given = self.threshold if threshold is None else threshold
        if not np.isfinite(given):
            raise InputError(f"{given} is no threshold", slot="threshold")
        folded = {_folded(name): name for name in self.effects.lines}
        if line is not None:
            line = folded.get(_folded(line), line)
            self.effects.offset(line)
        parts = {field: getattr(self, field) for field in self.__dataclass_fields__}
        return type(self)(**parts | {"threshold": given, "line": line})

    @property
    def columns(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Columns of value and interval, and of what was measured of a known transcript."""
        short = self.name.removeprefix("log2_")
        return (
            (self.name, f"{short}_low", f"{short}_high"),
            (f"measured_{self.name}", "measured_sd", "measured_lines"),
        )

    def judge(self, answers: Tensor, *, temperature: float) -> Verdict:
        """Return the members' verdict together.

        Parameters
        ----------
        answers : Tensor [n, M, 2 + L]
            What :meth:`~graphkit.methods.LncLocValue.answer` of each member gives.
        temperature
            Divides the log-odds of the lower class.
        """
        location, scale = answers[..., 0].double(), answers[..., 1].double().mean(dim=1)
        offset, interval = 0.0, self.interval
        if self.line is not None:
            number = self.effects.lines.index(self.line)
            offset, interval = self.effects.offset(self.line), self.line_interval
            location = location + answers[..., 2 + number]
        mean = location.mean(dim=1)
        lower = torch.sigmoid((self.threshold - mean) / scale / temperature)
        low, high = interval.apply(mean, scale=scale)
        return Verdict(
            torch.stack([1 - lower, lower], dim=1).numpy(),
            (location < self.threshold).long().numpy(),
            np.column_stack([mean, low, high]) + offset,
        )

    def config(self) -> dict[str, Any]:
        """Return all there is to store, as plain values."""
        stored = asdict(self)
        stored["effects"].pop("_offsets")
        stored.pop("line")
        return stored

    @classmethod
    def from_config(cls, stored: Mapping[str, Any]) -> Self:
        """Make what :meth:`config` was taken from.

        Raises
        ------
        InputError
            If a value is missing, unknown, of the wrong kind or not finite.
        """
        try:
            found = cls(
                name=stored["name"],
                threshold=_plain(stored["threshold"]),
                interval=PredictionInterval(**_all_plain(stored["interval"])),
                line_interval=PredictionInterval(**_all_plain(stored["line_interval"])),
                effects=LineEffects(**_all_plain(stored["effects"])),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise InputError("is no sound quantity", slot="quantity") from error
        if not isinstance(found.name, str) or not found.name.isidentifier():
            raise InputError(f"{found.name!r} is no column name", slot="quantity")
        return found


def _folded(name: str) -> str:
    """Leave case and signs out: HeLa-S3 is HeLa.S3."""
    return "".join(filter(str.isalnum, name)).casefold()


def _all_plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """Return a finite number or a tuple of text or finite numbers; raise ValueError else."""
    if isinstance(value, list | tuple):
        return tuple(one if isinstance(one, str) else _plain(one) for one in value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise ValueError(value)
    return value
