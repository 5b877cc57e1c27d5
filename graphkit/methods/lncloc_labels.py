"""LncLoc for several labels: de Bruijn graphs of a transcript and its ends, and its labels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from graphkit.methods.base import labels_of
from graphkit.methods.lncloc_params import TRAINING, LncLocParams
from graphkit.methods.region_reader import RegionReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.builders import Spectrum
    from graphkit.nn import AbundanceGCN

    Codes = NDArray[np.uint8]


class LncLocLabels(RegionReader):
    """A graph network that says of each of several labels whether a transcript has it.

    One linear layer stands behind the hidden layer of a
    :class:`~graphkit.methods.region_reader.RegionReader`, and what it gives for one label says
    nothing of the others: a transcript may have several of them, or none. With and without a label
    are of equal weight in training; the log-odds of having it are added to the layer's own.

    Parameters
    ----------
    classes
        The labels.
    params
        What there is to choose.
    whole, ends
        Encoders, as in :class:`~graphkit.methods.LncLoc`.

    Examples
    --------
    >>> method = LncLocLabels(("Cytosol", "Exosome", "Nucleus")).eval()
    >>> spectrum = method.params.builder().spectrum(["ACGUGGCAU" * 30])
    >>> method.logits(spectrum).shape
    torch.Size([1, 3])
    """

    name = "lncloc-labels"
    reference = "10.26599/BDMA.2024.9020002"
    Params = LncLocParams
    # Several labels through one hidden layer take more, and longer, steps than one.
    recipe = replace(TRAINING, epochs=40, lr=6e-3)
    predicts = "labels"

    odds: Tensor

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
        self.head = nn.Linear(p.hidden, len(self.classes))
        self.register_buffer("odds", torch.zeros(len(self.classes)))

    def logits(self, data: Spectrum, **inputs: Tensor | None) -> Tensor:
        """Return the log-odds of each label, ``[B, L]``; the arguments are those of `embed`."""
        return self.head(self.embed(data, **inputs)) + self.odds

    def step(self, batch: Spectrum) -> dict[str, Tensor]:
        """Return the weighted terms of the loss on a batch whose `y` is 0 or 1, ``[B, L]``."""
        y = labels_of(batch)
        loss = functional.binary_cross_entropy_with_logits(
            self.head(self.embed(batch)),
            y * (1 - self.params.smoothing) + self.params.smoothing / 2,
            weight=0.5 / torch.sigmoid(torch.where(y > 0, self.odds, -self.odds)),
        )
        return {"cross_entropy": loss}

    @classmethod
    def fresh(
        cls,
        classes: tuple[str, ...],
        params: LncLocParams,
        codes: Sequence[Codes],
        *,
        y: Sequence[Any],
        seed: int,
    ) -> Self:
        """Return a network with fresh weights, for labels that some records have and some have not.

        `y` is 0 or 1, ``[n, L]``.
        """
        method = super().fresh(classes, params, codes, y=y, seed=seed)
        share = torch.from_numpy(np.mean(y, axis=0, dtype=np.float64))
        method.odds.copy_(share.logit())
        return method
