"""LncLoc for a measured quantity: de Bruijn graphs of a transcript and its ends, one number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from graphkit.errors import InputError
from graphkit.methods.base import labels_of
from graphkit.methods.lncloc_params import TRAINING, LncLocParams
from graphkit.methods.region_reader import RegionReader
from graphkit.sequences import TARGETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.builders import Spectrum
    from graphkit.nn import AbundanceGCN

    Codes = NDArray[np.uint8]

# Scales are not below this share of the spread of training values: a point mass has no gradient.
_LEAST_SCALE = 0.1


@dataclass(frozen=True)
class LncLocValueParams(LncLocParams):
    """Parameters of :class:`~graphkit.methods.LncLocValue`, beside LncLoc's own.

    Parameters
    ----------
    lines
        Cell lines with an answer of their own.
    cuts
        Values at which the network is asked whether a transcript lies below.
    smoothing
        How far those answers are moved towards even odds.
    """

    lines: tuple[str, ...] = ()
    cuts: int = 8
    smoothing: float = 0.05

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(self.lines))
        super().__post_init__()
        if not 2 <= self.cuts <= 100:
            raise InputError(f"cuts = {self.cuts}", slot="cuts", remedy="Choose 2 to 100.")


class LncLocValue(RegionReader):
    """A graph network that predicts one measured number of a transcript, such as log2 C/N.

    Behind the hidden layer of a :class:`~graphkit.methods.region_reader.RegionReader` stand two
    numbers: the value, adjusted for the cell lines that it was measured in, and how far off that
    may be. Together they are a logistic distribution.

    It is trained as one asks in steps: at each of several cuts, does the gene lie below? A measured
    gene answers by how likely it does, its noise (few cell lines, much noise) allowed for; of a
    gene whose class alone is known only the cut between the classes is asked. So no single far
    value has much say, and every record has some. A linear layer on the hidden units, which they do
    not feel, says how each cell line differs from the gene's mean.

    The value depends on a sequence through edge weights, node counts, length and composition alone,
    each of which :meth:`value` takes as an argument.

    Parameters
    ----------
    classes
        The class that lies higher, then the one that lies lower.
    params
        What there is to choose.
    whole, ends
        Encoders, as in :class:`~graphkit.methods.LncLoc`.

    Examples
    --------
    >>> method = LncLocValue(("Cytoplasm", "Nucleus"), LncLocValueParams(lines=("K562",))).eval()
    >>> spectrum = method.params.builder().spectrum(["ACGUGGCAU" * 30])
    >>> method.value(spectrum).shape, method.answer(spectrum).shape
    (torch.Size([1]), torch.Size([1, 3]))
    """

    name = "lncloc-value"
    reference = "10.26599/BDMA.2024.9020002"
    Params = LncLocValueParams
    recipe = TRAINING
    predicts = "value"

    cuts: Tensor
    centre: Tensor
    spread: Tensor

    def __init__(
        self,
        classes: tuple[str, ...],
        params: LncLocValueParams | None = None,
        *,
        whole: AbundanceGCN | None = None,
        ends: AbundanceGCN | None = None,
    ) -> None:
        p = params or LncLocValueParams()
        super().__init__(classes, p, whole=whole, ends=ends)
        self.head = nn.Linear(p.hidden, 2)
        self.lines = nn.Linear(p.hidden, len(p.lines)) if p.lines else None
        self.register_buffer("cuts", torch.zeros(p.cuts))
        self.register_buffer("centre", torch.zeros(()))
        self.register_buffer("spread", torch.ones(()))

    def value(self, data: Spectrum, **inputs: Tensor | None) -> Tensor:
        """Return the line-adjusted value, ``[B]``; the arguments are those of :meth:`embed`."""
        return self._distribution(self.embed(data, **inputs))[0]

    def answer(self, data: Spectrum) -> Tensor:
        """Return location (the value) and scale, then how each cell line differs from the value.

        Returns
        -------
        Tensor [B, 2 + L]
            Of a line its own offset is left out.
        """
        hidden = self.embed(data)
        parts = torch.stack(self._distribution(hidden), dim=1)
        return parts if self.lines is None else torch.cat([parts, self.lines(hidden)], dim=1)

    def logits(self, data: Spectrum, **inputs: Tensor | None) -> Tensor:
        """Return what speaks for each class, ``[B, 2]``: the value for the first, 0 for the other.

        The arguments are those of :meth:`embed`.
        """
        value = self.value(data, **inputs)
        return torch.stack([value, torch.zeros_like(value)], dim=1)

    def step(self, batch: Spectrum) -> dict[str, Tensor]:
        """Return the weighted terms of the loss on a batch with targets.

        Its ``y [B, 3 + L]`` is what :meth:`~graphkit.sequences.LineEffects.targets` gives.
        """
        y = labels_of(batch)
        lower, upper, variance = y[:, : len(TARGETS)].unbind(dim=1)
        hidden = self.embed(batch)
        location, scale = self._distribution(hidden)
        # Measured: how likely the gene lies below each cut.
        measured = lower == upper
        noise = (variance + (_LEAST_SCALE * self.spread) ** 2).sqrt()
        gap = self.cuts - torch.where(measured, lower, 0)[:, None]
        below = torch.special.ndtr(gap / noise[:, None])
        odds = (self.cuts - location[:, None]) / scale[:, None]
        steps = self._cross_entropy(odds, below).mean(dim=1)
        # Only the class known: on which side of one cut.
        high = torch.isposinf(upper)
        bound = torch.where(measured, 0, torch.where(high, lower, upper))
        odds = (bound - location) / scale
        side = self._cross_entropy(torch.where(high, -odds, odds), torch.ones_like(odds))
        terms = {"ordinal": torch.where(measured, steps, side).mean()}
        if self.lines is not None:
            away = y[:, len(TARGETS) :]
            known = away.isfinite()
            # The hidden units learn the gene's mean alone.
            error = (self.lines(hidden.detach()) - torch.where(known, away, 0)).square()
            terms["lines"] = (error * known).sum() / known.sum().clamp(min=1)
        return terms

    @classmethod
    def fresh(
        cls,
        classes: tuple[str, ...],
        params: LncLocValueParams,
        codes: Sequence[Codes],
        *,
        y: Sequence[Any],
        seed: int,
    ) -> Self:
        """Return a network with fresh weights, its cuts laid over the measured training values.

        Raises
        ------
        InputError
            If fewer than two training records were measured, or all have one value.
        """
        method = super().fresh(classes, params, codes, y=y, seed=seed)
        lower, upper = np.asarray(y, dtype=np.float32)[:, :2].T
        values = lower[lower == upper]
        if len(values) < 2 or values.std() == 0:
            raise InputError("no two measured values", slot="y", remedy="Train a classifier.")
        low, high = np.quantile(values, [0.05, 0.95])
        method.cuts.copy_(torch.linspace(float(low), float(high), params.cuts))
        method.centre.fill_(float(values.mean()))
        method.spread.fill_(float(values.std()))
        return method

    def _distribution(self, hidden: Tensor) -> tuple[Tensor, Tensor]:
        location, scale = self.head(hidden).unbind(dim=1)
        width = functional.softplus(scale) + _LEAST_SCALE
        return self.centre + self.spread * location, self.spread * width

    def _cross_entropy(self, odds: Tensor, target: Tensor) -> Tensor:
        smooth = target * (1 - self.params.smoothing) + self.params.smoothing / 2
        return functional.binary_cross_entropy_with_logits(odds, smooth, reduction="none")
