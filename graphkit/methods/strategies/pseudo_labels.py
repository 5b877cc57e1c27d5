"""Labels that a method gives itself, renewed every few epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from graphkit.errors import InputError
from graphkit.methods.mixtures import cluster, fit_kmeans
from graphkit.methods.strategies.contrast import Contrast
from graphkit.training import embed_all

if TYPE_CHECKING:
    from torch import Tensor, nn

    from graphkit.methods.strategies.teacher import Teacher
    from graphkit.training import Numbered

WAYS = ("k-means", "t-mixture")


class PseudoLabels(Contrast):
    """A :class:`Contrast` whose labels are clusters of the embedding itself.

    All examples are embedded and clustered every few epochs: on the current weights, never on those
    that training began with. Until the first time nothing is added.

    Parameters
    ----------
    n_clusters
        How many.
    loss
        As in :class:`Contrast`.
    by
        ``"k-means"``, or ``"t-mixture"`` for soft labels [n, K], which
        :class:`~graphkit.losses.ClusterInfoNCE` reads.
    start, every
        Epoch of the first clustering, and epochs between them.
    teacher
        Whose embeddings are clustered; the method's own where not given. It is a strategy of the
        same training and comes before this one.
    data
        What is embedded, in the order of the training data; these where not given.
    seed
        Of k-means.
    **parts
        ``weight``, ``two_views``, ``miner``, ``head`` and ``name`` of :class:`Contrast`.

    References
    ----------
    After CICL, arXiv:2312.16600.
    """

    labels: Tensor

    def __init__(
        self,
        n_clusters: int,
        loss: nn.Module,
        *,
        by: str = "k-means",
        start: int = 1,
        every: int = 2,
        teacher: Teacher | None = None,
        data: Any = None,
        seed: int = 0,
        **parts: Any,
    ) -> None:
        super().__init__(loss, **{"name": "clusters", **parts})
        if by not in WAYS:
            raise InputError(f"is {by!r}", slot="by", remedy=f"Choose {' or '.join(WAYS)}.")
        if n_clusters < 2 or every < 1:
            raise InputError(
                f"{n_clusters} clusters, every {every} epochs",
                slot="n_clusters",
                remedy="Choose 2 clusters or more, every epoch or less often.",
            )
        self.n_clusters, self.by, self.start, self.every = n_clusters, by, start, every
        self.seed = seed
        # Outside the modules and the state: it belongs to a strategy of its own.
        self._teacher, self._data = [teacher], data

    def begin(self, method: Any, data: Numbered) -> None:
        """Make room for the labels; unknown at first.

        Raises
        ------
        InputError
            If there are more clusters than examples.
        """
        del method
        if self.n_clusters > len(data):
            raise InputError(
                f"{self.n_clusters} for {len(data)} examples",
                slot="n_clusters",
                remedy=f"Choose 2 to {len(data)}.",
            )
        self._data = data if self._data is None else self._data
        hard = self.by == "k-means"
        shape = (len(data),) if hard else (len(data), self.n_clusters)
        self.labels = torch.full(shape, -1, dtype=torch.int64 if hard else torch.float32)

    def refresh(self, method: Any, epoch: int) -> None:
        """Cluster the current embedding, where it is time to."""
        if epoch < self.start or (epoch - self.start) % self.every:
            return
        source = method if self._teacher[0] is None else self._teacher[0].model
        z = functional.normalize(embed_all(source, self._data), dim=1).cpu().numpy()
        if self.by == "k-means":
            labels = fit_kmeans(z, self.n_clusters, seed=self.seed).posterior(z).argmax(axis=1)
        else:
            _, labels = cluster(z, self.n_clusters, seed=self.seed)
        self.labels.copy_(torch.from_numpy(labels))

    def terms(self, method: Any, batch: Any, items: Tensor) -> dict[str, Tensor]:
        """Return the weighted loss; nothing before the first clustering."""
        return super().terms(method, batch, items) if (self.labels >= 0).all() else {}
