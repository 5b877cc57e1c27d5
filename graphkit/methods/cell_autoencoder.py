"""An autoencoder of cells: one half of a cell's molecules predicts the other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from torch import Tensor, nn

from graphkit.errors import InputError
from graphkit.losses.counts import MultinomialLoss
from graphkit.training import TrainSettings

if TYPE_CHECKING:
    from graphkit.builders.spots import SpotBatch
    from graphkit.types import Encoding

# Standard deviations beyond which an input is cut, as scanpy's scaling is by habit.
_CUT = 10.0
# The learning rate ends at exp(-4) of where it starts.
_FALL = 4.0
ENCODERS = ("mlp", "gcn", "gat")


@dataclass(frozen=True)
class CellParams:
    """Parameters of :class:`~graphkit.tasks.CellClusters`; one set for all data.

    Parameters
    ----------
    n_top_genes
        Genes that are read and predicted, the most variable ones.
    n_components
        Principal components that stand beside what the networks say.
    n_neighbors
        Neighbours of a cell in the graph whose communities are the clusters.
    encoder
        ``"mlp"`` reads each cell alone; ``"gcn"`` and ``"gat"`` mix it with its neighbours.
    hidden, dim
        Hidden units; numbers per cell.
    input_dropout, dropout
        Share of input genes and of hidden units that training drops.
    steps, min_epochs, batch_size
        Training steps of each network, at least; passes over the cells, at least; cells per step.
    lr, weight_decay
        Of Adam. The learning rate falls exponentially to 2 % of `lr`.
    """

    n_top_genes: int = 2000
    n_components: int = 30
    n_neighbors: int = 15
    encoder: str = "mlp"
    hidden: int = 128
    dim: int = 24
    input_dropout: float = 0.3
    dropout: float = 0.2
    steps: int = 400
    min_epochs: int = 20
    batch_size: int = 128
    lr: float = 2e-3
    weight_decay: float = 1e-4

    def __post_init__(self) -> None:
        if self.encoder not in ENCODERS:
            raise InputError(
                f"is {self.encoder!r}", slot="encoder", remedy=f"Choose {', '.join(ENCODERS)}."
            )
        for name, value in vars(self).items():
            if "dropout" in name and not 0 <= value < 1:
                raise InputError(f"is {value}", slot=name, remedy="Choose 0 to below 1.")
            if isinstance(value, int) and value < 1:
                raise InputError(f"is {value}", slot=name, remedy="Choose 1 or more.")

    def mixer(self) -> nn.Module | None:
        """Return graph layers with fresh weights; None for an encoder that has none."""
        if self.encoder == "mlp":
            return None
        # Who reads cells alone need not wait for PyG.
        from graphkit.nn import GATEncoder, GCNEncoder

        return {"gcn": GCNEncoder, "gat": GATEncoder}[self.encoder]((self.hidden, self.hidden))

    def training(
        self, n: int, *, device: str = "auto", threads: int | None = None
    ) -> TrainSettings:
        """Return how `n` cells are trained on.

        Examples
        --------
        >>> [CellParams().training(n).epochs for n in (330, 4271)]
        [134, 20]
        """
        # Batches of one size: a last one of a few cells would weigh as much as the others.
        n_batches = math.ceil(n / self.batch_size)
        epochs = max(self.min_epochs, math.ceil(self.steps / n_batches))
        return TrainSettings(
            epochs=epochs,
            batch_size=math.ceil(n / n_batches),
            lr=self.lr,
            decay=_FALL / epochs,
            weight_decay=self.weight_decay,
            restore_best=False,
            device=device,
            threads=threads,
        )


class CellAutoencoder(nn.Module):
    """Encoder and decoder of cells, with its objective: halves of the molecules.

    Parameters
    ----------
    mean, scale : Tensor [F]
        Of the log-normalised inputs.
    frequencies : Tensor [F]
        Of the genes: what a cell without anything to say gets.
    params
        The recipe.
    mixer
        Mixes hidden units with those of neighbours, like a :class:`~graphkit.nn.GCNEncoder` or
        :class:`~graphkit.nn.GATEncoder` from `hidden` to `hidden`; what it says is added to what
        the cell says. Cells are read alone where not given.
    corrupt
        What training does to the scaled inputs; dropout where not given.

    References
    ----------
    Training on thinned counts: Batson et al. 2019, doi:10.1101/786269.

    Examples
    --------
    >>> import torch
    >>> network = CellAutoencoder(torch.zeros(5), torch.ones(5), torch.full((5,), 0.2))
    >>> network.encode(torch.rand(3, 5)).shape
    torch.Size([3, 24])
    """

    mean: Tensor
    scale: Tensor

    def __init__(
        self,
        mean: Tensor,
        scale: Tensor,
        frequencies: Tensor,
        params: CellParams | None = None,
        *,
        mixer: nn.Module | None = None,
        corrupt: nn.Module | None = None,
    ) -> None:
        super().__init__()
        p = params or CellParams()
        self.register_buffer("mean", mean)
        self.register_buffer("scale", scale)
        self.corrupt = corrupt or nn.Dropout(p.input_dropout)
        self.encoder = nn.Sequential(
            nn.Linear(len(mean), p.hidden),
            nn.LayerNorm(p.hidden),
            nn.GELU(),
            nn.Dropout(p.dropout),
            nn.Linear(p.hidden, p.dim),
        )
        self.decoder = nn.Sequential(
            nn.Linear(p.dim, p.hidden),
            nn.LayerNorm(p.hidden),
            nn.GELU(),
            nn.Linear(p.hidden, len(mean)),
        )
        self.background = nn.Parameter(frequencies.log())
        self.mixer, self.dim = mixer, p.dim

    def encode(self, x: Tensor) -> Tensor:
        """Return [b, dim] for log-normalised inputs [b, F] of cells read alone."""
        found: Tensor = self.encoder(self._scaled(x))
        return found

    def embed(self, batch: SpotBatch) -> Tensor:
        """Return [b, dim] for a batch of cells, mixed with their neighbours."""
        if self.mixer is None:
            return self.encode(batch.x[batch.seed])
        hidden, mixed = self._mixed(batch)
        found: Tensor = self.encoder[-1]((hidden + mixed.nodes)[batch.seed])
        return found

    def attention(self, batch: SpotBatch) -> Tensor:
        """Return how cells weigh their neighbours, along the edges of the batch, [E].

        Raises
        ------
        InputError
            If the mixer has no attention.
        """
        looks = None if self.mixer is None else self._mixed(batch)[1].attention
        if looks is None:
            raise InputError("has no attention", slot="mixer", remedy="Give a GATEncoder.")
        return looks

    def logits(self, batch: SpotBatch) -> Tensor:
        """Return the logarithm of each gene's share, [b, F]."""
        return self._scores(batch).log_softmax(dim=1)

    def step(self, batch: SpotBatch) -> dict[str, Tensor]:
        """Return the multinomial loss of the other half."""
        return {"counts": MultinomialLoss()(self._scores(batch), batch.y)}

    def _scores(self, batch: SpotBatch) -> Tensor:
        """Return the logarithm of each gene's share up to a number per cell, [b, F]."""
        decoded: Tensor = self.decoder(self.embed(batch))
        return decoded + self.background

    def _scaled(self, x: Tensor) -> Tensor:
        """Return inputs [b, F] as deviations from the mean, corrupted in training."""
        scaled: Tensor = self.corrupt(((x - self.mean) / self.scale).clamp(-_CUT, _CUT))
        return scaled

    def _mixed(self, batch: SpotBatch) -> tuple[Tensor, Encoding]:
        """Return the hidden units [m, hidden] of cells and neighbours, and the mixer's."""
        hidden = self.encoder[:-1](self._scaled(batch.x))
        return hidden, cast("nn.Module", self.mixer)(hidden, *batch.edges())
