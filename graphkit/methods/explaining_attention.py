"""The attention of methods that have one, per k-mer and member."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from graphkit.attribution import untouched
from graphkit.errors import InputError
from graphkit.methods.lncloc import LncLoc
from graphkit.methods.sgcl_lncloc import SGCLLncLoc

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from graphkit.methods.sequence_classifier import SequenceClassifier

    Codes = NDArray[np.uint8]


def member_attention(model: SequenceClassifier, codes: Codes) -> NDArray[np.float64]:
    """Return how each member weighs the k-mers of a sequence at its readout.

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
    ndarray [M, N]
        Weight of each node, numbered as the model's inputs hold them.

    Raises
    ------
    InputError
        If the method has no attention.
    """
    need_attention(model)
    data: Any = model.method.inputs([codes], model.params)[[0]]
    weights = []
    with untouched(model.members_), torch.no_grad():
        for member in model.members_:
            batch = data.to(next(member.parameters()).device)
            if isinstance(member, LncLoc):
                found = _head_mean(member, batch)
            else:
                found = member.encode(batch).node_weights.flatten()  # type: ignore[operator]
            weights.append(found.double().cpu().numpy())
    return np.stack(weights)


def need_attention(model: SequenceClassifier) -> None:
    """Refuse methods without attention.

    Raises
    ------
    InputError
        Naming the method or its readout.
    """
    member = model.members_[0]
    if isinstance(member, SGCLLncLoc) and member.params.readout == "mean":
        raise InputError("the readout 'mean' has no attention", slot="method", remedy=_REMEDY)
    if not isinstance(member, LncLoc | SGCLLncLoc):
        name = type(member).__name__
        raise InputError(f"{name} shows no attention", slot="method", remedy=_REMEDY)


_REMEDY = "Use gradients, mutagenesis or occlusion."


def _head_mean(member: LncLoc, batch: Any) -> Tensor:
    """Return the heads' mean attention over the nodes of the whole, 0 for those of the ends."""
    caught: list[Tensor] = []
    hook = member.whole.gate.register_forward_hook(lambda *parts: caught.append(parts[2][0]))
    try:
        member.logits(batch)
    finally:
        hook.remove()
    n = len(caught[0])
    weights = caught[0].clamp(-8, 8).exp() * batch.nodes[0, :n, None]
    weights = weights / weights.sum(dim=0).clamp(min=1e-12)
    whole = torch.zeros_like(batch.nodes[0])
    whole[:n] = weights.mean(dim=1)
    return whole
