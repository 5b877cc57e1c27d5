"""All that the log-odds of one sequence depends on, as tensors that can be varied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from graphkit.attribution.log_odds import Codes, LogOdds
    from graphkit.builders.base import Batches
    from graphkit.types import Provenance


@dataclass(frozen=True)
class Variables:
    """Variables of one sequence's graph, its side features, and what to compare with.

    Parameters
    ----------
    data
        The sequence, alone.
    device
        Where the members are.
    shapes
        Shape of each variable in a batch of one, by the name of the argument it stands in for.
    x : tuple of Tensor
        The builder's variables, ``[E]``, ``[N]``, and, where they are explained, side features
        ``[S]``.
    baseline : tuple of Tensor
        As `x`: the builder's baseline, the side features of the model's.
    average : tuple of Tensor or None
        As `x`: an average transcript, where the model knows one.
    provenance
        Where the units came from, all of the builder's variables one after the other.
    side
        Whether the last variable is side features, which are no units.
    """

    data: Batches
    device: torch.device
    shapes: dict[str, torch.Size]
    x: tuple[Tensor, ...]
    baseline: tuple[Tensor, ...]
    average: tuple[Tensor, ...] | None
    provenance: Provenance
    side: bool

    @property
    def units(self) -> tuple[Tensor, ...]:
        """The variables that are numbers of units."""
        return self.x[:-1] if self.side else self.x

    def copies(self, n: int) -> Any:
        """Return the sequence `n` times, as one batch."""
        return self.data[[0] * n].to(self.device)

    def logits(self, member: Any, batch: Any, inputs: tuple[Tensor, ...]) -> Tensor:
        """Return the logits of a member, ``[n, C]``, at other values of the variables.

        Parameters
        ----------
        member
            The network.
        batch
            From :meth:`copies`.
        inputs : tuple of Tensor [n, ...]
            Values in place of `x`.
        """
        # A batch has a row per sequence, or one graph's values behind the other's.
        given = {
            name: value.reshape(-1, *shape[1:])
            for (name, shape), value in zip(self.shapes.items(), inputs, strict=True)
        }
        return member.logits(batch, **given)


def variables(model: LogOdds, codes: Codes) -> Variables:
    """Return the variables of one sequence.

    Parameters
    ----------
    model
        What is explained.
    codes : uint8 [L]
        The encoded sequence.

    Raises
    ------
    InputError
        If the builder does not say what its graphs came from.
    """
    provenance = model.builder.provenance(codes)
    data = model.builder.inputs([codes])
    one = data[[0]].to(model.device)
    held = dict(model.builder.variables(one, level=model.count_baseline))
    side = getattr(one, "side", None)
    if side is not None and model.side_baseline is not None:
        held["side"] = (side, model.side_baseline.to(side))
    known = model.average(one) if model.average else None
    average = known and [known.get(name, baseline) for name, (_, baseline) in held.items()]
    return Variables(
        data,
        model.device,
        {name: value.shape for name, (value, _) in held.items()},
        tuple(value.flatten() for value, _ in held.values()),
        tuple(baseline.flatten() for _, baseline in held.values()),
        tuple(value.flatten() for value in average) if average else None,
        provenance,
        "side" in held,
    )
