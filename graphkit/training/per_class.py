"""Batches in which every class is there, however rare."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pytorch_metric_learning.samplers import MPerClassSampler
from pytorch_metric_learning.utils import common_functions

from graphkit.training.batches import Numbered, NumberedBatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


@dataclass
class PerClass(Numbered):
    """A data set whose batches hold as many examples of every class: rare ones come more often.

    A batch has `m` of each class, as many times as fit into the size that is asked for, but once at
    least; pytorch-metric-learning's sampler draws them.

    Parameters
    ----------
    data
        The data.
    labels : ndarray of int [n]
        Class of each example; those below 0 are never drawn.
    m
        Examples of each class.
    seed
        Of the draws.

    Examples
    --------
    >>> import torch
    >>> class Echo:
    ...     def __len__(self):
    ...         return 6
    ...
    ...     def __getitem__(self, indices):
    ...         return torch.tensor(indices)
    >>> labels = np.array([0, 0, 0, 0, 0, 1])
    >>> torch.from_numpy(labels)[PerClass(Echo(), labels, m=2)[[0, 1, 2, 3]].items].bincount()
    tensor([2, 2])
    """

    labels: NDArray[np.integer]
    m: int = 8
    seed: int = 0

    def __getitem__(self, indices: Sequence[int]) -> NumberedBatch:
        known = np.flatnonzero(self.labels >= 0)
        of_known = self.labels[known]
        size = max(len(indices), self.m * len(np.unique(of_known)))
        sampler = MPerClassSampler(of_known, self.m, length_before_new_iter=size)
        with _metric_learning_seed(self.seed, self.epoch, indices[0]):
            drawn = list(sampler)
        return super().__getitem__(known[drawn].tolist())


@contextmanager
def _metric_learning_seed(*seed: int) -> Iterator[None]:
    """Give pytorch-metric-learning a generator of its own: it draws from numpy's global one."""
    before = common_functions.NUMPY_RANDOM
    common_functions.NUMPY_RANDOM = np.random.RandomState(seed)
    try:
        yield
    finally:
        common_functions.NUMPY_RANDOM = before
