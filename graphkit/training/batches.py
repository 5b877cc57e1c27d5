"""Draw the examples of each batch, by (seed, epoch) alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Sampler

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from graphkit.training.protocol import BatchDataset

# Shuffling and torch's generators draw from different streams of the same seed.
_SHUFFLE_STREAM = 1


class EpochBatches(Sampler[list[int]]):
    """Batches of indices: every example once per epoch, shuffled anew in each.

    Parameters
    ----------
    size
        Number of examples.
    batch_size
        Examples per batch; the last one may be smaller.
    seed
        Seed of the shuffling; None keeps the order.
    rank, ranks
        Which process of how many: each gets its part of every batch, of one example at least.

    Examples
    --------
    >>> list(EpochBatches(5, 2))
    [[0, 1], [2, 3], [4]]
    >>> second = EpochBatches(5, 2, rank=1, ranks=2)
    >>> list(second), [second.share(batch) for batch in range(3)]
    ([[1], [3], [4]], [1.0, 1.0, 0.0])
    """

    def __init__(
        self, size: int, batch_size: int, *, seed: int | None = None, rank: int = 0, ranks: int = 1
    ) -> None:
        self.size = size
        self.batch_size = batch_size
        self.seed = seed
        self.rank = rank
        self.ranks = ranks
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the shuffling; Lightning calls this before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return math.ceil(self.size / self.batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        order = np.arange(self.size)
        if self.seed is not None:
            key = [self.seed, self.epoch, _SHUFFLE_STREAM]
            order = np.random.default_rng(key).permutation(self.size)
        for start in range(0, self.size, self.batch_size):
            batch = order[start : start + self.batch_size].tolist()
            yield batch[self.rank :: self.ranks] or batch[:1]

    def share(self, batch: int) -> float:
        """Return how much this process's part of a batch counts in the mean over processes."""
        whole = min(self.batch_size, self.size - batch * self.batch_size)
        return len(range(self.rank, whole, self.ranks)) * self.ranks / whole


def count_examples(batch: Any) -> int:
    """Return the number of examples in a batch; the length of a graph counts its attributes."""
    graphs = getattr(batch, "num_graphs", None)
    return len(batch) if graphs is None else int(graphs)


def batch_loader(
    dataset: BatchDataset,
    batch_size: int,
    *,
    seed: int | None = None,
    rank: int = 0,
    ranks: int = 1,
) -> DataLoader[Any]:
    """Return a loader that asks `dataset` for whole batches.

    Parameters
    ----------
    dataset
        The data.
    batch_size
        Examples per batch.
    seed
        Seed of the shuffling; None keeps the order.
    rank, ranks
        As in :class:`EpochBatches`.
    """
    return DataLoader(
        dataset,  # type: ignore[arg-type]
        sampler=EpochBatches(len(dataset), batch_size, seed=seed, rank=rank, ranks=ranks),
        batch_size=None,
        collate_fn=_as_is,
        # Its own generator: a loader draws a number whenever it is started, and Lightning starts
        # it at another moment after a resume.
        generator=torch.Generator(),
    )


def _as_is(batch: Any) -> Any:
    return batch


@dataclass(frozen=True)
class Subset:
    """Some rows of a data set, itself a data set.

    Parameters
    ----------
    data
        Data set indexed by a list.
    rows : ndarray [m]
        Rows it is cut down to.
    """

    data: BatchDataset
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, indices: Sequence[int]) -> Any:
        return self.data[self.rows[np.asarray(indices, dtype=np.int64)].tolist()]


@dataclass(frozen=True)
class NumberedBatch:
    """A batch that knows which examples it holds.

    Parameters
    ----------
    batch
        What the data set returned.
    items : LongTensor [b]
        Number of each example in the data set.
    """

    batch: Any
    items: torch.Tensor

    def __len__(self) -> int:
        return len(self.items)

    def to(self, device: torch.device) -> NumberedBatch:
        """Return the same batch on `device`."""
        return NumberedBatch(self.batch.to(device), self.items.to(device))


@dataclass
class Numbered:
    """A data set whose batches are :class:`NumberedBatch`.

    Parameters
    ----------
    data
        Any data set. A batch of it that holds other examples than those asked for, as one of
        :class:`~graphkit.builders.Neighborhoods` does, says so in its ``items``.
    """

    data: BatchDataset
    epoch: int = field(default=0, init=False)

    def __len__(self) -> int:
        return len(self.data)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch, for this and for the data within."""
        self.epoch = epoch
        if (hook := getattr(self.data, "set_epoch", None)) is not None:
            hook(epoch)

    def __getitem__(self, indices: Sequence[int]) -> NumberedBatch:
        batch = self.data[indices]
        items = getattr(batch, "items", None)
        return NumberedBatch(batch, items if torch.is_tensor(items) else torch.tensor(indices))
