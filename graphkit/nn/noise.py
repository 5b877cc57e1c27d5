"""Noise that training adds to inputs."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GaussianNoise(nn.Module):
    """Adds Gaussian noise to a share of the inputs in training, drawn anew each time.

    Parameters
    ----------
    deviation
        Of the noise.
    share
        Of the inputs that get some.

    Examples
    --------
    >>> noise = GaussianNoise(0.5, share=1.0)
    >>> bool((noise(torch.zeros(3, 4)) != 0).all()), bool((noise.eval()(torch.zeros(3)) != 0).any())
    (True, False)
    """

    def __init__(self, deviation: float = 0.5, *, share: float = 0.8) -> None:
        super().__init__()
        self.deviation, self.share = deviation, share

    def forward(self, x: Tensor) -> Tensor:
        """Return inputs of any shape with noise, in evaluation mode as they are."""
        if not self.training:
            return x
        return x + self.deviation * torch.randn_like(x) * (torch.rand_like(x) < self.share)
