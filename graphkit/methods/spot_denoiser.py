"""The denoiser of spots: its parameters and its network."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.losses.counts import MultinomialLoss
from graphkit.nn.spatial_autoencoder import SpatialAutoencoder
from graphkit.training import TrainSettings

if TYPE_CHECKING:
    from torch import Tensor

    from graphkit.builders.spots import SpotBatch

_SMALLEST_BATCH, _LARGEST_BATCH = 64, 512
# The learning rate ends at exp(-4) of where it starts.
_FALL = 4.0


@dataclass(frozen=True)
class DenoiserParams:
    """Parameters of :class:`~graphkit.tasks.SpatialDenoiser`; one set for all data.

    Parameters
    ----------
    n_top_genes
        Genes that the encoder reads, the most variable ones.
    n_neighbors
        Neighbours of a spot, ties included; 0 for each spot by itself.
    n_sampled
        How many of them it is shown at once in training.
    hidden, dim
        Hidden units; numbers per spot.
    input_dropout, dropout
        Share of input genes and of hidden units that training drops.
    members
        Networks that are averaged.
    steps, min_epochs
        Training steps of each network, at least; passes over the spots, at least.
    lr, weight_decay
        Of Adam. The learning rate falls exponentially to 2 % of `lr`.
    """

    n_top_genes: int = 3000
    n_neighbors: int = 18
    n_sampled: int = 6
    hidden: int = 64
    dim: int = 16
    input_dropout: float = 0.3
    dropout: float = 0.2
    members: int = 3
    steps: int = 300
    min_epochs: int = 6
    lr: float = 5e-3
    weight_decay: float = 0.3

    def __post_init__(self) -> None:
        limits = {
            "n_top_genes": (1, 100_000),
            "n_neighbors": (0, 200),
            "n_sampled": (1, 200),
            "hidden": (1, 4096),
            "dim": (1, 1024),
            "members": (1, 100),
            "steps": (1, 1_000_000),
            "min_epochs": (1, 100_000),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise InputError(f"is {value}", slot=name, remedy=f"Choose {low} to {high:,}.")
        for name in ("input_dropout", "dropout"):
            value = getattr(self, name)
            if not 0 <= value < 1:
                raise InputError(f"is {value}", slot=name, remedy="Choose 0 to below 1.")

    def training(
        self, n: int, *, device: str = "auto", threads: int | None = None
    ) -> TrainSettings:
        """Return how `n` spots are trained on: few spots in small batches, many for fewer epochs.

        Examples
        --------
        >>> [DenoiserParams().training(n).batch_size for n in (20, 262, 4634, 50_000)]
        [20, 53, 464, 511]
        """
        wanted = min(_LARGEST_BATCH, max(_SMALLEST_BATCH, n // 4))
        # Batches of one size: a last one of a few spots would weigh as much as the others.
        n_batches = math.ceil(n / wanted)
        batch = math.ceil(n / n_batches)
        epochs = max(self.min_epochs, math.ceil(self.steps / n_batches))
        return TrainSettings(
            epochs=epochs,
            batch_size=batch,
            lr=self.lr,
            decay=_FALL / epochs,
            weight_decay=self.weight_decay,
            restore_best=False,
            device=device,
            threads=threads,
        )


class DenoisingNetwork(SpatialAutoencoder):
    """The autoencoder with its objective: one half of the molecules predicts the other."""

    def logits(self, batch: SpotBatch) -> Tensor:
        """Return the logarithm of each gene's share, [b, G]."""
        return self(batch.x, batch.seed, batch.index, batch.mask, batch.distance)

    def embed(self, batch: SpotBatch) -> Tensor:
        """Return the spots mixed with their neighbours, [b, dim]."""
        nodes = self.encode(batch.x)
        mixed: Tensor = self.mix(nodes, batch.seed, batch.index, batch.mask, batch.distance).nodes
        return mixed

    def step(self, batch: SpotBatch) -> dict[str, Tensor]:
        """Return the multinomial loss of the other half."""
        return {"counts": MultinomialLoss()(self.scores(self.embed(batch)), batch.y)}


def make_network(n_inputs: int, n_outputs: int, params: DenoiserParams) -> DenoisingNetwork:
    """Return a network of this size with fresh weights, from torch's generator."""
    return DenoisingNetwork(
        n_inputs,
        n_outputs,
        hidden=params.hidden,
        dim=params.dim,
        input_dropout=params.input_dropout,
        dropout=params.dropout,
    )
