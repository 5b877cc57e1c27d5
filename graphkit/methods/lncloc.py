"""LncLoc: de Bruijn graphs of a transcript and its ends, and classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from graphkit.methods.base import labels_of
from graphkit.methods.lncloc_labels import LncLocLabels
from graphkit.methods.lncloc_params import TRAINING, LncLocParams
from graphkit.methods.region_reader import RegionReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.builders import Spectrum
    from graphkit.nn import AbundanceGCN

    Codes = NDArray[np.uint8]


class LncLoc(RegionReader):
    """A graph network that reads a transcript whole and by its ends.

    One linear layer stands behind the hidden layer of a
    :class:`~graphkit.methods.region_reader.RegionReader`. It is trained on classes of equal weight;
    the log-odds of the training classes are added to its own.

    The logit depends on a sequence through edge weights, node counts, length and composition alone,
    each of which :meth:`logits` takes as an argument.

    Parameters
    ----------
    classes
        Class names, sorted.
    params
        What there is to choose.
    whole, ends
        Encoders of the whole transcript's graph and of those of its ends, like
        :class:`~graphkit.nn.AbundanceGCN`; made after `params` where not given, as a model folder
        makes them.

    Examples
    --------
    >>> method = LncLoc(("Cytoplasm", "Nucleus")).eval()
    >>> spectrum = method.params.builder().spectrum(["ACGUGGCAU" * 30])
    >>> method.logits(spectrum).shape
    torch.Size([1, 2])
    """

    name = "lncloc"
    reference = "10.26599/BDMA.2024.9020002"
    Params = LncLocParams
    recipe = TRAINING
    several = LncLocLabels

    odds: Tensor
    weight: Tensor

    def __init__(
        self,
        classes: tuple[str, ...],
        params: LncLocParams | None = None,
        *,
        whole: AbundanceGCN | None = None,
        ends: AbundanceGCN | None = None,
    ) -> None:
        p = params or LncLocParams()
        super().__init__(classes, p, whole=whole, ends=ends)
        self.head = nn.Linear(p.hidden, len(self.classes) - 1)
        self.register_buffer("odds", torch.zeros(len(self.classes) - 1))
        self.register_buffer("weight", torch.ones(len(self.classes)))

    def logits(self, data: Spectrum, **inputs: Tensor | None) -> Tensor:
        """Return class log-odds relative to the first class, ``[B, C]``; those of the first are 0.

        The arguments are those of :meth:`embed`.
        """
        return _after_first(self.head(self.embed(data, **inputs)) + self.odds)

    def step(self, batch: Spectrum) -> dict[str, Tensor]:
        """Return the weighted terms of the loss on a labelled batch."""
        y = labels_of(batch)
        loss = functional.cross_entropy(
            _after_first(self.head(self.embed(batch))),
            y,
            reduction="none",
            label_smoothing=self.params.smoothing,
        )
        return {"cross_entropy": (loss * self.weight[y]).mean()}

    @classmethod
    def fresh(
        cls,
        classes: tuple[str, ...],
        params: LncLocParams,
        codes: Sequence[Codes],
        *,
        y: Sequence[int],
        seed: int,
    ) -> Self:
        """Return a network with fresh weights that weighs classes evenly."""
        method = super().fresh(classes, params, codes, y=y, seed=seed)
        counts = np.maximum(np.bincount(y, minlength=len(classes)), 1)
        method.odds.copy_(torch.from_numpy(np.log(counts[1:] / counts[0])))
        method.weight.copy_(torch.from_numpy(len(y) / len(classes) / counts))
        return method


def _after_first(odds: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(odds[:, :1]), odds], dim=1)
