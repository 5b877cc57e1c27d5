"""Supervised contrast: pull together what carries the same label."""

from __future__ import annotations

import torch
from pytorch_metric_learning.losses import SupConLoss
from torch import Tensor


class SupervisedContrast(SupConLoss):
    """Supervised contrastive loss over L2-normalised embeddings, scaled by its temperature.

    Each embedding is an anchor; the others of its class are its positives. Anchors without a
    positive do not count; a batch without any pair gives 0, with a gradient of 0.

    Parameters
    ----------
    temperature
        Divides the cosines; the loss is multiplied by it, so that its gradient keeps its size when
        the temperature changes.
    **parts
        Distance, reducer and regularizer of a loss of pytorch-metric-learning.

    References
    ----------
    Khosla et al. 2020, arXiv:2004.11362.

    Examples
    --------
    >>> loss = SupervisedContrast(0.2)
    >>> float(loss(torch.eye(2), torch.tensor([0, 1])))
    0.0
    """

    def __init__(self, temperature: float = 0.2, **parts: object) -> None:
        super().__init__(temperature=temperature, **parts)

    def forward(
        self,
        embeddings: Tensor,
        labels: Tensor | None = None,
        indices_tuple: tuple[Tensor, ...] | None = None,
        ref_emb: Tensor | None = None,
        ref_labels: Tensor | None = None,
    ) -> Tensor:
        """Return the loss, a scalar.

        Parameters
        ----------
        embeddings : Tensor [B, D]
            Any scale; normalised here, in single precision at least.
        labels : Tensor [B], optional
            Class of each embedding.
        indices_tuple : tuple of LongTensor, optional
            Indices ``(anchor, positive, anchor, negative)``, or triplets, instead of labels.
        ref_emb : Tensor [M, D], optional
            Where positives and negatives come from; the embeddings themselves if None.
        ref_labels : Tensor [M], optional
            Class of each of these.
        """
        wide = embeddings.to(torch.promote_types(embeddings.dtype, torch.float32))
        loss: Tensor = super().forward(wide, labels, indices_tuple, ref_emb, ref_labels)
        return self.temperature * loss
