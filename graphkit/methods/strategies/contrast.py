"""A metric loss on the embeddings of any method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from graphkit.losses import gather
from graphkit.training import Strategy

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Contrast(Strategy):
    """Adds a loss of embeddings, with labels or between two views.

    Labels make it supervised: classes with a triplet or proxy loss, anchors with a cross-entropy,
    batches with :class:`~graphkit.losses.MatchedMoments`. Without labels the two views of an item
    are all that is known to belong together.

    Parameters
    ----------
    loss
        Called as the losses of pytorch-metric-learning are.
    labels : ndarray of int [n], optional
        Of the training data; items below 0 are left out.
    weight
        Of the term.
    two_views
        Whether each item is embedded twice, and the loss compares the one with the other: views
        differ by what the method draws at random (noise, dropout).
    miner
        Chooses the pairs or triplets, as those of pytorch-metric-learning do.
    head
        What stands between embedding and loss, and is not kept; nothing where not given.
    name
        Of the term.
    """

    labels: Tensor | None

    def __init__(
        self,
        loss: nn.Module,
        labels: ArrayLike | None = None,
        *,
        weight: float = 1.0,
        two_views: bool = False,
        miner: nn.Module | None = None,
        head: nn.Module | None = None,
        name: str = "contrast",
    ) -> None:
        super().__init__()
        self.loss, self.miner, self.head = loss, miner, head or nn.Identity()
        self.weight, self.two_views, self.name = weight, two_views, name
        self.register_buffer("labels", None if labels is None else torch.as_tensor(labels).long())

    def terms(self, method: Any, batch: Any, items: Tensor) -> dict[str, Tensor]:
        """Return the weighted loss; nothing where its weight is 0."""
        if not self.weight:
            return {}
        views = [gather(self.head(method.embed(batch))) for _ in range(1 + self.two_views)]
        labels = None if self.labels is None else gather(self.labels[items])
        if labels is not None and labels.dim() == 1:
            known = labels >= 0
            if not known.any():
                return {self.name: 0.0 * views[0].sum()}
            views, labels = [one[known] for one in views], labels[known]
        chosen = None if self.miner is None else self.miner(views[0], labels)
        parts = {"ref_emb": views[1]} if self.two_views else {}
        return {self.name: self.weight * self.loss(views[0], labels, chosen, **parts)}
