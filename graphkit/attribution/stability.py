"""Test explanations under small changes of the input, and of a model with permuted weights."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch
from captum.attr import IntegratedGradients
from captum.metrics import (
    infidelity as captum_infidelity,
)
from captum.metrics import (
    sensitivity_max as captum_sensitivity_max,
)

from graphkit.attribution.gradients import make_forward, points_at_once
from graphkit.attribution.log_odds import untouched
from graphkit.attribution.variables import variables

if TYPE_CHECKING:
    from torch import Tensor

    from graphkit.attribution.gradients import Attribution, Forward
    from graphkit.attribution.log_odds import Codes, LogOdds
    from graphkit.attribution.variables import Variables

    Tensors = tuple[Tensor, ...]
    Given = Tensor | Tensors


def permuted(model: LogOdds, *, seed: int = 0) -> LogOdds:
    """Return the model with the numbers of each weight tensor in random order.

    What is left of an explanation then owes nothing to what was learned.

    Parameters
    ----------
    model
        What is explained; left as it is.
    seed
        Seed of the order.
    """
    generator = torch.Generator().manual_seed(seed)
    members = [deepcopy(member) for member in model.members]
    for member in members:
        for parameter in member.parameters():
            order = torch.randperm(parameter.numel(), generator=generator).to(parameter.device)
            parameter.data = parameter.data.flatten()[order].view_as(parameter)
    return replace(model, members=members)


def infidelity(
    model: LogOdds,
    codes: Codes,
    found: Attribution,
    *,
    share: float = 0.1,
    draws: int = 20,
    seed: int = 0,
) -> float:
    """Return how badly shares foretell what taking inputs back to the baseline does.

    Parameters
    ----------
    model
        What is explained.
    codes : uint8 [L]
        The encoded sequence.
    found
        Its explanation.
    share
        Chance of each input to be taken back.
    draws
        Sets of inputs that are taken back.
    seed
        Seed of the draws.

    Returns
    -------
    float
        Mean squared difference between what the shares say and what happens, in squared log-odds.

    References
    ----------
    Yeh et al. 2019, arXiv:1901.09392.
    """
    held = variables(model, codes)
    generator = torch.Generator().manual_seed(seed)

    def take_back(given: Given, base: Given) -> tuple[Tensors, Tensors]:
        inputs, baselines = _all(given), _all(base)
        taken = tuple(_like(torch.rand(x.shape, generator=generator) < share, x) for x in inputs)
        left = zip(inputs, taken, baselines, strict=True)
        # A share speaks of the whole way to the baseline: that way is the unit here.
        return taken, tuple(x - gone * (x - base) for x, gone, base in left)

    parts = torch.from_numpy(found.units.values).split([len(value) for value in held.units])
    shares = (*parts, torch.from_numpy(found.side))[: len(held.x)]
    with untouched(model.members), torch.inference_mode(mode=False):
        value = captum_infidelity(
            _shared(model, held),
            take_back,
            _rows(held.x),
            tuple(_like(share[None], held.x[0]) for share in shares),
            baselines=_rows(held.baseline),
            n_perturb_samples=draws,
            max_examples_per_batch=1,
        )
    return float(value)


def sensitivity_max(
    model: LogOdds,
    codes: Codes,
    *,
    radius: float = 0.02,
    draws: int = 5,
    steps: int = 16,
    seed: int = 0,
) -> float:
    """Return the largest change of the shares when each input changes a little.

    Parameters
    ----------
    model
        What is explained.
    codes : uint8 [L]
        The encoded sequence.
    radius
        Largest relative change of an input.
    draws
        Changes tried.
    steps
        Points on the line from the baseline.
    seed
        Seed of the changes.

    Returns
    -------
    float
        Norm of the change over that of the shares.

    References
    ----------
    Yeh et al. 2019, arXiv:1901.09392.
    """
    held = variables(model, codes)
    generator = torch.Generator().manual_seed(seed)
    baseline, gradients = _rows(held.baseline), IntegratedGradients(_shared(model, held))

    def nudge(given: Given, _: float = radius) -> Tensors:
        inputs = _all(given)
        noise = (_like(torch.rand(x.shape, generator=generator), x) for x in inputs)
        return tuple(x * (1 + radius * (2 * n - 1)) for x, n in zip(inputs, noise, strict=True))

    def explain(given: Given) -> Tensors:
        shares: Tensors = gradients.attribute(
            _all(given),
            baseline,
            n_steps=steps,
            method="riemann_middle",
            internal_batch_size=points_at_once(held, steps),
        )
        return shares

    with untouched(model.members), torch.inference_mode(mode=False):
        value: Any = captum_sensitivity_max(
            explain,
            _rows(held.x),
            perturb_func=nudge,
            perturb_radius=radius,
            n_perturb_samples=draws,
            max_examples_per_batch=1,
        )
    return float(value)


def _shared(model: LogOdds, held: Variables) -> Forward:
    """Return the log-odds as a function of variables ``[n, ...]`` that all members share."""
    forward, times = make_forward(model, held), len(model.members)

    def shared(*inputs: Tensor) -> Tensor:
        return forward(*(x[:, None].expand(-1, times, -1) for x in inputs))

    return shared


def _all(given: Given) -> Tensors:
    """Return what captum hands over, which is no tuple where there is one variable."""
    return given if isinstance(given, tuple) else (given,)


def _rows(values: Tensors) -> Tensors:
    return tuple(value.clone()[None] for value in values)


def _like(value: Tensor, other: Tensor) -> Tensor:
    return value.to(device=other.device, dtype=other.dtype)
