"""The consensus on domains as one function of spots: its logits are the log-posterior."""

from __future__ import annotations

import math
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn
from torch.nn import functional

from graphkit.builders import edges
from graphkit.builders.neighbors.graph import row_mean, sparse_tensor
from graphkit.nn import TwoViews

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.builders import NeighborGraph
    from graphkit.methods.scrcl import ScRCLParams
    from graphkit.tasks.domains.features import Cut


class DomainNetwork(nn.Module):
    """A trained network with the mixtures beside it: logits of domains, one set per smoothing.

    Parameters
    ----------
    n_features, n_domains
        Features of a spot, of which the network reads some; domains.
    number
        Which of the members it is: says whose turn of ``hops`` it is.
    params
        The recipe.
    """

    columns: Tensor
    weight: Tensor
    bias: Tensor

    def __init__(
        self, n_features: int, n_domains: int, *, number: int, params: ScRCLParams
    ) -> None:
        super().__init__()
        p, seen = params, n_seen(n_features, params)
        self.turn = number % len(p.hops)
        self.views = TwoViews(seen, width=p.width, dim=p.dim)
        self.register_buffer("columns", torch.zeros(seen, dtype=torch.int64))
        shape = (len(p.hops), 2 * p.dim + seen, n_domains)
        self.register_buffer("weight", torch.zeros(shape, dtype=torch.float64))
        self.register_buffer("bias", torch.zeros(shape[0], n_domains, dtype=torch.float64))

    def embed(self, smooth: Sequence[Tensor], convolved: Tensor) -> Tensor:
        """Return both views side by side, [n, 2 D], from smoothed features and the second view."""
        first = functional.leaky_relu(self.views.linear(smooth[self.turn][:, self.columns]))
        return torch.cat([functional.normalize(first, dim=1), convolved], dim=1)

    def log_posteriors(self, smooth: Sequence[Tensor], convolved: Tensor) -> Tensor:
        """Return the log-posterior of each mixture, [H, n, K]."""
        embedding = self.embed(smooth, convolved)
        tables = [torch.cat([embedding, each[:, self.columns]], dim=1) for each in smooth]
        logits = torch.stack(tables) @ self.weight + self.bias[:, None]
        return logits.log_softmax(dim=-1)


class Rows(NamedTuple):
    """Spots whose logits are wanted, with their rows of the matrices."""

    spots: Any
    adjacency: Tensor
    back: Tensor
    degree: Tensor


