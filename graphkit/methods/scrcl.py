"""After scRCL: two views of each spot, aligned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from graphkit.errors import InputError
from graphkit.losses import CrossViewConsistency, NeighborContrast, ViewAlignment
from graphkit.nn import GeneProjection, TwoViews

if TYPE_CHECKING:
    from graphkit.builders import SpotBlock


@dataclass(frozen=True)
class ScRCLParams:
    """Parameters of ScRCL; one setting serves all slides.

    Parameters
    ----------
    n_top_genes, n_components
        Variable genes, and principal components of them that are read.
    n_neighbors
        Nearest spots that are smoothed over.
    hops
        How many times features are smoothed for the first view.
    hops_convolved
        The same for the features that the convolutions read.
    width, dim, n_programmes
        Numbers per spot inside the network, per view, and per view after the gene graph.
    dropout
        In the network.
    temperature
        Of the softmax in the losses.
    contrast, consistency
        Weights of the second and the third loss; the first has weight 1.
    epochs, batch_size, lr, weight_decay
        How it is trained.
    """

    n_top_genes: int = 3000
    n_components: int = 15
    n_neighbors: int = 18
    hops: int = 3
    hops_convolved: int = 1
    width: int = 64
    dim: int = 32
    n_programmes: int = 32
    dropout: float = 0.1
    temperature: float = 0.5
    contrast: float = 0.5
    consistency: float = 0.1
    epochs: int = 12
    batch_size: int = 256
    lr: float = 1e-3
    weight_decay: float = 1e-4

    def __post_init__(self) -> None:
        for name in ("n_components", "n_neighbors", "width", "dim", "epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise InputError(f"{getattr(self, name)}", slot=name, remedy="Choose 1 or more.")
        if min(self.hops, self.hops_convolved) < 0:
            raise InputError("less than 0", slot="hops", remedy="Choose 0 or more.")


class ScRCL(nn.Module):
    """Two views of spots with three losses that align them.

    The published method needs every pair of cells at every step and has weights for each cell; here
    a batch of spots and their surroundings takes the place of the slide.

    Parameters
    ----------
    descriptors : Tensor [G, q]
        What is known of each gene: its loadings; an identity where features have no genes.
    adjacency : sparse Tensor [G, G]
        Normalised gene graph.
    n_features
        Numbers per spot.
    params
        What there is to choose.
    views
        Makes both views from smoothed features, features and hops;
        :class:`~graphkit.nn.TwoViews` where not given.
    alignment, contrast, consistency
        Losses of both views, and of both views' programmes, called as
        :class:`~graphkit.losses.TwoViewLoss` is; the paper's where not given.

    References
    ----------
    arXiv:2512.10640.

    Examples
    --------
    >>> eye = torch.eye(6)
    >>> model = ScRCL(eye, eye.to_sparse(), n_features=3, params=ScRCLParams(width=8, dim=4))
    >>> sum(p.numel() for p in model.views.parameters())
    156
    """

    reference = "arXiv:2512.10640"

    def __init__(
        self,
        descriptors: Tensor,
        adjacency: Tensor,
        *,
        n_features: int,
        params: ScRCLParams,
        views: nn.Module | None = None,
        alignment: nn.Module | None = None,
        contrast: nn.Module | None = None,
        consistency: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.params = p = params
        self.views = views or TwoViews(n_features, width=p.width, dim=p.dim, dropout=p.dropout)
        self.programmes = GeneProjection(
            descriptors, adjacency, dim=p.dim, n_programmes=p.n_programmes, dropout=p.dropout
        )
        self.alignment = alignment or ViewAlignment(p.temperature)
        self.contrast = contrast or NeighborContrast(p.temperature)
        self.consistency = consistency or CrossViewConsistency()

    def step(self, batch: SpotBlock) -> dict[str, Tensor]:
        """Return the three weighted losses."""
        first, second = self.views(batch.smooth, batch.x, batch.hops)
        near = batch.near.nonzero(as_tuple=True)
        terms = {"alignment": self.alignment(first, ref_emb=second)}
        if self.params.contrast:
            contrast = self.contrast(first, indices_tuple=near, ref_emb=second)
            terms["contrast"] = self.params.contrast * contrast
        if self.params.consistency:
            one, two = self.programmes(first), self.programmes(second)
            consistency = self.consistency(one, indices_tuple=near, ref_emb=two)
            terms["consistency"] = self.params.consistency * consistency
        return terms

    def embed(self, batch: SpotBlock) -> Tensor:
        """Return both views side by side, ``[b, 2 D]``."""
        return torch.cat(self.views(batch.smooth, batch.x, batch.hops), dim=1)
