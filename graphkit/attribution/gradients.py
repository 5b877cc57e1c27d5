"""Integrated gradients over all that a prediction depends on, carried to nucleotides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from captum.attr import IntegratedGradients

from graphkit.attribution.log_odds import log_odds, untouched
from graphkit.attribution.variables import variables
from graphkit.errors import InputError
from graphkit.types import Scores

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

    from graphkit.attribution.log_odds import Codes, LogOdds
    from graphkit.attribution.variables import Variables

    Forward = Callable[..., Tensor]

# Points of the path held at once, times nodes per graph: bounds memory for any network and is
# independent of the length of the sequence.
_NODES = 4096
NO_DIFFERENCE = 1e-3
"""Log-odds nearer than this to those of the baseline are the same: a gap is a share of it."""


@dataclass(frozen=True)
class Attribution:
    """What each input adds to the log-odds, from the baseline to the sequence.

    Parameters
    ----------
    units : Scores [U]
        Share of each unit, numbered as the builder's provenance has them: for a de Bruijn graph
        its edges, followed by its nodes.
    side : ndarray [S]
        Share of length and composition; empty where they are not explained.
    absent
        Share of units that do not occur: what the baseline's few occurrences of them are missed
        for. It belongs to no position.
    f_x, f_base
        Log-odds of the sequence and of the baseline.
    positions
        Shares of units on nucleotides, ``[L]``; NaN where no unit covers one. ``delta``
        is ``positions + side + absent - (f_x - f_base)``, all summed up.
    members : ndarray [M, L]
        What each member adds to `positions`.
    steps
        Points on the path.
    """

    units: Scores
    side: NDArray[np.float64]
    absent: float
    f_x: float
    f_base: float
    positions: Scores
    members: NDArray[np.float64]
    steps: int

    @property
    def gap(self) -> float:
        """Size of ``delta`` beside what is to be explained, ``f_x - f_base``."""
        return abs(self.positions.delta or 0.0) / max(abs(self.f_x - self.f_base), NO_DIFFERENCE)


def integrated_gradients(model: LogOdds, codes: Codes, *, steps: int = 64) -> Attribution:
    """Explain the log-odds of one sequence.

    The gradient is integrated jointly over the builder's variables (for a de Bruijn graph its
    normalised edge weights and node counts) and side features, along the straight line from the
    baseline, by the midpoint rule. Each member gets inputs of its own, so that what the ensemble
    owes to each member is known as well.

    Parameters
    ----------
    model
        What is explained.
    codes : uint8 [L]
        The encoded sequence.
    steps
        Points on the line, at least 2.

    Raises
    ------
    InputError
        If `steps` is less than 2.

    References
    ----------
    Sundararajan, Taly and Yan 2017, arXiv:1703.01365.
    """
    if steps < 2:
        raise InputError(f"steps = {steps}", slot="steps", remedy="Give at least 2.")
    held = variables(model, codes)
    with untouched(model.members), torch.inference_mode(mode=False):
        shares, f_x, f_base = _integrate(model, held, steps)
    by_member = [share.double().cpu().numpy() for share in shares]
    side = by_member.pop().sum(axis=0) if held.side else np.empty(0)
    ids = range(sum(len(value) for value in held.units))
    members = [
        Scores(values, ids, provenance=held.provenance)
        for values in np.concatenate(by_member, axis=1)
    ]
    units = replace(members[0], values=np.sum([one.values for one in members], axis=0))
    positions = units.project()
    absent = float(units.values[torch.cat(held.units).cpu().numpy() == 0].sum())
    delta = float(np.nansum(positions.values) + side.sum() + absent - (f_x - f_base))
    return Attribution(
        units,
        side,
        absent,
        f_x,
        f_base,
        replace(positions, delta=delta),
        np.stack([one.project().values for one in members]),
        steps,
    )


def _integrate(
    model: LogOdds, held: Variables, steps: int
) -> tuple[tuple[Tensor, ...], float, float]:
    """Return the shares ``[M, ...]`` of each variable, and f at both ends."""
    times = len(model.members)
    x, baseline = (
        tuple(value.clone().expand(1, times, -1) for value in point)
        for point in (held.x, held.baseline)
    )
    forward = make_forward(model, held)
    shares = IntegratedGradients(forward).attribute(
        x,
        baseline,
        n_steps=steps,
        method="riemann_middle",
        internal_batch_size=points_at_once(held, steps),
    )
    with torch.no_grad():
        f_x, f_base = (float(forward(*point)) for point in (x, baseline))
    return tuple(share[0] for share in shares), f_x, f_base


def points_at_once(held: Variables, steps: int) -> int:
    """Return how many points of the line fit into bounded memory."""
    return min(steps, max(1, _NODES // min(len(value) for value in held.units)))


def make_forward(model: LogOdds, held: Variables) -> Forward:
    """Return the log-odds ``[n]`` as a function of variables ``[n, M, ...]``: a set per member."""

    def forward(*inputs: Tensor) -> Tensor:
        batch = held.copies(len(inputs[0]))
        logits = [
            held.logits(member, batch, tuple(value[:, number] for value in inputs))
            for number, member in enumerate(model.members)
        ]
        odds = log_odds(torch.stack(logits).mean(dim=0), model.target)
        # A network need not read all of its inputs; those it does not read have gradient 0.
        return odds + sum(0.0 * value.sum() for value in inputs)

    return forward
