"""Distil a teacher: the similarities of items, and its attention."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class SimilarityTransfer(nn.Module):
    """Makes items alike for the student that are alike for the teacher.

    The divergence of each item's similarities to the others of the batch, as a softmax over these,
    from the teacher's. No metric loss: it compares two spaces, not items by their labels, hence not
    the signature of one.

    Parameters
    ----------
    temperature
        Divides the cosines.

    References
    ----------
    Hinton et al. 2015, arXiv:1503.02531; Fang et al. 2021, arXiv:2101.04731.

    Examples
    --------
    >>> z = torch.randn(5, 3)
    >>> round(float(SimilarityTransfer()(z, 2 * z)), 4)
    0.0
    """

    def __init__(self, temperature: float = 0.1) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, student: Tensor, teacher: Tensor) -> Tensor:
        """Return the mean divergence of embeddings [B, D] from [B, D']; 0 below three items."""
        if len(student) < 3:  # of two, each is all that the other can be like
            return 0.0 * student.sum()
        ours, theirs = (self._shares(one) for one in (student, teacher.detach()))
        return functional.kl_div(ours, theirs, reduction="batchmean", log_target=True)

    def _shares(self, z: Tensor) -> Tensor:
        """Return the logarithm of each other item's share in what an item is like, [B, B - 1]."""
        unit = functional.normalize(z, dim=1)
        cosine = unit @ unit.T / self.temperature
        others = ~torch.eye(len(z), dtype=torch.bool, device=z.device)
        return cosine[others].view(len(z), -1).log_softmax(dim=1)


class AttentionTransfer(nn.Module):
    """Makes a student look where its teacher looks.

    The divergence of the student's attention from the teacher's, the mean over those who look: a
    teacher's attentions add up to 1 for each, so their sum counts them. No metric loss, as
    :class:`SimilarityTransfer` is none.

    References
    ----------
    Zagoruyko and Komodakis 2017, arXiv:1612.03928.

    Examples
    --------
    >>> teacher = torch.tensor([0.5, 0.5, 1.0])  # of a node with two edges, and one with one
    >>> round(float(AttentionTransfer()(torch.tensor([0.25, 0.75, 1.0]), teacher)), 4)
    0.0719
    """

    def forward(self, student: Tensor, teacher: Tensor) -> Tensor:
        """Return the mean divergence of attentions [E], on the same edges; 0 without any."""
        teacher = teacher.detach()
        least = torch.finfo(student.dtype).tiny
        entropy = torch.xlogy(teacher, teacher) - teacher * student.clamp(min=least).log()
        return entropy.sum() / teacher.sum().clamp(min=least)
