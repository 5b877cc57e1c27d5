"""The consensus on domains as one function of spots: its logits are the log-posterior."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from graphkit.builders.neighbors.graph import sparse_tensor

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from graphkit.tasks.domains.slides import Cut


class DomainLogits(nn.Module):
    """Log-posterior of the domains over the spots of one tissue, in float64.

    It is differentiable in the features of the spots, and says what comes of a spot itself and
    what of its neighbours.

    Parameters
    ----------
    features : float [n, F]
        Linear in expression: neither centred within slides nor cut.
    cut
        What centres and cuts them; constants, as far as gradients go.
    scale
        What they are divided by.
    averaging : csr_matrix [n, n]
        Weights of the mean of a spot and its neighbours.
    hops
        Times that it is taken.
    weight, bias : Tensor [M, F, K], [M, K]
        Mixtures, each linear in the smoothed features.
    loadings, mean : float [G, F], [G]
        Where the features came from; without rows where there are no genes.
    """

    features: Tensor
    middle: Tensor
    limit: Tensor
    shift: Tensor
    _averaging: Tensor | None
    _stays: Tensor | None
    weight: Tensor
    bias: Tensor

    def __init__(
        self,
        features: NDArray[np.floating],
        *,
        cut: Cut,
        scale: float,
        averaging: sparse.csr_matrix,
        hops: int,
        weight: Tensor,
        bias: Tensor,
        loadings: NDArray[np.floating],
        mean: NDArray[np.floating],
    ) -> None:
        super().__init__()
        self.scale, self.hops, self.loadings, self.mean = scale, hops, loadings, mean
        self._matrix = averaging
        # Made when a gradient first needs them; as buffers they move with the rest.
        self.register_buffer("_averaging", None)
        self.register_buffer("_stays", None)
        for name, values in (("features", features), *cut._asdict().items()):
            self.register_buffer(name, torch.from_numpy(np.asarray(values, dtype=np.float64)))
        self.register_buffer("weight", weight)
        self.register_buffer("bias", bias)

    @property
    def averaging(self) -> Tensor:
        """Weights of the mean of a spot and its neighbours, [n, n], sparse."""
        if self._averaging is None:
            self._averaging = sparse_tensor(self._matrix).to(self.features)
        return self._averaging

    @property
    def stays(self) -> Tensor:
        """Share of a spot that is still in its own mean, [n, 1]."""
        if self._stays is None:
            share = torch.from_numpy(diagonal(self._matrix, self.hops))
            self._stays = share[:, None].to(self.features)
        return self._stays

    def smoothed(self) -> Tensor:
        """Return the smoothed features of the tissue itself, [n, F]: no gradient, little memory."""
        values = self._cut(self.features).cpu().numpy()
        for _ in range(self.hops):
            values = self._matrix @ values
        return torch.from_numpy(values)

    def smooth(self, own: Tensor, neighbors: Tensor) -> Tensor:
        """Return smoothed features [n, F]; spots read themselves from `own`."""
        own, neighbors = self._cut(own), self._cut(neighbors)
        away = own - neighbors
        for _ in range(self.hops):
            neighbors = torch.sparse.mm(self.averaging, neighbors)
        return neighbors + self.stays * away

    def consensus(self, smooth: Tensor) -> Tensor:
        """Return log-posteriors [n, K] of smoothed features [n, F]: of the mean over mixtures."""
        each = (smooth @ self.weight + self.bias[:, None]).log_softmax(dim=-1)
        return each.logsumexp(dim=0) - math.log(len(each))

    def logits(self, own: Tensor, neighbors: Tensor) -> Tensor:
        """Return log-posteriors [n, K] from features [n, F], given twice.

        A spot reads itself from `own` and every other spot from `neighbors`.
        """
        return self.consensus(self.smooth(own, neighbors))

    def _cut(self, x: Tensor) -> Tensor:
        inside = (x - self.middle).clamp_(-self.limit, self.limit)
        return inside.sub_(self.shift).div_(self.scale)


def diagonal(matrix: sparse.csr_matrix, exponent: int) -> NDArray[np.float64]:
    """Return the diagonal of a power, by way of half of it: a whole one fills up."""
    if exponent == 0:
        return np.ones(matrix.shape[0])
    half = matrix ** (exponent // 2)
    rest = matrix ** (exponent - exponent // 2)
    return np.asarray(half.multiply(rest.T).sum(axis=1), dtype=np.float64).ravel()
