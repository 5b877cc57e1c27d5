"""Present a trained model as something an attribution can explain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from graphkit.attribution import LogOdds, untouched
from graphkit.builders import SequenceBuilder
from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from graphkit.methods.base import SequenceMethod
    from graphkit.tasks.localize.ensemble import Ensemble
    from graphkit.tasks.localize.model import SequenceModel

    Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class _Inputs(SequenceBuilder):
    """What a method without a builder reads: it can be varied letter by letter, and no further."""

    method: type[SequenceMethod]
    params: Any

    def inputs(self, codes: Sequence[Codes], **known: Any) -> Any:
        return self.method.inputs(codes, self.params, **known)


class _Label(nn.Module):
    """One label of a network that predicts several, against its absence."""

    def __init__(self, method: SequenceMethod, number: int) -> None:
        super().__init__()
        self.method, self.number = method, number

    def logits(self, data: Any, **inputs: Tensor | None) -> Tensor:
        odds = self.method.logits(data, **inputs)[:, self.number]
        return torch.stack([torch.zeros_like(odds), odds], dim=1)


def fitted(model: SequenceModel) -> Ensemble:
    """Return what was fitted or loaded; an `UnfittedError` where nothing was."""
    ensemble: Ensemble = model.fitted("ensemble_")
    return ensemble


def log_odds_of(
    model: SequenceModel, target: str, *, side_baseline: Tensor | None = None
) -> LogOdds:
    """Return the log-odds of a class, as all members of a model see it.

    Of several labels each is explained by itself: the log-odds of having it.

    Members' logits are averaged, also for the published model, whose prediction averages
    probabilities: an average of probabilities is no function that shares could add up to.

    Parameters
    ----------
    model
        A fitted model.
    target
        Name of the class.
    side_baseline : Tensor [S], optional
        Length and composition of the baseline; the mean over the training records where not given.

    Raises
    ------
    UnfittedError
        If the model is not fitted.
    InputError
        If it has no such class.
    """
    ensemble = fitted(model)
    if target not in ensemble.classes:
        raise InputError(
            f"no class {target!r}",
            slot="target",
            remedy=f"Choose of: {', '.join(ensemble.classes)}.",
        )
    number = ensemble.classes.index(target)
    several = ensemble.sets is not None
    return LogOdds(
        members=[_Label(one, number) for one in ensemble.members] if several else ensemble.members,
        builder=ensemble.method.builder(ensemble.params)
        or _Inputs(ensemble.method, ensemble.params),
        target=1 if several else number,
        side_baseline=side_of_training(model) if side_baseline is None else side_baseline,
        average=partial(_average, ensemble.members),
    )


def _average(members: Sequence[SequenceMethod], data: Any) -> dict[str, Tensor] | None:
    """Return the mean of what the members take for an average record of the size of `data`."""
    each = [found for member in members if (found := member.average(data)) is not None]
    return {
        name: torch.stack([one[name] for one in each]).mean(dim=0) for name in (each or [{}])[0]
    } or None


def side_of_training(model: SequenceModel) -> Tensor | None:
    """Return the mean length and composition of the training records, ``[S]``.

    None where the members know of none: nothing is put down to them.
    """
    means = [member.side_baseline() for member in fitted(model).members]
    known = [mean for mean in means if mean is not None]
    return torch.stack(known).mean(dim=0) if known else None


def need_explainable(model: SequenceModel, way: str) -> None:
    """Refuse models that ``"gradients"`` cannot account for, or that have no ``"attention"``.

    Raises
    ------
    InputError
        With the method's own reason.
    """
    reason = fitted(model).members[0].refusal(way)
    if reason is not None:
        others = "gradients, mutagenesis" if way == "attention" else "mutagenesis"
        raise InputError(reason, slot="method", remedy=f"Use {others} or occlusion.")


def member_attention(model: SequenceModel, codes: Codes) -> NDArray[np.float64]:
    """Return how each member weighs the units of a sequence at its readout.

    SGCL-LncLoc has one attention. LncLoc has several heads per region: shown is their mean over the
    whole transcript's graph, per occurrence and summing to 1; what it reads at the ends is left
    out.

    Parameters
    ----------
    model
        A fitted model.
    codes : uint8 [L]
        The encoded sequence.

    Returns
    -------
    ndarray [M, U]
        Weight of each unit, numbered as the builder's provenance has them.

    Raises
    ------
    InputError
        If the method has no attention.
    """
    need_explainable(model, "attention")
    ensemble = fitted(model)
    data: Any = ensemble.method.inputs([codes], ensemble.params)[[0]]
    weights = []
    with untouched(ensemble.members), torch.no_grad():
        for member in ensemble.members:
            batch = data.to(next(member.parameters()).device)
            weights.append(member.attention(batch).double().cpu().numpy())
    return np.stack(weights)
