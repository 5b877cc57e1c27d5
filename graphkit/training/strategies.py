"""Strategies: additions to the training of any method, by one argument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from graphkit.training.batches import Numbered, NumberedBatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphkit.training.protocol import BatchDataset

_BLOCK = 512


class Strategy(nn.Module):
    """Base class of strategies; by itself it adds nothing.

    A strategy looks at a method from outside: at ``embed(batch)``, embeddings ``[b, D]``, and at
    nothing else. So it serves methods for sequences, spots and cells alike. What it keeps between
    epochs is in buffers.
    """

    def begin(self, method: Any, data: Numbered) -> None:
        """Get ready; called once, before the training."""

    def refresh(self, method: Any, epoch: int) -> None:
        """Renew what is renewed between epochs; called at the start of each."""

    def terms(self, method: Any, batch: Any, items: Tensor) -> dict[str, Tensor]:  # noqa: ARG002
        """Return named and weighted terms that join the method's own.

        The same names in every step of an epoch.

        Parameters
        ----------
        method
            What is trained.
        batch
            Of the method's own kind.
        items : LongTensor [b]
            Number of each example of the batch in the training data.
        """
        return {}


class Guided(nn.Module):
    """A method and the strategies of its training; itself a method.

    Parameters
    ----------
    method
        What is trained, in place.
    strategies
        What is added, in the order in which they are asked.
    """

    def __init__(self, method: Any, strategies: Sequence[Strategy]) -> None:
        super().__init__()
        self.method = method
        self.strategies: Any = nn.ModuleList(strategies)

    def begin(self, data: BatchDataset) -> Numbered:
        """Return the data as strategies read them, which are ready then."""
        numbered = data if isinstance(data, Numbered) else Numbered(data)
        for strategy in self.strategies:
            strategy.begin(self.method, numbered)
        return numbered

    def refresh(self, epoch: int) -> None:
        """Let the method and the strategies renew what they renew between epochs."""
        if (own := getattr(self.method, "refresh", None)) is not None:
            own(epoch)
        for strategy in self.strategies:
            strategy.refresh(self.method, epoch)

    def step(self, batch: NumberedBatch) -> dict[str, Tensor]:
        """Return the terms of the method and of the strategies; equal names are added up."""
        terms = dict(self.method.step(batch.batch))
        for strategy in self.strategies:
            for name, term in strategy.terms(self.method, batch.batch, batch.items).items():
                terms[name] = terms[name] + term if name in terms else term
        return terms

    def logits(self, batch: Any) -> Tensor:
        """Return what the method says of a batch."""
        return self.method.logits(batch)

    def embed(self, batch: Any) -> Tensor:
        """Return the method's embeddings of a batch, [b, D]."""
        return self.method.embed(batch)


@torch.no_grad()
def embed_all(method: Any, data: BatchDataset) -> Tensor:
    """Return the embedding of every example, [n, D], in the data's order.

    The method is asked in evaluation mode, where it is, and left as it was.
    """
    numbered = Numbered(data.data if isinstance(data, Numbered) else data)
    place, training = next(method.parameters()).device, method.training
    found: Tensor | None = None
    method.eval()
    try:
        for first in range(0, len(data), _BLOCK):
            part = numbered[range(first, min(first + _BLOCK, len(data)))].to(place)
            z = method.embed(part.batch)
            found = z.new_empty(len(data), z.shape[1]) if found is None else found
            found[part.items] = z
    finally:
        method.train(training)
    return torch.empty(0, 0) if found is None else found
