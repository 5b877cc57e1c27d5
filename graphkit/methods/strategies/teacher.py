"""A teacher that is the running mean of its student."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from graphkit.errors import InputError
from graphkit.losses import AttentionTransfer, SimilarityTransfer
from graphkit.training import Strategy

if TYPE_CHECKING:
    from graphkit.training import Numbered


class Teacher(Strategy):
    """Distils the exponential moving average of a method's weights into the method.

    What is alike for the teacher becomes alike for the student. The teacher drops and corrupts
    nothing; it is followed, never trained, and may be asked afterwards in place of the student.

    Parameters
    ----------
    decay
        Share of the teacher that stays at each step.
    weight
        Of the similarities.
    attention
        Weight of the attention, for methods with ``attention(batch)`` such as those with a
        :class:`~graphkit.nn.GATEncoder`; 0 copies none.
    temperature
        Of :class:`~graphkit.losses.SimilarityTransfer`.

    References
    ----------
    Tarvainen and Valpola 2017, arXiv:1703.01780. After group-collaborative metric learning,
    Tsinghua Science and Technology 2026, 31(4):2092.
    """

    def __init__(
        self,
        *,
        decay: float = 0.99,
        weight: float = 1.0,
        attention: float = 0.0,
        temperature: float = 0.1,
    ) -> None:
        super().__init__()
        self.decay, self.weight, self.attention = decay, weight, attention
        self.similarity, self.looks = SimilarityTransfer(temperature), AttentionTransfer()
        self.average: Any = None

    @property
    def model(self) -> Any:
        """The teacher, a method like its student.

        Raises
        ------
        InputError
            Before the training.
        """
        if self.average is None:
            raise InputError(
                "the teacher has no student yet",
                slot="strategies",
                remedy="Name it among the strategies, before those that ask it.",
            )
        return self.average.module

    def follow(self, method: nn.Module) -> Any:
        """Bring the teacher one step nearer to the student, and return it."""
        self.average.update_parameters(method)
        return self.model

    def begin(self, method: nn.Module, data: Numbered) -> None:
        """Copy the student."""
        del data
        follow = get_ema_multi_avg_fn(self.decay)
        self.average = AveragedModel(method, multi_avg_fn=follow).requires_grad_(
            requires_grad=False
        )
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """Switch to training; the teacher stays in evaluation mode."""
        super().train(mode)
        if self.average is not None:
            self.average.eval()
        return self

    def terms(self, method: Any, batch: Any, items: Tensor) -> dict[str, Tensor]:
        """Follow the student by one step; return what it should copy."""
        del items
        teacher, terms = self.follow(method), {}
        if self.weight:
            with torch.no_grad():
                target = teacher.embed(batch)
            terms["similarity"] = self.weight * self.similarity(method.embed(batch), target)
        if self.attention:
            with torch.no_grad():
                target = teacher.attention(batch)
            terms["attention"] = self.attention * self.looks(method.attention(batch), target)
        return terms