class DomainLogits(nn.Module):
    """Log-posterior of the domains over the spots of one tissue, in float64.

    It is differentiable in the features of the spots, and says what comes of a spot itself and
    what of its neighbours.

    Parameters
    ----------
    networks
        Members of the consensus; copies are kept.
    features : float [n, F]
        Linear in expression: neither centred within slides nor cut.
    cut
        What centres and cuts them; constants, as far as gradients go.
    scale
        What they are divided by.
    near
        Neighbours that are convolved over.
    wide : csr_matrix [n, n]
        Neighbours that are smoothed over.
    params
        The recipe.
    loadings, mean : float [G, F], [G]
        Where the features came from; without rows where there are no genes.
    """

    features: Tensor
    middle: Tensor
    limit: Tensor
    shift: Tensor
    averaging: Tensor
    adjacency: Tensor
    back: Tensor
    stays: Tensor
    degree: Tensor

    def __init__(
        self,
        networks: Sequence[DomainNetwork],
        features: NDArray[np.floating],
        *,
        cut: Cut,
        scale: float,
        near: NeighborGraph,
        wide: sparse.csr_matrix,
        params: ScRCLParams,
        loadings: NDArray[np.floating],
        mean: NDArray[np.floating],
    ) -> None:
        super().__init__()
        self.networks = nn.ModuleList(deepcopy(one).double().eval() for one in networks)
        self.params, self.scale = params, scale
        self.loadings, self.mean = loadings, mean
        n = len(features)
        index, weight = edges(near)
        spread = sparse.csr_matrix((weight.double().numpy(), index.numpy()[::-1]), shape=(n, n))
        averaging = row_mean(sparse.csr_matrix(wide) + sparse.eye(n, format="csr"))
        through = spread @ _power(averaging, params.hops_convolved)
        for name, values in (("features", features), *cut._asdict().items()):
            self.register_buffer(name, torch.from_numpy(np.asarray(values, dtype=np.float64)))
        for name, matrix in (
            ("averaging", averaging),
            ("adjacency", spread),
            # From a spot to those it is convolved over, and back.
            ("back", spread.multiply(through.T)),
        ):
            self.register_buffer(name, sparse_tensor(matrix))
        stays = np.stack([_diagonal(averaging, hops) for hops in params.hops])
        self.register_buffer("stays", torch.from_numpy(stays[..., None]))
        degree = np.asarray(spread.sum(axis=1))
        self.register_buffer("degree", torch.from_numpy(degree))
        self.requires_grad_(requires_grad=False)

    def only(self, spots: NDArray[np.int64]) -> SomeLogits:
        """Return the same for some spots, and 0 for the others; it costs as much less."""
        chosen = torch.from_numpy(spots).to(self.features.device)
        rows = (self.adjacency.index_select(0, chosen), self.back.index_select(0, chosen))
        return SomeLogits(self, Rows(chosen, *rows, self.degree[chosen]))

    def logits(self, own: Tensor, neighbors: Tensor, rows: Rows | None = None) -> Tensor:
        """Return log-posteriors [n, K] from features [n, F], given twice.

        A spot reads itself from `own` and every other spot from `neighbors`. Values and gradients
        are exact where both are the same; elsewhere the convolved view follows their difference to
        first order.
        """
        each = self.log_posteriors(own, neighbors, rows)
        return each.logsumexp(dim=0) - math.log(len(each))

    def log_posteriors(self, own: Tensor, neighbors: Tensor, rows: Rows | None = None) -> Tensor:
        """Return the log-posterior of each mixture, [M, n, K]; arguments as in :meth:`logits`."""
        rows = rows or self._whole()
        smooth, away, around = self._smooth(own, neighbors)
        smooth = [each[rows.spots] for each in smooth]
        return torch.cat(
            [
                one.log_posteriors(smooth, self._convolved(one, away, around, rows))
                for one in self._members()
            ]
        )

    def embedding(self) -> Tensor:
        """Return the spots as the first network embeds them, [n, 2 D]."""
        smooth, away, around = self._smooth(self.features, self.features)
        first, rows = self._members()[0], self._whole()
        return first.embed(smooth, self._convolved(first, away, around, rows))

    def _whole(self) -> Rows:
        return Rows(slice(None), self.adjacency, self.back, self.degree)

    def _members(self) -> list[DomainNetwork]:
        return [one for one in self.networks if isinstance(one, DomainNetwork)]

    def _smooth(self, own: Tensor, neighbors: Tensor) -> tuple[list[Tensor], Tensor, Tensor]:
        """Return features for each of ``hops``, by how much own differ, and those convolved."""
        own, neighbors = self._cut(own), self._cut(neighbors)
        powers = [neighbors]
        for _ in range(max(*self.params.hops, self.params.hops_convolved)):
            powers.append(torch.sparse.mm(self.averaging, powers[-1]))
        away = own - neighbors
        smooth = [
            powers[hops] + stays * away
            for hops, stays in zip(self.params.hops, self.stays, strict=True)
        ]
        around = torch.sparse.mm(self.adjacency, powers[self.params.hops_convolved])
        return smooth, away, around

    def _cut(self, x: Tensor) -> Tensor:
        return (torch.clamp(x - self.middle, -self.limit, self.limit) - self.shift) / self.scale

    def _convolved(self, one: DomainNetwork, away: Tensor, around: Tensor, rows: Rows) -> Tensor:
        views, away = one.views, away[rows.spots][:, one.columns]
        hidden = around[:, one.columns] @ views.first.weight.T + self.degree * views.first.bias
        slope = torch.where(hidden.detach() > 0, hidden.new_ones(()), 0.01)
        gathered = torch.sparse.mm(rows.adjacency, functional.leaky_relu(hidden))
        # A spot meets itself in the sums of its neighbours.
        gathered = gathered + torch.sparse.mm(rows.back, slope) * (away @ views.first.weight.T)
        second = gathered @ views.second.weight.T + rows.degree * views.second.bias
        return functional.normalize(views.out(functional.leaky_relu(second)), dim=1)


@dataclass(frozen=True)
class SomeLogits:
    """Logits of some spots of a tissue.

    Parameters
    ----------
    model
        Of the whole tissue.
    rows
        The spots.
    """

    model: DomainLogits
    rows: Rows

    def logits(self, own: Tensor, neighbors: Tensor) -> Tensor:
        """Return log-posteriors [n, K], as the whole model does, and 0 for all other spots."""
        part = self.model.logits(own, neighbors, self.rows)
        return part.new_zeros(len(own), part.shape[1]).index_copy(0, self.rows.spots, part)


def n_seen(n_features: int, params: ScRCLParams) -> int:
    """Return how many of the features one network sees: the leading three, and most others."""
    first = min(ALWAYS_SEEN, n_features)
    return max(math.ceil(params.components_seen * n_features), first)


ALWAYS_SEEN = 3
"""Leading features that no network does without."""


def _power(matrix: sparse.csr_matrix, exponent: int) -> sparse.csr_matrix:
    result = sparse.eye(matrix.shape[0], format="csr")
    for _ in range(exponent):
        result = result @ matrix
    return result


def _diagonal(matrix: sparse.csr_matrix, exponent: int) -> NDArray[np.float64]:
    """Return the diagonal of a power, by way of half of it: a whole one fills up."""
    half = _power(matrix, exponent // 2)
    rest = half if exponent % 2 == 0 else half @ matrix
    return np.asarray(half.multiply(rest.T).sum(axis=1), dtype=np.float64).ravel()
