"""After group-collaborative metric learning: a teacher names groups, and shares what it sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphkit.losses import SupervisedContrast
from graphkit.methods.strategies import PseudoLabels, Teacher
from graphkit.training import Guided

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class GroupParams:
    """Parameters of GroupCollaborative; the paper's own values are not public.

    Parameters
    ----------
    groups
        Weight of the contrast between the teacher's groups.
    similarity, attention
        Weights of what is distilled; attention is for networks that have some.
    decay
        Share of the teacher that stays at each step.
    temperature
        Of the contrast.
    start, every
        Epoch of the first groups, and epochs between them.
    """

    groups: float = 0.05
    similarity: float = 0.1
    attention: float = 0.0
    decay: float = 0.99
    temperature: float = 0.2
    start: int = 2
    every: int = 4


class GroupCollaborative(Guided):
    """Any encoder with a teacher of its own shape, which gives it groups and similarities.

    The teacher is the running mean of the student. Its clusters are the labels of a supervised
    contrast, and the student is to find alike what the teacher finds alike.

    Parameters
    ----------
    method
        Any method with ``embed``.
    n_groups
        Clusters of the teacher.
    params
        What there is to choose.
    loss
        Of embeddings and groups; :class:`~graphkit.losses.SupervisedContrast` where not given.
    data
        What the teacher groups; the training data where not given.
    seed
        Of k-means.

    References
    ----------
    After Tsinghua Science and Technology 2026, 31(4):2092, of which the abstract is public.
    """

    reference = "Tsinghua Science and Technology 2026, 31(4):2092"

    def __init__(
        self,
        method: Any,
        n_groups: int,
        params: GroupParams | None = None,
        *,
        loss: nn.Module | None = None,
        data: Any = None,
        seed: int = 0,
    ) -> None:
        p = params or GroupParams()
        teacher = Teacher(decay=p.decay, weight=p.similarity, attention=p.attention)
        groups = PseudoLabels(
            n_groups,
            loss or SupervisedContrast(p.temperature),
            start=p.start,
            every=p.every,
            teacher=teacher,
            data=data,
            seed=seed,
            weight=p.groups,
            name="groups",
        )
        super().__init__(method, (teacher, groups))

    @property
    def teacher(self) -> Any:
        """The teacher, a method like its student; what it says is steadier."""
        return self.strategies[0].model
