"""Likelihood of counts, where the total of each spot is given."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

# No product of this and a count overflows.
_LEAST = -1e30


class MultinomialLoss(nn.Module):
    """Negative log-likelihood per count of multinomial counts, without the constant.

    Given the total of a spot, independent Poisson counts are multinomial: where rates add up to 1,
    this and the Poisson likelihood differ by a constant. No metric loss: it compares rates with
    counts, not items with one another, hence not the signature of one.

    Examples
    --------
    >>> import torch
    >>> loss = MultinomialLoss()
    >>> round(float(loss(torch.tensor([[0.5, 0.5]]).log(), torch.tensor([[3.0, 1.0]]))), 4)
    0.6931
    """

    def forward(self, log_rates: Tensor, counts: Tensor) -> Tensor:
        """Return the loss; 0, with a gradient of 0, where there is no count.

        Parameters
        ----------
        log_rates : Tensor [B, G]
            Logarithm of the rate of each gene, on any scale per spot.
        counts : Tensor [B, G]
            What was counted, >= 0.
        """
        loss: Tensor = _Multinomial.apply(log_rates, counts)
        return loss


class _Multinomial(torch.autograd.Function):
    """With its gradient by hand: a third of the passes over [B, G], most of a training step."""

    @staticmethod
    def forward(ctx: Any, log_rates: Tensor, counts: Tensor) -> Tensor:
        # A gene that cannot occur has the rate 0: without counts it costs nothing, for which its
        # logarithm must be finite.
        log_rates = log_rates.clamp(min=_LEAST)
        depth, total = counts.sum(dim=1, keepdim=True), counts.sum().clamp(min=1)
        scale = log_rates.logsumexp(dim=1, keepdim=True)
        ctx.save_for_backward(log_rates, counts, depth, scale, total)
        cost = torch.dot(depth.flatten(), scale.flatten())
        return (cost - torch.dot(counts.flatten(), log_rates.flatten())) / total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        log_rates, counts, depth, scale, total = ctx.saved_tensors
        expected = (log_rates - scale).exp_().mul_(depth)
        return expected.sub_(counts).mul_(gradients[0] / total), None
