"""What there is to choose in DARLC, and what its training sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import torch
from torch import Tensor

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphkit.builders.gene_views import GeneViews

# Halves of the molecules drawn for training come from another stream than those for clustering.
_TRAINING = 1


@dataclass(frozen=True)
class DarlcParams:
    """One setting for every data set; the paper's own values are not public.

    Parameters
    ----------
    n_components
        Numbers per gene embedding: spatial patterns of the denoised tissue.
    patch, width, depth, heads
        Pixels along a patch's side; size of the transformer over patches.
    masked
        Share of the patches that is hidden.
    temperature, contrast
        Of the contrast with the momentum encoder; its weight.
    mixture
        Weight of the t mixture's likelihood.
    dof, shared
        Degrees of freedom; how far components share one shape (1: entirely).
    momentum
        Of the second encoder, per step.
    epochs, warm_up
        Passes over the genes; those before the mixture joins in.
    batch_size, lr
        Genes per step, learning rate.
    members
        Clusterings, each on a random half of the molecules, that the modules are a consensus of.

    Raises
    ------
    InputError
        A value is out of range; the error names it.
    """

    n_components: int = 12
    patch: int = 4
    width: int = 32
    depth: int = 1
    heads: int = 4
    masked: float = 0.5
    temperature: float = 0.5
    contrast: float = 0.1
    mixture: float = 0.05
    dof: float = 4.0
    shared: float = 0.5
    momentum: float = 0.95
    epochs: int = 12
    warm_up: int = 4
    batch_size: int = 128
    lr: float = 1e-3
    members: int = 20

    def __post_init__(self) -> None:
        for name in ("n_components", "patch", "width", "depth", "heads", "members", "batch_size"):
            self._within(name, 1, np.inf)
        for name in ("epochs", "warm_up", "contrast", "mixture"):
            self._within(name, 0, np.inf)
        for name in ("masked", "shared", "momentum"):
            self._within(name, 0, 1)
        for name in ("temperature", "dof", "lr"):
            self._within(name, 1e-9, np.inf)
        if self.width % self.heads:
            raise InputError(f"is {self.width}", slot="width", remedy="Use a multiple of heads.")

    def _within(self, name: str, least: float, most: float) -> None:
        value = getattr(self, name)
        if not least <= value <= most or value == np.inf:
            raise InputError(f"is {value}", slot=name, remedy=f"Choose {least:g} to {most:g}.")


@dataclass(frozen=True)
class GeneBatch:
    """Images of some genes.

    Parameters
    ----------
    index : LongTensor [B]
        Which genes.
    noisy : Tensor [B, S, H, W]
        Raw images of a random half of the molecules.
    denoised : Tensor [B, S, H, W]
    """

    index: Tensor
    noisy: Tensor
    denoised: Tensor

    def __len__(self) -> int:
        return len(self.index)

    def to(self, device: torch.device) -> Self:
        """Return the same batch on `device`."""
        parts = (self.index, self.noisy, self.denoised)
        return type(self)(*(part.to(device) for part in parts))


class GeneImageData:
    """Gene images as a training asks for them; the molecules are halved anew in each epoch.

    Parameters
    ----------
    views
        The images.
    seed
        Of the halves.
    """

    def __init__(self, views: GeneViews, *, seed: int) -> None:
        self.views = views
        self.seed = seed
        self.denoised = torch.from_numpy(views.denoised)
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Draw the halves of an epoch."""
        generator = np.random.default_rng([self.seed, _TRAINING, epoch])
        self.noisy = torch.from_numpy(self.views.half(generator)[0])

    def __len__(self) -> int:
        return len(self.views)

    def __getitem__(self, indices: Sequence[int]) -> GeneBatch:
        chosen = torch.as_tensor(indices)
        return GeneBatch(chosen, self.noisy[chosen], self.denoised[chosen])
