"""InfoNCE between two encoders in which members of one cluster are not pushed apart."""

from __future__ import annotations

import torch
from pytorch_metric_learning.distances import CosineSimilarity
from pytorch_metric_learning.losses import BaseMetricLossFunction
from pytorch_metric_learning.utils.loss_and_miner_utils import convert_to_pairs
from torch import Tensor

# Where a pair is certain to share a cluster its weight is 0: this stands for log 0 and keeps
# gradients finite, as -inf would not.
_NEVER = -1e4


class ClusterInfoNCE(BaseMetricLossFunction):
    """Contrast each embedding with its own key against keys of other clusters.

    For query q_i with key k_i (its positive: the same item seen by the momentum encoder) the loss
    is ``-log(e_ii / (e_ii + sum_j w_ij e_ij))`` with ``e_ij = exp(cos(q_i, k_j) / temperature)``.
    The weight w_ij of a negative is the probability that i and j are in *different* clusters:
    0 or 1 for hard labels, ``1 - <p_i, p_j>`` for soft ones. So no item is pushed away from its
    own cluster (class collision). Anchors without a negative do not count; without any the loss
    is 0, with a gradient of 0.

    Parameters
    ----------
    temperature
        Divides the cosines.
    **parts
        Distance, reducer and regularizer of a loss of pytorch-metric-learning.

    References
    ----------
    After DARLC, arXiv:2409.01781; van den Oord et al. 2018, arXiv:1807.03748.

    Examples
    --------
    >>> queries = torch.eye(3)
    >>> loss = ClusterInfoNCE(0.5)
    >>> float(loss(queries, torch.tensor([0, 0, 0]), ref_emb=queries))
    0.0
    >>> bool(loss(queries, torch.tensor([0, 0, 1])) < loss(queries))
    True
    """

    def __init__(self, temperature: float = 0.2, **parts: object) -> None:
        super().__init__(**parts)
        self.temperature = temperature

    def get_default_distance(self) -> CosineSimilarity:
        """Return the distance that is used where none is given."""
        return CosineSimilarity()

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
            Queries, of any scale; normalised here, in single precision at least.
        labels : LongTensor [B] or Tensor [B, K], optional
            Clusters, or probabilities of clusters; None takes every other key as a negative.
        indices_tuple : tuple of LongTensor, optional
            Indices ``(query, positive key, query, negative key)``, or triplets, instead of labels.
        ref_emb : Tensor [M, D], optional
            The positive key of each query and, beyond the first B, keys that are negatives alone;
            the embeddings themselves if None. No gradient is cut here: detach the momentum
            encoder's output.
        ref_labels : LongTensor [M] or Tensor [M, K], optional
            Of the keys; `labels` if None.
        """
        self.reset_stats()
        ref_emb = embeddings if ref_emb is None else ref_emb
        ref_labels = labels if ref_labels is None else ref_labels
        wide = torch.promote_types(embeddings.dtype, torch.float32)
        logits = self.distance(embeddings.to(wide), ref_emb.to(wide)) / self.temperature
        logits = logits if self.distance.is_inverted else -logits
        if indices_tuple is None:
            query = positive = torch.arange(len(logits), device=logits.device)
            weight = negative_weights(labels, ref_labels, logits)
            weight[query, positive] = 0.0
        else:
            query, positive, other, negative = convert_to_pairs(indices_tuple, labels, ref_labels)
            weight = torch.zeros_like(logits).index_put((other, negative), logits.new_ones(()))
        counted = (weight > 0).any(dim=1)[query]
        query, positive = query[counted], positive[counted]
        terms = self.zero_losses()
        if len(query):
            log_weight = weight.clamp(min=1e-30).log().masked_fill(weight <= 0, _NEVER)
            own = logits[query, positive]
            rows = (logits + log_weight)[query].scatter(1, positive[:, None], own[:, None])
            terms["loss"] = {
                "losses": torch.logsumexp(rows, dim=1) - own,
                "indices": (query, positive),
                "reduction_type": "pos_pair",
            }
        self.add_embedding_regularization_to_loss_dict(terms, embeddings)
        loss: Tensor = self.reducer(terms, embeddings, labels)
        return loss


def negative_weights(labels: Tensor | None, ref_labels: Tensor | None, like: Tensor) -> Tensor:
    """Return how much each pair of a query and a key counts as a negative.

    Parameters
    ----------
    labels : LongTensor [B] or Tensor [B, K] or None
        As in :class:`ClusterInfoNCE`.
    ref_labels : LongTensor [M] or Tensor [M, K] or None
        The same of the keys.
    like : Tensor [B, M]
        What type the result has, and where it lies.

    Returns
    -------
    Tensor [B, M]
        In 0 to 1.

    Examples
    --------
    >>> y = torch.tensor([0, 0, 1])
    >>> negative_weights(y, y, torch.empty(3, 3))
    tensor([[0., 0., 1.],
            [0., 0., 1.],
            [1., 1., 0.]])
    """
    if labels is None or ref_labels is None:
        return torch.ones_like(like)
    if labels.dim() == 1:
        return (labels[:, None] != ref_labels[None, :]).to(like)
    soft, others = labels.detach().to(like), ref_labels.detach().to(like)
    return (1.0 - soft @ others.T).clamp(0.0, 1.0)
