"""Many de Bruijn graphs as one tensor: the k-mer spectrum of each sequence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class Spectrum:
    """Sequences as counts; for k <= 6 this is the whole de Bruijn graph of each.

    Indexing with a list gives the spectrum of those sequences, so that a Spectrum is data set and
    batch in one.

    Parameters
    ----------
    edges : Tensor [B, 4^(k+1)]
        How often each (k+1)-mer occurs: the edge from its first to its last k letters.
    nodes : Tensor [B, 4^k]
        How often each k-mer occurs.
    side : Tensor [B, S] or None
        What is known of the whole sequence: length, composition.
    y : Tensor [B] or [B, T] or None
        Class of each sequence, or what was measured of it.

    Examples
    --------
    >>> spectrum = Spectrum(torch.zeros(3, 16), torch.zeros(3, 4), y=torch.tensor([0, 1, 0]))
    >>> spectrum[[2, 1]].y
    tensor([0, 1])
    """

    edges: Tensor
    nodes: Tensor
    side: Tensor | None = None
    y: Tensor | None = None

    def __len__(self) -> int:
        return len(self.edges)

    def __getitem__(self, indices: Sequence[int] | Tensor) -> Self:
        rows = torch.as_tensor(indices, dtype=torch.long)
        return self.apply(lambda tensor: tensor[rows])

    def to(self, device: torch.device | str, *, non_blocking: bool = False) -> Self:
        """Return the same spectrum on `device`."""
        return self.apply(lambda tensor: tensor.to(device, non_blocking=non_blocking))

    def apply(self, function: Callable[[Tensor], Tensor]) -> Self:
        """Return the spectrum with `function` applied to each tensor, as PyG's ``Data.apply``."""
        names = ("edges", "nodes", "side", "y")
        parts = {name: getattr(self, name) for name in names}
        return replace(self, **{n: function(t) for n, t in parts.items() if t is not None})


def edge_weights(counts: Tensor) -> Tensor:
    """Normalise (k+1)-mer counts: ``c / sqrt(out(source) * in(target))``, 0 where c = 0.

    Parameters
    ----------
    counts : Tensor [B, 4^(k+1)]
        Counts in lexicographic order.

    Returns
    -------
    Tensor [B, 4^(k+1)]
        Weight of each edge; added self-loops, whose weight is 1, are not among them.

    Examples
    --------
    >>> counts = torch.zeros(1, 16)
    >>> counts[0, 1] = 7  # AC, with k = 1
    >>> edge_weights(counts)[0, :3].round(decimals=4)
    tensor([0., 1., 0.])
    """
    n = counts.shape[1] // 4
    by_source, by_target = counts.view(-1, n, 4), counts.view(-1, 4, n)
    # An edge that occurs has a source and a target that do: the clamp only spares 0 / 0.
    out = by_source.sum(dim=2).clamp(min=1.0).rsqrt()
    into = by_target.sum(dim=1).clamp(min=1.0).rsqrt()
    weighted = (by_source * out[:, :, None]).view(-1, 4, n) * into[:, None]
    return weighted.view(-1, 4 * n)


def even(count: Tensor) -> Tensor:
    """Spread occurrences evenly over all nodes.

    Examples
    --------
    >>> even(torch.tensor([3.0, 0.0, 0.0]))
    tensor([1., 1., 1.])
    """
    return count.mean().expand_as(count)
