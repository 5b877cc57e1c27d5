"""Rows of all processes of a training, for losses that compare examples with one another."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, distributed
from torch.nn import functional


def gather(rows: Tensor) -> Tensor:
    """Return the rows of all processes, those of the first before the others; alone, `rows`.

    A gradient flows back to the process that each row is from, summed over what all make of it.

    Parameters
    ----------
    rows : Tensor [b, ...]
        Embeddings or labels of this process's part of a batch; parts may differ in size.

    Returns
    -------
    Tensor [B, ...]
        Of the whole batch.

    Examples
    --------
    >>> gather(torch.tensor([1, 2]))
    tensor([1, 2])
    """
    if not (distributed.is_available() and distributed.is_initialized()):
        return rows
    size = torch.tensor([len(rows)], device=rows.device)
    sizes = _Gather.apply(size).flatten().tolist()
    room = (0, 0) * (rows.dim() - 1) + (0, max(sizes) - len(rows))
    parts = _Gather.apply(functional.pad(rows, room))
    return torch.cat([part[:number] for part, number in zip(parts, sizes, strict=True)])


class _Gather(torch.autograd.Function):
    """Stack a tensor of every process; they have one shape."""

    @staticmethod
    def forward(_: Any, mine: Tensor) -> Tensor:
        parts = [torch.empty_like(mine) for _ in range(distributed.get_world_size())]
        distributed.all_gather(parts, mine.contiguous())
        return torch.stack(parts)

    @staticmethod
    def backward(_: Any, gradient: Tensor) -> Tensor:
        whole = gradient.contiguous()
        distributed.all_reduce(whole)
        return whole[distributed.get_rank()]
