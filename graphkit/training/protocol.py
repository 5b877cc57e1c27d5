"""Protocols of methods and data that the trainer takes; nothing needs registering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import torch
    from torch import Tensor


class Batch(Protocol):
    """Several examples at once.

    A ``torch_geometric`` batch counts its graphs by ``num_graphs`` instead of its length.
    Validation also needs ``y``, the class of each example, ``[B]``.
    """

    def __len__(self) -> int:
        """Return the number of examples."""

    def to(self, device: torch.device) -> Self:
        """Return the same batch on `device`."""


class BatchDataset(Protocol):
    """Data that is asked for by the batch, so that no collate step is needed.

    A dataset may also have ``set_epoch(epoch: int)``: it is called before each epoch's first
    batch, for data that differ between epochs (crops). They must depend on `epoch` alone, or on
    torch's global generator, which is seeded from (seed, epoch).
    """

    def __len__(self) -> int:
        """Return the number of examples."""

    def __getitem__(self, indices: Sequence[int], /) -> Batch:
        """Return the examples at `indices` as one batch."""


@runtime_checkable
class Method(Protocol):
    """A ``torch.nn.Module`` that knows its objective.

    Where there are validation data it also has ``logits(batch)``: class scores before the softmax,
    ``[B, C]``. It may have ``refresh(epoch: int)``, called at each epoch's start, for what is
    recomputed between epochs (pseudo-labels). What that computes lives in buffers, or depends on
    the weights and the epoch alone: nothing else survives a killed and resumed training.
    """

    def step(self, batch: Any, /) -> dict[str, Tensor]:
        """Return named, weighted loss terms (scalars); the trainer minimises their sum."""

    def parameters(self, recurse: bool = True) -> Iterator[Any]:
        """Return the parameters, as ``torch.nn.Module`` does."""

    def state_dict(self) -> dict[str, Any]:
        """Return parameters and buffers, as ``torch.nn.Module`` does."""

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> Any:
        """Take parameters and buffers, as ``torch.nn.Module`` does."""

    def train(self, mode: bool = True) -> Self:
        """Switch to training, as ``torch.nn.Module`` does."""

    def to(self, device: torch.device, /) -> Self:
        """Move to `device`, as ``torch.nn.Module`` does."""
