"""Supervised contrast: pull together what carries the same label."""

from __future__ import annotations

from pytorch_metric_learning.losses import SupConLoss
from torch import Tensor, nn
from torch.nn import functional


class SupervisedContrast(nn.Module):
    """Supervised contrastive loss over L2-normalised embeddings, scaled by its temperature.

    Each embedding is an anchor; the others of its class are its positives. Anchors without a
    positive do not count; a batch without any pair gives 0, with a gradient of 0.

    Parameters
    ----------
    temperature
        Divides the cosines; the loss is multiplied by it, so that its gradient keeps its size when
        the temperature changes.

    References
    ----------
    Khosla et al. 2020, arXiv:2004.11362.

    Examples
    --------
    >>> import torch
    >>> loss = SupervisedContrast(0.2)
    >>> float(loss(torch.eye(2), torch.tensor([0, 1])))
    0.0
    """

    def __init__(self, temperature: float = 0.2) -> None:
        super().__init__()
        self.temperature = temperature
        self._loss = SupConLoss(temperature=temperature)

    def forward(
        self,
        embeddings: Tensor,
        labels: Tensor | None = None,
        pairs: tuple[Tensor, ...] | None = None,
    ) -> Tensor:
        """Return the loss.

        Parameters
        ----------
        embeddings : Tensor [B, D]
            Any scale; normalised here.
        labels : Tensor [B], optional
            Class of each embedding.
        pairs : tuple of Tensor, optional
            ``(anchor, positive, anchor, negative)`` indices instead of labels.
        """
        unit = functional.normalize(embeddings.float(), dim=1)
        return self.temperature * self._loss(unit, labels, indices_tuple=pairs)
