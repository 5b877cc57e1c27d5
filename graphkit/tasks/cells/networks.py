"""Networks of cells: counts and components in, numbers per cell out, by one of several methods."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from graphkit.builders import (
    ExpressionKNN,
    Neighborhoods,
    SpotInputs,
    ThinnedSpots,
    WholeSpots,
    isolated,
    neighbor_table,
)
from graphkit.builders.neighbors.graph import normalised
from graphkit.builders.neighbors.table import SpotTable
from graphkit.methods.cell_autoencoder import CellAutoencoder, CellParams
from graphkit.methods.cicl import CICL
from graphkit.methods.group_collaborative import GroupCollaborative
from graphkit.methods.scrcl import ScRCL, ScRCLParams
from graphkit.omics import column_moments, log_normalise
from graphkit.tasks.domains.scrcl import gene_graph
from graphkit.training import TrainSettings, embed_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy import sparse
    from torch import nn

    from graphkit.builders import NeighborGraph
    from graphkit.training import BatchDataset

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """Cells as networks read them, and how networks are trained.

    Parameters
    ----------
    counts : csr_matrix [n, F]
        Of the genes that are read.
    components : ndarray [n, d]
        Principal components: cells near in them are neighbours.
    n_clusters
        Of pseudo-labels.
    recipe
        The recipe.
    device, threads, progress
        As in :func:`graphkit.training.fit` and its settings.
    """

    counts: sparse.csr_matrix
    components: Floats
    n_clusters: int
    recipe: CellParams
    device: str = "auto"
    threads: int | None = None
    progress: bool = False

    @cached_property
    def source(self) -> SpotInputs:
        """The counts, and what is read of them."""
        totals = np.asarray(self.counts.sum(axis=1)).ravel()
        every = np.arange(self.counts.shape[1])
        return SpotInputs(self.counts, every, float(np.median(totals[totals > 0])))

    @cached_property
    def graph(self) -> NeighborGraph:
        """The nearest neighbours of each cell."""
        near = min(self.recipe.n_neighbors, len(self.components) - 1)
        return ExpressionKNN(near, metric="euclidean", symmetric=False).graph(self.components)

    @cached_property
    def table(self) -> SpotTable:
        """Neighbours that the encoder reads: none, where it reads cells alone."""
        if self.recipe.encoder == "mlp":
            return isolated(len(self.components))
        index, mask = neighbor_table(self.graph.connectivities, distances=self.graph.distances)
        return SpotTable(index, mask, np.zeros(index.shape, dtype=np.float32))

    @cached_property
    def whole(self) -> WholeSpots:
        """The cells with all their molecules."""
        return WholeSpots(self.source, self.table)

    def network(self, seed: int) -> CellAutoencoder:
        """Return an autoencoder with fresh weights."""
        occurs = np.asarray(self.counts.sum(axis=0, dtype=np.float64)).ravel() + 0.5
        logged = log_normalise(self.counts, target_sum=self.source.target_sum)
        parts = (*column_moments(logged), occurs / occurs.sum())
        mean, scale, shares = (torch.from_numpy(one.astype(np.float32)) for one in parts)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            return CellAutoencoder(mean, scale, shares, self.recipe, mixer=self.recipe.mixer())

    def train(
        self,
        method: Any,
        data: BatchDataset,
        *,
        seed: int,
        name: str = "",
        settings: TrainSettings | None = None,
    ) -> None:
        """Train a method of these cells in place, as the recipe says where no `settings` do."""
        # Whoever only annotates must not pay for the training loop.
        from graphkit.training import fit

        how = settings or self.recipe.training(
            len(self.components), device=self.device, threads=self.threads
        )
        fit(method, data, settings=how, seed=seed, progress=self.progress, name=name)

    def thinned(self, seed: int) -> ThinnedSpots:
        """Return the cells with halves of their molecules, tossed anew each epoch."""
        return ThinnedSpots(self.source, self.table, seed=seed)


def autoencoder(cells: Cells, *, seed: int, name: str = "") -> Floats:
    """Return the embedding of :class:`~graphkit.methods.CellAutoencoder`, [n, dim]."""
    return _embedded(cells, lambda network: network, seed, name)


def cicl(cells: Cells, *, seed: int, name: str = "") -> Floats:
    """Return the embedding of :class:`~graphkit.methods.CICL`, [n, dim]."""

    def method(network: CellAutoencoder) -> nn.Module:
        return CICL(network, cells.n_clusters, data=cells.whole, seed=seed % 2**32)

    return _embedded(cells, method, seed, name)


def group_collaborative(cells: Cells, *, seed: int, name: str = "") -> Floats:
    """Return the embedding of :class:`~graphkit.methods.GroupCollaborative`, [n, dim]."""

    def method(network: CellAutoencoder) -> nn.Module:
        return GroupCollaborative(network, cells.n_clusters, data=cells.whole, seed=seed % 2**32)

    return _embedded(cells, method, seed, name)


def scrcl(cells: Cells, *, seed: int, name: str = "") -> Floats:
    """Return both views of :class:`~graphkit.methods.ScRCL` on the neighbour graph, [n, 2 D]."""
    p = ScRCLParams()
    near = cells.graph.connectivities.maximum(cells.graph.connectivities.T)
    step = normalised(near).tocsr()
    views = [cells.components]
    for _ in range(max(p.hops, p.hops_convolved)):
        views.append(step @ views[-1])
    data = Neighborhoods(views[p.hops_convolved], views[p.hops], near)
    logged = log_normalise(cells.counts, target_sum=cells.source.target_sum)
    # Components have mean 0: this is how far each gene follows each of them.
    loadings = np.asarray(logged.T @ cells.components, dtype=np.float32)
    loadings /= np.linalg.norm(loadings, axis=0).clip(min=1e-12)
    varies = np.abs(loadings).sum(axis=1) > 0
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        network = ScRCL(
            torch.from_numpy(loadings[varies]),
            gene_graph(loadings[varies]),
            n_features=cells.components.shape[1],
            params=p,
        )
    settings = TrainSettings(
        epochs=p.epochs,
        batch_size=p.batch_size,
        lr=p.lr,
        decay=0.1,
        weight_decay=p.weight_decay,
        restore_best=False,
        device=cells.device,
        threads=cells.threads,
    )
    cells.train(network, data, seed=seed, name=name, settings=settings)
    return embed_all(network, data).numpy().astype(np.float64)


METHODS: dict[str, Callable[..., Floats]] = {
    "autoencoder": autoencoder,
    "cicl": cicl,
    "group": group_collaborative,
    "scrcl": scrcl,
}
"""What cells are embedded by, under the name of the method."""


def _embedded(
    cells: Cells, method: Callable[[CellAutoencoder], nn.Module], seed: int, name: str
) -> Floats:
    network = cells.network(seed)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        trained = method(network)
    cells.train(trained, cells.thinned(seed), seed=seed, name=name)
    return embed_all(network, cells.whole).numpy().astype(np.float64)
