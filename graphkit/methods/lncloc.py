"""LncLoc: de Bruijn graphs of a transcript and its ends, one expert per source of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from graphkit.errors import InputError
from graphkit.methods.base import labels_of
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

    Behind the hidden layer of a :class:`~graphkit.methods.region_reader.RegionReader` each source
    of labels has an expert, since what is called nuclear differs from
    one assay to the next; a gate says which source a transcript looks like. The logit is
    ``sum_s p(source s | x) * (sharpness_s * z_s + prior_s)``: p is what it would be if all sources
    were equally common, and prior_s the log-odds of the classes in source s, which the experts,
    trained on classes of equal weight, do not know.

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
    >>> method = LncLoc(("Cytoplasm", "Nucleus"), LncLocParams(sources=2)).eval()
    >>> spectrum = method.params.builder().spectrum(["ACGUGGCAU" * 30])
    >>> method.logits(spectrum).shape
    torch.Size([1, 2])
    """

    name = "lncloc"
    reference = "10.26599/BDMA.2024.9020002"
    Params = LncLocParams
    recipe = TRAINING

    prior: Tensor
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
        self.experts = nn.Linear(p.hidden, p.sources * (len(self.classes) - 1))
        self.gate = nn.Linear(p.hidden, p.sources)
        self.register_buffer("prior", torch.full((p.sources,), 1 / p.sources))
        self.register_buffer("odds", torch.zeros(p.sources, len(self.classes) - 1))
        self.register_buffer("weight", torch.ones(p.sources, len(self.classes)))

    def logits(
        self,
        data: Spectrum,
        *,
        edge_weight: Tensor | None = None,
        node_count: Tensor | None = None,
        side: Tensor | None = None,
    ) -> Tensor:
        """Return class log-odds relative to the first class.

        Parameters
        ----------
        data
            Counts of all regions, from :meth:`LncLocParams.builder`.
        edge_weight : Tensor [B, E], optional
            Normalised edge weights of all regions, in place of those of `data`.
        node_count : Tensor [B, N], optional
            Occurrences of each node of all regions; the totals stay those of `data`.
        side : Tensor [B, 21], optional
            Length and composition.

        Returns
        -------
        Tensor [B, C]
            Logits; those of the first class are 0.
        """
        hidden = self.embed(data, edge_weight=edge_weight, node_count=node_count, side=side)
        odds = self._experts(hidden)
        share = (self.gate(hidden) - self.prior.log()).softmax(dim=1)
        sharpness = odds.new_tensor([1.0, *[self.params.sharpness] * (self.params.sources - 1)])
        voices = sharpness[:, None] * odds + self.odds
        mixed = (share[..., None] * voices).sum(dim=1)
        return torch.cat([torch.zeros_like(mixed[:, :1]), mixed], dim=1)

    def step(self, batch: Spectrum) -> dict[str, Tensor]:
        """Return the weighted terms of the loss on a labelled batch."""
        hidden = self.embed(batch)
        y = labels_of(batch)
        source = torch.zeros_like(y) if batch.source is None else batch.source
        odds = self._experts(hidden)[torch.arange(len(hidden)), source]
        logits = torch.cat([torch.zeros_like(odds[:, :1]), odds], dim=1)
        loss = functional.cross_entropy(
            logits, y, reduction="none", label_smoothing=self.params.smoothing
        )
        terms = {"cross_entropy": (loss * self.weight[source, y]).mean()}
        if self.params.sources > 1:
            terms["gate"] = self.params.gate * functional.cross_entropy(self.gate(hidden), source)
        return terms

    @classmethod
    def fresh(
        cls,
        classes: tuple[str, ...],
        params: LncLocParams,
        codes: Sequence[Codes],
        *,
        y: Sequence[int],
        source: Sequence[int],
        seed: int,
    ) -> Self:
        """Return a network with fresh weights that weighs classes evenly within each source.

        Raises
        ------
        InputError
            If a source has no expert.
        """
        if not all(0 <= s < params.sources for s in source):
            raise InputError(
                f"sources {sorted(set(source))} with experts for {params.sources}",
                slot="sources",
                remedy="Count sources from 0 and set the parameter sources to how many there are.",
            )
        method = super().fresh(classes, params, codes, y=y, source=source, seed=seed)
        counts = np.zeros((params.sources, len(classes)))
        np.add.at(counts, (np.asarray(source), np.asarray(y)), 1)
        total = counts.sum(axis=1, keepdims=True)
        weight = total / len(classes) / np.maximum(counts, 1)
        weight[1:] *= params.source_weight
        present = np.maximum(counts, 1)
        method.odds.copy_(torch.from_numpy(np.log(present[:, 1:] / present[:, :1])))
        method.weight.copy_(torch.from_numpy(weight))
        method.prior.copy_(torch.from_numpy(np.maximum(total[:, 0], 1) / max(1, total.sum())))
        return method

    def _experts(self, hidden: Tensor) -> Tensor:
        return self.experts(hidden).view(len(hidden), self.params.sources, -1)
