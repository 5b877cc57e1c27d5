"""Integrated gradients over all that a prediction depends on, carried to nucleotides."""

from __future__ import annotations

from dataclasses import dataclass
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
    edges, nodes : Scores [E], [N]
        Share of each edge and each node, numbered as the graph holds them.
    side : ndarray [S]
        Share of length and composition; empty where they are not explained.
    absent
        Share of nodes that do not occur: what the baseline's few occurrences of them are missed
        for. It belongs to no position.
    f_x, f_base
        Log-odds of the sequence and of the baseline.
    positions
        Shares of edges and nodes on nucleotides, ``[L]``; NaN where no k-mer covers one. ``delta``
        is ``positions + side + absent - (f_x - f_base)``, all summed up.
    members : ndarray [M, L]
        What each member adds to `positions`.
    steps
        Points on the path.
    """

    edges: Scores
    nodes: Scores
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

    The gradient is integrated jointly over normalised edge weights, node counts and side features,
    along the straight line from the baseline, by the midpoint rule. Each member gets inputs of its
    own, so that what the ensemble owes to each member is known as well.

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
    by_edge, by_node, *by_side = (share.double().cpu().numpy() for share in shares)
    edges = Scores(by_edge.sum(axis=0), range(by_edge.shape[1]), provenance=held.edges)
    nodes = Scores(by_node.sum(axis=0), range(by_node.shape[1]), provenance=held.nodes)
    values = edges.project().values + nodes.project().values
    side = by_side[0].sum(axis=0) if by_side else np.empty(0)
    absent = float(nodes.values[held.x[1].cpu().numpy() == 0].sum())
    delta = float(np.nansum(values) + side.sum() + absent - (f_x - f_base))
    return Attribution(
        edges,
        nodes,
        side,
        absent,
        f_x,
        f_base,
        Scores(values, held.edges.ids, delta=delta),
        np.stack([held.project(e, n) for e, n in zip(by_edge, by_node, strict=True)]),
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
    return min(steps, max(1, _NODES // len(held.x[1])))


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
