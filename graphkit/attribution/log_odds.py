"""Compute what is explained: the log-odds of one class, of all members of a model together."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor, nn

    from graphkit.builders.base import Batches, SequenceBuilder

    Codes = NDArray[np.uint8]

# Sequences judged at once: variants of one transcript come by the thousand.
_BATCH = 128


@dataclass(frozen=True)
class LogOdds:
    """The number an explanation explains: log-odds of a class against all others, uncalibrated.

    With two classes it is the difference of their logits, with more the class's logit less the
    logsumexp of the others: the logit of the probability that a softmax gives the class. Members'
    logits are averaged first, as a prediction averages them.

    Parameters
    ----------
    members : sequence of Module [M]
        Networks with ``logits(data, **variables) -> [B, C]``.
    builder
        Turns encoded sequences into what the members read, and says where that came from.
    target
        Number of the class.
    side_baseline : Tensor [S] or None
        Length and composition of the baseline; None leaves them as they are, so that none of the
        log-odds is put down to them.
    count_baseline
        Occurrences in the baseline, as a share of the sequence's own, spread evenly over all nodes.
        At no occurrence at all an attention per occurrence is not defined, and a network that has
        one leaps there: what it owes to counts would be lost in the leap. It must not be much
        smaller than the default, or the line from the baseline bends too sharply for 64 steps.
    average
        Takes a batch of one and returns what an average transcript of that size has in place of it,
        by variable; None where nothing is known of averages. What the average owes is taken off:
        scores then say what a sequence adds to that.
    """

    members: Sequence[nn.Module]
    builder: SequenceBuilder
    target: int
    side_baseline: Tensor | None = None
    count_baseline: float = 0.25
    average: Callable[[Any], dict[str, Tensor] | None] | None = None

    @property
    def device(self) -> torch.device:
        """Device of the members."""
        parameter = next(self.members[0].parameters(), None)
        return torch.device("cpu") if parameter is None else parameter.device

    def __call__(self, codes: Sequence[Codes]) -> NDArray[np.float64]:
        """Return the log-odds of sequences, ``[n]``."""
        return self.of(self.builder.inputs(codes)) if len(codes) else np.empty(0)

    def of(self, data: Batches) -> NDArray[np.float64]:
        """Return the log-odds of sequences given as the members read them, ``[n]``."""
        found = []
        with untouched(self.members), torch.no_grad():
            for first in range(0, len(data), _BATCH):
                rows = list(range(first, min(first + _BATCH, len(data))))
                batch = data[rows].to(self.device)
                logits = torch.stack([_logits(member, batch) for member in self.members])
                found.append(log_odds(logits.double().mean(dim=0), self.target).cpu().numpy())
        return np.concatenate(found)


def _logits(member: Any, batch: Any) -> Tensor:
    return member.logits(batch)


def log_odds(logits: Tensor, target: int) -> Tensor:
    """Return the log-odds of a class against all others.

    Parameters
    ----------
    logits : Tensor [..., C]
        Logits, up to a constant.
    target
        Number of the class.

    Returns
    -------
    Tensor [...]

    Examples
    --------
    >>> log_odds(torch.tensor([0.0, 2.0]), 1), log_odds(torch.tensor([0.0, 0.0, 0.0]), 1)
    (tensor(2.), tensor(-0.6931))
    """
    others = [c for c in range(logits.shape[-1]) if c != target]
    return logits[..., target] - logits[..., others].logsumexp(dim=-1)


@contextmanager
def untouched(members: Sequence[nn.Module]) -> Iterator[None]:
    """Put networks into evaluation and free of parameter gradients; put all back, come what may.

    Parameters
    ----------
    members
        Networks; each module's mode and each parameter's ``requires_grad`` and ``grad`` are
        restored.
    """
    modes = [(module, module.training) for member in members for module in member.modules()]
    wanted = [(p, p.requires_grad, p.grad) for member in members for p in member.parameters()]
    try:
        for member in members:
            member.eval()
        for parameter, _, _ in wanted:
            parameter.requires_grad_(False)
        yield
    finally:
        for module, mode in modes:
            module.training = mode
        for parameter, requires_grad, gradient in wanted:
            parameter.requires_grad_(requires_grad)
            parameter.grad = gradient
