"""Likelihood of counts, where the total of each spot is given."""

from __future__ import annotations

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
            Logarithm of the share of each gene.
        counts : Tensor [B, G]
            What was counted, >= 0.
        """
        # A gene that cannot occur has the rate 0: without counts it costs nothing, for which its
        # logarithm must be finite.
        cost = counts * log_rates.clamp(min=_LEAST)
        return -cost.sum() / counts.sum().clamp(min=1)
