"""InfoNCE between two encoders in which members of one cluster are not pushed apart."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

# Where a pair is certain to share a cluster its weight is 0: this stands for log 0 and keeps
# gradients finite, as -inf would not.
_NEVER = -1e4


class ClusterInfoNCE(nn.Module):
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

    References
    ----------
    After DARLC, arXiv:2409.01781; van den Oord et al. 2018, arXiv:1807.03748.

    Examples
    --------
    >>> queries = torch.eye(3)
    >>> loss = ClusterInfoNCE(0.5)
    >>> float(loss(queries, queries, labels=torch.tensor([0, 0, 0])))
    0.0
    >>> bool(loss(queries, queries, labels=torch.tensor([0, 0, 1])) < loss(queries, queries))
    True
    """

    def __init__(self, temperature: float = 0.2) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, embeddings: Tensor, keys: Tensor, *, labels: Tensor | None = None) -> Tensor:
        """Return the loss, a scalar.

        Parameters
        ----------
        embeddings : Tensor [B, D]
            Queries, of any scale; normalised here.
        keys : Tensor [B, D]
            The positive of each query; those of the other queries are its negatives. No gradient
            is cut here: detach the momentum encoder's output.
        labels : LongTensor [B] or Tensor [B, K], optional
            Clusters, or probabilities of clusters; None takes every other key as a negative.
        """
        queries = functional.normalize(embeddings.float(), dim=1)
        logits = queries @ functional.normalize(keys.float(), dim=1).T / self.temperature
        weight = negative_weights(labels, len(logits), logits.device)
        counted = weight.amax(dim=1) > 0 if len(logits) else weight.new_zeros(0, dtype=torch.bool)
        if not bool(counted.any()):
            return logits.sum() * 0.0
        own = torch.eye(len(logits), dtype=torch.bool, device=logits.device)
        log_weight = weight.clamp(min=1e-30).log().masked_fill(weight <= 0, _NEVER)
        total = torch.logsumexp(logits + log_weight.masked_fill(own, 0.0), dim=1)
        return (total - logits.diagonal())[counted].mean()


def negative_weights(labels: Tensor | None, size: int, device: torch.device) -> Tensor:
    """Return how much each pair counts as a negative.

    Parameters
    ----------
    labels : LongTensor [B] or Tensor [B, K] or None
        As in :class:`ClusterInfoNCE`.
    size
        B.
    device
        Where the result lies.

    Returns
    -------
    Tensor [B, B]
        In 0 to 1, with a diagonal of 0.

    Examples
    --------
    >>> negative_weights(torch.tensor([0, 0, 1]), 3, torch.device("cpu"))
    tensor([[0., 0., 1.],
            [0., 0., 1.],
            [1., 1., 0.]])
    """
    if labels is None:
        different = torch.ones(size, size, device=device)
    elif labels.dim() == 1:
        different = (labels[:, None] != labels[None, :]).float()
    else:
        soft = labels.detach().float()
        different = (1.0 - soft @ soft.T).clamp(0.0, 1.0)
    return different.to(device) * (1.0 - torch.eye(size, device=device))
