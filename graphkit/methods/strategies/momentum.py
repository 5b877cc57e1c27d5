"""A contrast with a queue of what a teacher said of neighbours with the same label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from graphkit.losses import CrossBatchMemory, NTXentLoss
from graphkit.methods.strategies.teacher import Teacher
from graphkit.training import Numbered

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse
    from torch import Tensor


class MomentumQueue(Teacher):
    """Draws each item to the teacher's view of a neighbour of its label, and of all in the queue.

    In every step one neighbour of the same label is drawn for each item, an item itself where it
    has none. The teacher's embeddings of them join the queue under their label; an item is drawn
    to those of its own label and pushed from the others. The queue begins empty in each epoch.

    Parameters
    ----------
    labels : ndarray of int [n]
        Classes; items below 0 take no part.
    graph : csr_matrix [n, n]
        Neighbours, of any label.
    dim
        Numbers per embedding.
    size, temperature
        Of the queue, and of the contrast.
    decay, weight
        Share of the teacher that stays at each step; weight of the term.

    References
    ----------
    He et al. 2020, arXiv:1911.05722. After scCoRR, Big Data Mining and Analytics 2025, 8(5):997.
    """

    labels: Tensor

    def __init__(
        self,
        labels: NDArray[np.integer],
        graph: sparse.csr_matrix,
        *,
        dim: int,
        size: int = 4096,
        temperature: float = 0.99,
        decay: float = 0.999,
        weight: float = 1.0,
    ) -> None:
        super().__init__(decay=decay, weight=weight)
        self.register_buffer("labels", torch.from_numpy(np.asarray(labels, dtype=np.int64)))
        self.memory = CrossBatchMemory(NTXentLoss(temperature), dim, memory_size=size)
        pairs = graph.tocoo()
        same = labels[pairs.row] == labels[pairs.col]
        own = np.arange(len(labels))
        row = np.concatenate([own, pairs.row[same]])
        order = np.argsort(row, kind="stable")
        self._first = np.searchsorted(row[order], np.arange(len(labels) + 1))
        self._near = np.concatenate([own, pairs.col[same]])[order]

    def begin(self, method: Any, data: Numbered) -> None:
        """Copy the student, and keep the data that neighbours are read from."""
        super().begin(method, data)
        self._data = Numbered(data.data)  # without a sampler: neighbours are asked for by name

    def refresh(self, method: Any, epoch: int) -> None:
        """Empty the queue: it depends on the epoch alone then."""
        del method, epoch
        self.memory.reset_queue()

    def terms(self, method: Any, batch: Any, items: Tensor) -> dict[str, Tensor]:
        """Follow the student by one step; return the contrast with the queue."""
        teacher = self.follow(method)
        z, known = method.embed(batch), self.labels[items] >= 0
        if not known.any():
            return {"queue": 0.0 * z.sum()}
        rows = items[known].cpu().numpy()
        first, last = self._first[rows], self._first[rows + 1]
        # An item is the first of its own neighbours, drawn where there is no other.
        others = torch.rand(len(rows)).numpy() * (last - first - 1)
        drawn = self._near[np.minimum(first + 1 + others.astype(np.int64), last - 1)]
        partners = self._data[drawn.tolist()].to(items.device)
        # A batch may bring others along, or hold an item once that is asked for twice.
        wanted = torch.from_numpy(drawn).to(items.device)
        place = (wanted[:, None] == partners.items).to(torch.uint8).argmax(dim=1)
        with torch.no_grad():
            keys = teacher.embed(partners.batch)[place]
        z, y = z[known], self.labels[items[known]]
        queued = torch.arange(2 * len(z), device=z.device) >= len(z)
        loss = self.memory(torch.cat([z, keys]), torch.cat([y, y]), enqueue_mask=queued)
        return {"queue": self.weight * loss}
