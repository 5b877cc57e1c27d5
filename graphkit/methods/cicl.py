"""After CICL: two noisy views of a cell, and clusters within which nothing is pushed apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from torch import nn

from graphkit.losses import ClusterInfoNCE
from graphkit.methods.strategies import Contrast, PseudoLabels
from graphkit.nn import GaussianNoise
from graphkit.training import Guided

if TYPE_CHECKING:
    from graphkit.methods.cell_autoencoder import CellAutoencoder


@dataclass(frozen=True)
class CICLParams:
    """Parameters of CICL.

    Parameters
    ----------
    contrast
        Weight of the contrast between views, beside the autoencoder's loss.
    clusters
        Weight of the contrast with other clusters, relative to the former.
    temperature
        Of both.
    by, start, every
        How and when cells are clustered: as in
        :class:`~graphkit.methods.strategies.PseudoLabels`.
    width
        Numbers per cell where it is contrasted.
    noise, noisy
        Deviation of the noise in deviations of a gene, and share of the genes that get some.
    """

    contrast: float = 0.1
    clusters: float = 0.1
    temperature: float = 0.5
    by: str = "k-means"
    start: int = 2
    every: int = 4
    width: int = 64
    noise: float = 0.5
    noisy: float = 0.8


class CICL(Guided):
    """An autoencoder of cells with contrast between two noisy views, and between clusters.

    Pseudo-labels follow the embedding: cells are clustered anew every few epochs. A cell is drawn
    to its own other view and pushed from all cells, and once more from those of other clusters
    alone. The published code clusters once, before the training; noise is drawn once there, too.

    Parameters
    ----------
    network
        The autoencoder; its ``corrupt`` becomes the noise of the views.
    n_clusters
        How many clusters the pseudo-labels have.
    params
        What there is to choose.
    head
        From embeddings to where they are contrasted; two layers where not given.
    data
        Cells whose embedding is clustered; the training data where not given.
    seed
        Of k-means.

    References
    ----------
    arXiv:2312.16600.
    """

    reference = "arXiv:2312.16600"

    def __init__(
        self,
        network: CellAutoencoder,
        n_clusters: int,
        params: CICLParams | None = None,
        *,
        head: nn.Module | None = None,
        data: Any = None,
        seed: int = 0,
    ) -> None:
        p = params or CICLParams()
        network.corrupt = GaussianNoise(p.noise, share=p.noisy)
        head = head or nn.Sequential(
            nn.Linear(network.dim, 2 * p.width), nn.GELU(), nn.Linear(2 * p.width, p.width)
        )
        loss = ClusterInfoNCE(p.temperature)
        views: dict[str, Any] = {"two_views": True, "head": head}
        instances = Contrast(loss, weight=p.contrast, name="instances", **views)
        clusters = PseudoLabels(
            n_clusters,
            loss,
            by=p.by,
            start=p.start,
            every=p.every,
            weight=p.contrast * p.clusters,
            data=data,
            seed=seed,
            **views,
        )
        super().__init__(network, (instances, clusters))
