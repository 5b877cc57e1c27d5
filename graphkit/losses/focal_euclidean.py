"""A pair loss in which hard pairs weigh more, and the two sides as much as one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.losses import BaseMetricLossFunction
from pytorch_metric_learning.utils.loss_and_miner_utils import convert_to_pairs

if TYPE_CHECKING:
    from torch import Tensor

# Squared distance of opposite points on the unit sphere.
_FARTHEST = 4.0
# How near likeness comes to 0 and 1: the slope of a root at 0 is not finite.
_LEAST = 1e-6


class WeightedFocalEuclidean(BaseMetricLossFunction):
    """Weighted focused Euclidean loss between samples, or samples and vectors of classes.

    With the squared distance d of two unit vectors and their likeness ``s = 1 - d / 4``, which is 1
    where they agree and 0 where they are opposite, a positive pair costs ``(1 - s)^focus * d`` and
    a negative one ``s^focus * max(0, margin - d)``. Each side is averaged by itself: the many
    negatives do not drown the few positives. Vectors of classes are given as `ref_emb`.

    Parameters
    ----------
    focus
        0 weighs all pairs alike; the higher, the more the hard ones count.
    margin
        Squared distance from which a negative is far enough; 2 is orthogonal, 4 the farthest.
    **parts
        Distance, reducer and regularizer of a loss of pytorch-metric-learning. The distance is the
        squared Euclidean one of unit vectors where none is given.

    References
    ----------
    After the loss of CM-DML-GZSL, zero-shot diagnosis of chest X-rays; exponent and margin are
    ours. Lin et al. 2017, arXiv:1708.02002, for the focus.

    Examples
    --------
    >>> import torch
    >>> loss = WeightedFocalEuclidean()
    >>> round(float(loss(torch.eye(2), torch.tensor([0, 1]))), 4)  # negatives, orthogonal
    0.0
    >>> round(float(loss(torch.eye(2), torch.tensor([0, 0]))), 4)  # (1 - 1 / 2) * 2
    1.0
    """

    def __init__(self, focus: float = 1.0, margin: float = 2.0, **parts: Any) -> None:
        super().__init__(**parts)
        self.focus, self.margin = focus, margin

    def get_default_distance(self) -> LpDistance:
        """Return the distance that is used where none is given."""
        return LpDistance(power=2)

    def compute_loss(
        self,
        embeddings: Tensor,
        labels: Tensor | None,
        indices_tuple: tuple[Tensor, ...] | None,
        ref_emb: Tensor,
        ref_labels: Tensor | None,
    ) -> dict[str, Any]:
        """Return the cost of each positive and of each negative pair."""
        anchor, positive, other, negative = convert_to_pairs(indices_tuple, labels, ref_labels)
        apart = self.distance(embeddings, ref_emb)
        alike = (1 - apart / _FARTHEST).clamp(_LEAST, 1 - _LEAST)
        drawn = ((1 - alike) ** self.focus * apart)[anchor, positive]
        pushed = (alike**self.focus * (self.margin - apart).relu())[other, negative]
        return {
            name: {"losses": cost if len(cost) else 0, "indices": pairs, "reduction_type": kind}
            for name, cost, pairs, kind in (
                ("pos_loss", drawn, (anchor, positive), "pos_pair"),
                ("neg_loss", pushed, (other, negative), "neg_pair"),
            )
        }

    def _sub_loss_names(self) -> list[str]:
        return ["pos_loss", "neg_loss"]
