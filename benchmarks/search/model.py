"""A graph network over the de Bruijn graphs of a transcript and of its ends; one expert a source.

The logit depends on a sequence through edge weights, node frequencies and length alone, each of
which is an input an explanation can vary.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Shape:
    """Sizes of the network.

    Parameters
    ----------
    k_whole, k_ends
        Letters per node in the graph of the whole transcript and of the ends.
    regions
        1 + number of ends.
    dim, whole, ends, heads, hidden
        Numbers per node feature; per node of the whole's and of the ends' graphs; attention heads;
        hidden units behind the readouts.
    dropout, node_dropout
        Behind the readouts; of node features.
    length_for_all
        Whether the first source's expert sees the length too: nuclear transcripts are the longer
        ones there and the shorter ones in the second source.
    """

    k_whole: int = 3
    k_ends: int = 2
    regions: int = 4
    dim: int = 16
    whole: int = 32
    ends: int = 16
    heads: int = 4
    hidden: int = 32
    dropout: float = 0.3
    node_dropout: float = 0.1
    length_for_all: bool = True


def adjacency(counts: Tensor) -> Tensor:
    """Transposed normalised adjacency with added self-loops; dense, for k <= 3.

    Parameters
    ----------
    counts : Tensor [B, 4**(k + 1)]

    Returns
    -------
    Tensor [B, 4**k, 4**k]
        Row = receiving node.
    """
    b, n = len(counts), counts.shape[1] // 4
    out = counts.view(b, n, 4).sum(2).clamp(min=1)
    into = counts.view(b, 4, n).sum(1).clamp(min=1)
    w = (counts.view(b, n, 4) / out.sqrt().unsqueeze(2)).view(b, 4, n) / into.sqrt().unsqueeze(1)
    blocks = w.view(b, 4, n // 4, 4).permute(0, 3, 1, 2)
    return torch.diag_embed(blocks).permute(0, 3, 1, 2, 4).reshape(b, n, n) + torch.eye(n)


class GraphReadout(nn.Module):
    """One graph convolution and two readouts: mean over occurrences, attention per occurrence.

    Parameters
    ----------
    k, dim, width, heads, dropout
        As in :class:`Shape`.
    """

    def __init__(self, k: int, dim: int, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        n = 4**k
        digits = torch.arange(n)[:, None] // 4 ** torch.arange(k - 1, -1, -1) % 4
        self.register_buffer("letters", nn.functional.one_hot(digits, 4).float().flatten(1))
        self.free = nn.Parameter(torch.randn(n, dim) * 0.1)
        self.shared = nn.Linear(4 * k, dim)
        self.abundance = nn.Parameter(torch.randn(dim) * 0.1)
        self.conv = nn.Linear(dim, width)
        self.gate = nn.Linear(width, heads)
        self.value = nn.Parameter(torch.randn(heads, width, width // heads) / math.sqrt(width))
        self.dropout = nn.Dropout(dropout)
        self.size = 2 * width

    def forward(self, counts: Tensor) -> Tensor:
        """Turn counts of (k+1)-mers ``[B, 4**(k+1)]`` into ``[B, 2 * width]``."""
        b, n = len(counts), counts.shape[1] // 4
        nodes = counts.view(b, n, 4).sum(2)
        total = nodes.sum(1, keepdim=True).clamp(min=1)
        share = nodes / total
        abundance = torch.log(n * share + 0.1)
        a = adjacency(counts)
        # conv(free + shared + abundance * vector), the part common to all sequences made once.
        common = self.conv(self.dropout(self.free + self.shared(self.letters)))
        own = torch.bmm(a, abundance.unsqueeze(2)) * (self.conv.weight @ self.abundance)
        h = torch.relu(torch.matmul(a, common) + own)
        mean = torch.bmm(share.unsqueeze(1), h).squeeze(1)
        weight = self.gate(h).clamp(-8, 8).exp() * share.unsqueeze(2)
        weight = weight / weight.sum(1, keepdim=True).clamp(min=1e-12)
        attended = torch.einsum("bhd,hde->bhe", torch.bmm(weight.transpose(1, 2), h), self.value)
        return torch.cat([mean, attended.flatten(1)], 1)


class RegionNet(nn.Module):
    """Graphs of all regions -> one trunk -> an expert per source and a gate between them.

    Parameters
    ----------
    shape
        Sizes.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        s = shape
        self.whole = GraphReadout(s.k_whole, s.dim, s.whole, s.heads, s.node_dropout)
        self.ends = GraphReadout(s.k_ends, s.dim, s.ends, s.heads, s.node_dropout)
        size = self.whole.size + (s.regions - 1) * self.ends.size + 18
        self.size = size if s.length_for_all else size - 1
        self.norm = nn.BatchNorm1d(size, affine=False, momentum=0.05)
        self.trunk = nn.Sequential(
            nn.Dropout(s.dropout), nn.Linear(self.size, s.hidden), nn.ReLU(), nn.Dropout(s.dropout)
        )
        self.out = nn.Linear(s.hidden, 3)
        # Length and its square, for the second expert and the gate alone.
        self.by_length = nn.Linear(2, 2, bias=False)

    def forward(self, counts: Tensor, lengths: Tensor) -> Tensor:
        """Turn counts ``[B, R, 4**word]`` and lengths ``[B]`` into logits ``[B, 3]``.

        The columns: nucleus by the first and by the second source's expert, second source.
        """
        b, r, _ = counts.shape
        whole = counts[:, 0]
        parts = [self.whole(_words(whole, self.shape.k_whole + 1))]
        if r > 1:
            ends = counts[:, 1:].reshape(b * (r - 1), -1)
            parts.append(self.ends(_words(ends, self.shape.k_ends + 1)).view(b, -1))
        pairs = _words(whole, 2) / whole.sum(1, keepdim=True).clamp(min=1)
        gc = pairs.view(b, 4, 4).sum(2)[:, 1:3].sum(1, keepdim=True)
        length = lengths.clamp(min=50).log().unsqueeze(1)
        x = self.norm(torch.cat([*parts, 16 * pairs, gc, length], 1))
        z = self.out(self.trunk(x[:, : self.size]))
        own = self.by_length(torch.cat([x[:, -1:], x[:, -1:].square()], 1))
        return torch.cat([z[:, :1], z[:, 1:] + own], 1)


def _words(counts: Tensor, letters: int) -> Tensor:
    return counts.reshape(len(counts), 4**letters, -1).sum(2)
