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
    y : Tensor [B] or None
        Class of each sequence.
    source : Tensor [B] or None
        Which of several data sets each sequence comes from.

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
    source: Tensor | None = None

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
        names = ("edges", "nodes", "side", "y", "source")
        parts = {name: getattr(self, name) for name in names}
        return replace(self, **{n: function(t) for n, t in parts.items() if t is not None})
