"""Gene embeddings from images of expression, after DARLC."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from graphkit.errors import InputError
from graphkit.losses import ClusterInfoNCE, TMixture, TMixtureLoss, fit_t_mixture
from graphkit.methods.mixtures import TMixtureSettings, cluster
from graphkit.nn import PatchDecoder, PatchEncoder, Patches, random_patches
from graphkit.nn.patches import hidden

if TYPE_CHECKING:
    from graphkit.builders.gene_views import GeneBatch, GeneViews

# Images encoded at a time where no gradient is needed.
_BLOCK = 512
# The first share of the genes that the self-paced mixture counts.
_EASY = 0.5


class DARLC(nn.Module):
    """Masked images, a momentum encoder that sees them denoised, and a Student's t mixture.

    A gene's raw image, some patches hidden, is encoded; from the embedding the hidden patches of
    the denoised image are painted, and the embedding is drawn to the momentum encoder's embedding
    of the whole denoised image, away from those of genes of other clusters. A t mixture over the
    normalised embeddings is refitted by EM at each epoch's start; its soft assignments say which
    genes are of other clusters, and its likelihood draws in the genes it is surest of: half of
    them at first, all at the end (self-paced).

    Parameters
    ----------
    views
        Images of the genes.
    n_modules
        Components of the mixture.
    params
        What there is to choose.
    seed
        Where k-means starts the mixture.
    encoder
        From patches ``[B, T, P]`` and those kept to embeddings; a momentum copy of it follows.
        :class:`~graphkit.nn.PatchEncoder` where not given.
    decoder
        From embeddings to patches; :class:`~graphkit.nn.PatchDecoder` where not given.
    contrast
        Loss of embeddings, clusters and the momentum encoder's embeddings;
        :class:`~graphkit.losses.ClusterInfoNCE` where not given.

    References
    ----------
    After DARLC, arXiv:2409.01781 (no code; widths, weights and mask ratio are ours).
    """

    reference = "arXiv:2409.01781"

    posterior: Tensor
    images: Tensor

    def __init__(
        self,
        views: GeneViews,
        n_modules: int,
        params: DARLCParams | None = None,
        *,
        seed: int = 0,
        encoder: nn.Module | None = None,
        decoder: nn.Module | None = None,
        contrast: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.params = p = params or DARLCParams()
        self.n_modules, self.seed = n_modules, seed
        mask = torch.from_numpy(views.raster.mask)
        self.patches = Patches(mask, size=p.patch)
        planes = torch.zeros(views.components.shape[1], *mask.shape)
        planes[:, mask] = torch.from_numpy(views.components.T.copy())
        patterns = self.patches(planes).permute(1, 2, 0).contiguous()
        self.encoder = encoder or PatchEncoder(
            patterns / len(views.components), width=p.width, depth=p.depth, heads=p.heads
        )
        self.follower = deepcopy(self.encoder).requires_grad_(requires_grad=False)
        self.decoder = decoder or PatchDecoder(patterns)
        self.contrast = contrast or ClusterInfoNCE(p.temperature)
        self.likelihood = TMixtureLoss()
        self.register_buffer("images", torch.from_numpy(views.denoised), persistent=False)
        self.register_buffer("posterior", torch.zeros(len(views), n_modules))
        self.mixture: TMixture | None = None
        self.share = 0.0

    def refresh(self, epoch: int) -> None:
        """Refit the mixture to the momentum encoder's embeddings; called at an epoch's start."""
        p = self.params
        if epoch < p.warm_up:
            return
        grown = (epoch - p.warm_up) / max(1, p.epochs - p.warm_up - 1)
        self.share = min(1.0, _EASY + (1 - _EASY) * grown)
        z = self.embed(self.images)
        if bool(self.posterior.any()):
            fitted = fit_t_mixture(z, self.posterior, dof=p.dof, shared=p.shared, iterations=10)
        else:
            settings = TMixtureSettings(p.dof, p.shared, iterations=10)
            points = z.cpu().numpy()
            fitted, _ = cluster(
                points, self.n_modules, seed=self.seed, restarts=10, settings=settings
            )
        self.mixture = fitted.to(z)
        self.posterior.copy_(self.mixture.responsibilities(z))

    @torch.no_grad()
    def embed(self, images: Tensor) -> Tensor:
        """Return the momentum encoder's normalised embeddings ``[G, D]`` of ``[G, S, H, W]``."""
        parts = [self.follower(self.patches(part)) for part in images.split(_BLOCK)]
        return functional.normalize(torch.cat(parts), dim=1)

    def step(self, batch: GeneBatch) -> dict[str, Tensor]:
        """Return the weighted terms of the loss on a batch of genes."""
        p = self.params
        self._follow()
        noisy, clean = self.patches(batch.noisy), self.patches(batch.denoised)
        patches = clean.shape[1]
        visible = min(patches, max(1, round(patches * (1 - p.masked))))
        kept = random_patches(len(clean), patches, kept=visible).to(clean.device)
        z = self.encoder(noisy, kept)
        painted = hidden(kept, patches)[..., None] * self.patches.pixels
        error = (painted * (self.decoder(z) - clean).square()).sum()
        terms = {"reconstruction": error / painted.sum().clamp(min=1.0)}
        with torch.no_grad():
            keys = self.follower(clean)
        labels = None if self.mixture is None else self.posterior[batch.index]
        terms["contrast"] = p.contrast * self.contrast(z, labels, ref_emb=keys)
        if self.mixture is not None:
            unit = functional.normalize(self.encoder(clean, kept), dim=1)
            terms["mixture"] = p.mixture * self.likelihood(unit, self.mixture, share=self.share)
        return terms

    def logits(self, batch: GeneBatch) -> Tensor:
        """Return the log-posterior of each component, up to a constant, ``[B, K]``.

        Raises
        ------
        InputError
            Before the mixture was fitted.
        """
        if self.mixture is None:
            raise InputError("the mixture is not fitted", remedy="Train past the warm-up first.")
        return self.mixture.log_joint(self.embed(batch.denoised))

    @torch.no_grad()
    def _follow(self) -> None:
        for old, new in zip(self.follower.parameters(), self.encoder.parameters(), strict=True):
            old.lerp_(new, 1 - self.params.momentum)


@dataclass(frozen=True)
class DARLCParams:
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
