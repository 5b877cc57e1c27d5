"""Integrated gradients over all that a prediction depends on, carried to nucleotides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, cast

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
    from graphkit.builders.occurrences import Occurrences
    from graphkit.types import Window

    Forward = Callable[..., Tensor]

# Points of the path held at once, times nodes per graph: bounds memory for any network and is
# independent of the length of the sequence.
_NODES = 4096
# Log-odds nearer than this to those of the baseline are the same: a gap is a share of it.
_NO_DIFFERENCE = 1e-3


@dataclass(frozen=True)
class Attribution:
    """Scores of inputs, relative to a reference: an average transcript, or the baseline.

    Parameters
    ----------
    units : Scores [U]
        Share of each unit on the way from the baseline, numbered as the builder's provenance has
        them: for a de Bruijn graph its edges, followed by its nodes.
    owed : ndarray [U]
        What an average transcript's share is, by region and occurrence; 0 without one.
    side : ndarray [S]
        Share of length and composition; empty where they are not explained.
    absent
        Share of units that do not occur: what the baseline's few occurrences of them are missed
        for. It belongs to no position.
    f_x, f_base
        Log-odds of the sequence and of the reference.
    way
        Size of the log-odds of the sequence less those of the baseline.
    positions
        Shares of units on nucleotides, less what is owed, ``[L]``; NaN where no unit covers one.
        ``delta``
        is ``positions + side + absent - (f_x - f_base)``, all summed up.
    windows : tuple of Window
        Parts that are read by themselves, each with what its reading adds to `positions`.
    members : ndarray [M, L]
        What each member adds to `positions`.
    steps
        Points on the path.
    """

    units: Scores
    owed: NDArray[np.float64]
    side: NDArray[np.float64]
    absent: float
    f_x: float
    f_base: float
    way: float
    positions: Scores
    windows: tuple[Window, ...]
    members: NDArray[np.float64]
    steps: int

    @property
    def reference(self) -> str:
        """Reference of `f_base`: ``"average transcript"`` or ``"baseline"``."""
        return "average transcript" if self.owed.any() else "baseline"

    @property
    def gap(self) -> float:
        """Size of ``delta`` as a share of the way that gradients were integrated over."""
        return abs(self.positions.delta or 0.0) / max(self.way, _NO_DIFFERENCE)


class _End(NamedTuple):
    """f where a way ends, and what units ``[M, U]`` and side features ``[S]`` add up to on it."""

    f: float
    units: NDArray[np.float64]
    side: NDArray[np.float64]


def integrated_gradients(model: LogOdds, codes: Codes, *, steps: int = 64) -> Attribution:
    """Explain the log-odds of one sequence.

    The gradient is integrated jointly over the builder's variables (for a de Bruijn graph its
    normalised edge weights and node counts) and side features, along the straight line from the
    baseline, by the midpoint rule. Each member gets inputs of its own, so that what the ensemble
    owes to each member is known as well.

    The baseline, of almost no k-mers, is like no transcript, and from it most nucleotides lead the
    same way. Where the model knows an average transcript, its shares on the same way are taken off,
    evenly within each region that is read by itself: the sign of a score then says whether a
    nucleotide does more or less than one of an average transcript.

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
        f_start, ((f_x, by_member, side), *reference) = _integrate(model, held, steps)
    f_base, owed, absent = f_start, np.zeros_like(by_member), 0.0
    if reference:
        f_base, average, average_side = reference[0]
        occurrences = cast("Occurrences", held.provenance)
        owed = np.stack([occurrences.evenly(values) for values in average])
        side, absent = side - average_side, float(owed.sum() - average.sum())
    ids = range(by_member.shape[1])
    units = Scores(by_member.sum(axis=0), ids, provenance=held.provenance)
    beyond = units.values - owed.sum(axis=0)
    positions, *members = (
        replace(units, values=values).project() for values in (beyond, *(by_member - owed))
    )
    absent += float(units.values[torch.cat(held.units).cpu().numpy() == 0].sum())
    delta = float(np.nansum(positions.values) + side.sum() + absent - (f_x - f_base))
    return Attribution(
        units,
        owed.sum(axis=0),
        side,
        absent,
        f_x,
        f_base,
        abs(f_x - f_start),
        replace(positions, delta=delta),
        _windows(model, held, beyond),
        np.stack([member.values for member in members]),
        steps,
    )


def _integrate(model: LogOdds, held: Variables, steps: int) -> tuple[float, list[_End]]:
    """Return f of the baseline, and what lies at the end of each way from it.

    The first way ends at the sequence, the second, where there is one, at the average transcript.
    """
    size = (-1, len(model.members), -1)
    ends = [held.x] if held.average is None else [held.x, held.average]
    x, baseline = (
        tuple(torch.stack(rows)[:, None].expand(size) for rows in zip(*points, strict=True))
        for points in (ends, [held.baseline])
    )
    forward = make_forward(model, held)
    shares = IntegratedGradients(forward).attribute(
        x,
        baseline,
        n_steps=steps,
        method="riemann_middle",
        internal_batch_size=max(len(ends), points_at_once(held, steps)),
    )
    with torch.no_grad():
        f_start, f_ends = float(forward(*baseline)), forward(*x).tolist()
    *units, last = (share.double().cpu().numpy() for share in shares)
    if not held.side:
        units, last = [*units, last], last[:, :, :0]
    return f_start, [
        _End(f, np.concatenate([part[row] for part in units], axis=1), last[row].sum(axis=0))
        for row, f in enumerate(f_ends)
    ]


def _windows(model: LogOdds, held: Variables, shares: NDArray[np.float64]) -> tuple[Window, ...]:
    """Return what is read by itself, with what the walks through each part add up to."""
    windows = model.builder.windows(len(held.provenance.ids))
    if not windows:
        return ()
    totals = cast("Occurrences", held.provenance).totals(shares)
    adds = np.reshape(totals, (-1, len(windows))).sum(axis=0).tolist()
    return tuple(window._replace(adds=add) for window, add in zip(windows, adds, strict=True))


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
