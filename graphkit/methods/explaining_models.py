"""What a trained classifier says, as something an attribution can explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch

from graphkit.attribution import LogOdds
from graphkit.builders import Region
from graphkit.builders.debruijn import MAX_FIXED_K
from graphkit.errors import InputError
from graphkit.methods.lncloc import LncLoc
from graphkit.methods.sgcl_lncloc import SGCLLncLoc
from graphkit.sequences import COMPOSITION_NAMES

if TYPE_CHECKING:
    from torch import Tensor

    from graphkit.methods.base import SequenceMethod
    from graphkit.methods.sequence_classifier import SequenceClassifier


def log_odds_of(
    model: SequenceClassifier, target: str, *, side_baseline: Tensor | None = None
) -> LogOdds:
    """Return the log-odds of a class, as all members of a model see it.

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
    InputError
        If the model is not fitted or has no such class.
    """
    if target not in model.classes_:
        raise InputError(
            f"no class {target!r}",
            slot="target",
            remedy=f"Choose of: {', '.join(model.classes_)}.",
        )
    return LogOdds(
        members=model.members_,
        inputs=lambda codes: model.method.inputs(codes, model.params),
        target=model.classes_.index(target),
        k=model.k,
        regions=_regions(model.members_[0], model.k),
        side_baseline=side_of_training(model) if side_baseline is None else side_baseline,
    )


def side_of_training(model: SequenceClassifier) -> Tensor | None:
    """Return the mean length and composition of the training records, ``[S]``.

    LncLoc holds it in its normalisation, SGCL-LncLoc as ``side_mean``; a method of your own may
    hold it under that name too. None where the members know of none: nothing is put down to them.
    """
    means = [_side_mean(member) for member in model.members_]
    known = [mean for mean in means if mean is not None]
    return torch.stack(known).mean(dim=0) if known else None


def need_gradients(model: SequenceClassifier) -> None:
    """Refuse models whose gradients cannot account for the prediction.

    Raises
    ------
    InputError
        If edges of weight 0 still act, or a count acts by a step.
    """
    member = model.members_[0]
    if not isinstance(member, SGCLLncLoc):
        return
    remedy = "Use mutagenesis or occlusion."
    if member.params.conv == "gat":
        raise InputError(
            "gradients cannot explain graph attention: an edge of weight 0 still passes messages",
            slot="method",
            remedy=remedy,
        )
    if member.params.readout == "present":
        raise InputError(
            "gradients cannot explain the readout 'present': whether a k-mer occurs is a step",
            slot="method",
            remedy=remedy,
        )


def _regions(member: SequenceMethod, k: int) -> tuple[Region, ...]:
    """Return the regions of the member's inputs; none where k is too large for a fixed topology."""
    regions = getattr(member, "regions", None)
    if regions is not None:
        return tuple(regions)
    return (Region(k=k),) if k <= MAX_FIXED_K else ()


def _side_mean(member: SequenceMethod) -> Tensor | None:
    if isinstance(member, LncLoc):
        mean = cast("Tensor", member.norm.running_mean)
        return mean[-len(COMPOSITION_NAMES) :]
    if isinstance(member, SGCLLncLoc) and not member.params.side:
        return None
    return getattr(member, "side_mean", None)
