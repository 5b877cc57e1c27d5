"""An autoencoder of spots: few numbers per spot, mixed with its neighbours', then all genes."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from graphkit.nn.spatial_attention import NeighborAttention, NeighborMix


class SpatialAutoencoder(nn.Module):
    """Encoder, neighbour attention, and a decoder to the share of each gene.

    Parameters
    ----------
    n_inputs, n_outputs
        Genes read and genes predicted.
    hidden, dim
        Hidden units of the encoder; numbers per spot.
    input_dropout, dropout
        Share of input genes and of hidden units that training drops.

    Attributes
    ----------
    mean : Tensor [n_inputs]
        Subtracted from the inputs.
    scale : Tensor []
        Then divides them.
    background : Tensor [n_outputs]
        Logarithm of the gene frequencies: what a spot without anything to say gets.
    """

    mean: Tensor
    scale: Tensor
    background: Tensor

    def __init__(
        self,
        n_inputs: int,
        n_outputs: int,
        *,
        hidden: int = 64,
        dim: int = 16,
        input_dropout: float = 0.3,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.input_dropout, self.dropout = input_dropout, dropout
        self.register_buffer("mean", torch.zeros(n_inputs))
        self.register_buffer("scale", torch.ones(()))
        self.register_buffer("background", torch.zeros(n_outputs))
        self.read = nn.Linear(n_inputs, hidden)
        self.compress = nn.Linear(hidden, dim)
        self.neighbors = NeighborAttention(dim)
        self.decoder = nn.Linear(dim, n_outputs)
        # A start near the gene frequencies, which is also where weight decay pulls.
        with torch.no_grad():
            self.decoder.weight.mul_(0.1)
            self.decoder.bias.zero_()

    def set_statistics(self, mean: Tensor, scale: float, frequencies: Tensor) -> None:
        """Take what training data say of inputs [n_inputs] and gene frequencies [n_outputs]."""
        self.mean.copy_(mean)
        self.scale.fill_(scale)
        self.background.copy_(frequencies.log())

    def encode(self, x: Tensor) -> Tensor:
        """Return [m, dim] for log-normalised inputs [m, n_inputs], each spot for itself."""
        x, left = x - self.mean, 1.0
        if self.training and self.input_dropout:
            x, left = _drop(x, self.input_dropout)
        # Scaled where there are few numbers: most of a training step are passes over the inputs.
        read = functional.linear(x, self.read.weight) / (self.scale * left) + self.read.bias
        return self.compress(functional.dropout(functional.elu(read), self.dropout, self.training))

    def mix(
        self, nodes: Tensor, seed: Tensor, index: Tensor, mask: Tensor, distance: Tensor
    ) -> NeighborMix:
        """Mix encoded spots with their neighbours, as :class:`NeighborAttention` does."""
        mixed: NeighborMix = self.neighbors(nodes, seed, index, mask, distance)
        return mixed

    def scores(self, mixed: Tensor) -> Tensor:
        """Return the logarithm of each gene's share up to a number per spot, [b, n_outputs]."""
        bias = self.decoder.bias + self.background
        return functional.linear(mixed, self.decoder.weight, bias)

    def decode(self, mixed: Tensor) -> Tensor:
        """Return the logarithm of each gene's share, [b, n_outputs]."""
        return self.scores(mixed).log_softmax(dim=1)

    def forward(
        self, x: Tensor, seed: Tensor, index: Tensor, mask: Tensor, distance: Tensor
    ) -> Tensor:
        """Return the logarithm of each gene's share in the spots of `seed`, [b, n_outputs]."""
        return self.decode(self.mix(self.encode(x), seed, index, mask, distance).nodes)


def _drop(x: Tensor, share: float) -> tuple[Tensor, float]:
    """Set a share of the numbers of `x` to 0, in 256ths; return it, and the share that is left.

    A random byte decides: torch's own dropout takes eight times as long on a processor.
    """
    lost = min(round(256 * share), 255)
    words = torch.empty(-(-x.numel() // 8), dtype=torch.int64, device=x.device)
    coins = words.random_(-(2**63), None).view(torch.uint8)[: x.numel()]
    return x.mul_(coins.view_as(x) >= lost), 1 - lost / 256
