"""After scCoRR: anchors that neighbours bear out correct the labels of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from graphkit.losses import NormalizedSoftmaxLoss
from graphkit.methods.strategies import Contrast, MomentumQueue, graph_anchors
from graphkit.training import Guided, embed_all

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from graphkit.methods.cell_autoencoder import CellAutoencoder
    from graphkit.training import BatchDataset

    Labels = NDArray[np.integer]


@dataclass(frozen=True)
class CorrectionParams:
    """Parameters of ScCoRR.

    Parameters
    ----------
    n_markers
        Genes of a type in which its cells' neighbours are looked for.
    n_neighbors, purity, share
        How anchors are chosen: as in :func:`~graphkit.methods.strategies.graph_anchors`.
    queue, types
        Weights of the contrast with the queue and of the cross-entropy of anchors.
    size, queue_temperature, decay
        Of the queue, and share of the teacher that stays at each step.
    temperature
        Of the cross-entropy.
    confident
        Probability of another type from which a label is replaced; high, for a network that is
        taught by the surest cells is surer than it is right.
    """

    n_markers: int = 100
    n_neighbors: int = 20
    purity: float = 0.8
    share: float = 0.6
    queue: float = 1.0
    types: float = 5.0
    size: int = 4096
    queue_temperature: float = 0.99
    decay: float = 0.999
    temperature: float = 0.1
    confident: float = 0.999


class ScCoRR(Guided):
    """An autoencoder of cells that learns types from anchors, and a momentum contrast of them.

    The published code gives every cell that is no anchor another label if it can; here a label
    stays unless the network is confident of another. In place of synthetic cells of rare types,
    batches of :class:`~graphkit.training.PerClass` hold every type.

    Parameters
    ----------
    network
        The autoencoder.
    labels : ndarray of int [n]
        Type that each cell is said to be, from 0.
    expression : csr_matrix [n, G]
        Log-normalised.
    points : ndarray [n, d]
        Principal components: where types have their means.
    graph : csr_matrix [n, n]
        Neighbours of each cell.
    params
        What there is to choose.

    References
    ----------
    Big Data Mining and Analytics 2025, 8(5):997.
    """

    reference = "Big Data Mining and Analytics 2025, 8(5):997"

    def __init__(
        self,
        network: CellAutoencoder,
        labels: Labels,
        *,
        expression: sparse.csr_matrix,
        points: NDArray[np.floating],
        graph: sparse.csr_matrix,
        params: CorrectionParams | None = None,
    ) -> None:
        p = params or CorrectionParams()
        given = np.asarray(labels)
        anchors = graph_anchors(
            given,
            points,
            own_space=lambda one: _marked(expression, given == one, p.n_markers),
            n_neighbors=p.n_neighbors,
            purity=p.purity,
            share=p.share,
        )
        taught = np.where(anchors, given, -1)
        queue = MomentumQueue(
            taught,
            graph,
            dim=network.dim,
            size=p.size,
            temperature=p.queue_temperature,
            decay=p.decay,
            weight=p.queue,
        )
        types = NormalizedSoftmaxLoss(int(given.max()) + 1, network.dim, temperature=p.temperature)
        super().__init__(network, (queue, Contrast(types, taught, weight=p.types, name="types")))
        self.params, self.types, self.given, self.taught = p, types, given, taught

    @property
    def anchors(self) -> NDArray[np.bool_]:
        """Cells whose label was taught, [n]."""
        return self.taught >= 0

    def probabilities(self, data: BatchDataset) -> NDArray[np.float32]:
        """Return how likely each cell is of each type, [n, C]; 0 where none was taught."""
        with torch.no_grad():
            logits = self.types.get_logits(embed_all(self.method, data))
        never = np.bincount(self.taught[self.anchors], minlength=logits.shape[1]) == 0
        logits[:, torch.from_numpy(never)] = -torch.inf
        shares: NDArray[np.float32] = logits.softmax(dim=1).cpu().numpy()
        return shares

    def corrected(self, data: BatchDataset) -> Labels:
        """Return the given labels, those replaced of which the network is confident, [n]."""
        found = self.probabilities(data)
        sure = found.max(axis=1) >= self.params.confident
        return np.where(sure & ~self.anchors, found.argmax(axis=1), self.given)


def _marked(expression: sparse.csr_matrix, inside: NDArray[np.bool_], n: int) -> Any:
    """Return the `n` genes that mark some cells best, by Welch's t: [n_cells, n]."""
    parts = []
    for rows in (inside, ~inside):
        part = expression[rows]
        size = max(part.shape[0], 1)
        mean = np.asarray(part.sum(axis=0)).ravel() / size
        square = np.asarray(part.multiply(part).sum(axis=0)).ravel() / size
        parts.append((mean, (square - mean**2).clip(min=0) / size))
    (mine, error), (others, other_error) = parts
    t = (mine - others) / np.sqrt(error + other_error + 1e-12)
    return expression[:, np.argsort(-t, kind="stable")[:n]].toarray()
