"""The members of a consensus on domains: a network each, and the mixtures fitted beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from graphkit.builders import Neighborhoods
from graphkit.evaluation.clusters import agreement
from graphkit.methods.mixtures import fit_tied_mixture
from graphkit.methods.scrcl import ScRCL
from graphkit.tasks.domains.features import gene_graph, smoothed
from graphkit.tasks.domains.network import ALWAYS_SEEN, n_seen
from graphkit.tasks.localize.ensemble import member_seed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy import sparse
    from torch import nn

    from graphkit.methods.scrcl import ScRCLParams
    from graphkit.tasks.domains.features import SpotFeatures

    Floats = NDArray[np.float64]

_BLOCK = 1024


@dataclass(frozen=True)
class Member:
    """A trained network's view of the spots.

    Parameters
    ----------
    embedding : ndarray [n, 2 D]
        Of the network.
    smooth : sequence of ndarray [n, c]
        The components it saw, smoothed as often as the recipe's ``hops`` say.
    trained_on
        Which of those its first view was.
    seed
        Of the network and of its mixtures.
    columns : int ndarray [c]
        The features it saw.
    views
        The network, as far as its embedding needs it.
    """

    embedding: Floats
    smooth: tuple[Floats, ...]
    trained_on: int
    seed: int
    columns: NDArray[np.int64]
    views: nn.Module


class SpotMixture(NamedTuple):
    """A mixture over an embedding beside smoothed components, both in units of their own.

    Parameters
    ----------
    posterior : ndarray [n, K]
        Probabilities of the domains.
    weight, bias : ndarray [2 D + c, K], [K]
        ``hstack([embedding, smooth]) @ weight + bias`` is its log-posterior up to a constant per
        spot.
    """

    posterior: Floats
    weight: Floats
    bias: Floats


def train_member(
    features: SpotFeatures,
    graphs: tuple[sparse.csr_matrix, sparse.csr_matrix],
    recipe: ScRCLParams,
    *,
    seed: int,
    number: int,
    device: str = "auto",
    progress: bool = False,
) -> Member:
    """Train one network on some of the components.

    Parameters
    ----------
    features
        Of the spots.
    graphs : pair of csr [n, n]
        Neighbours that are smoothed over, and those that the network convolves over.
    recipe
        What there is to choose.
    seed, number
        The network's seed follows from both; `number` also says whose turn of ``hops`` it is.
    device, progress
        As in :class:`graphkit.training.TrainSettings` and :func:`graphkit.training.fit`.
    """
    wide, near = graphs
    seed = member_seed(seed, number)
    columns = _components(features.table.shape[1], recipe, seed=seed)
    part = features.columns(columns)
    smooth = tuple(smoothed(part.table, wide, hops) for hops in recipe.hops)
    turn = number % len(recipe.hops)
    data = Neighborhoods(smoothed(part.table, wide, recipe.hops_convolved), smooth[turn], near)
    network = _train(
        data,
        part,
        recipe,
        seed=seed,
        device=device,
        progress=progress,
        name=f"network {number + 1}",
    )
    with torch.inference_mode():
        blocks = [
            network.embed(data.block(np.arange(first, min(first + _BLOCK, len(data)))))
            for first in range(0, len(data), _BLOCK)
        ]
    embedding = torch.cat(blocks).double().numpy()
    return Member(embedding, smooth, turn, seed, columns, network.views)


def divide(member: Member, n_domains: int, recipe: ScRCLParams) -> list[SpotMixture]:
    """Return one mixture for each amount of smoothing."""
    return [
        _mixture(member, smooth, n_domains, recipe, seed=member_seed(member.seed, i))
        for i, smooth in enumerate(member.smooth)
    ]


def agreed_number(
    members: Sequence[Member], numbers: Sequence[int], recipe: ScRCLParams
) -> tuple[int, dict[int, float]]:
    """Return the number of domains on which members agree most, and the agreement at each.

    Each member speaks through the mixture that sees what its network was trained on.
    """
    if len(numbers) == 1 or len(members) < 2:
        return numbers[0], {}
    curve: dict[int, float] = {}
    for k in numbers:
        labels = [
            _mixture(member, member.smooth[member.trained_on], k, recipe, seed=member.seed)
            .posterior.argmax(axis=1)
            .tolist()
            for member in members
        ]
        curve[k] = float(np.mean([agreement(a, b)[0] for a, b in combinations(labels, 2)]))
    # Of several with the same agreement the largest says most.
    return max(numbers, key=lambda k: (curve[k], k)), curve


def _components(n: int, recipe: ScRCLParams, *, seed: int) -> NDArray[np.int64]:
    generator = np.random.default_rng(seed)
    first = np.arange(min(ALWAYS_SEEN, n))
    wanted = n_seen(n, recipe) - len(first)
    others = generator.choice(np.arange(len(first), n), wanted, replace=False)
    return np.sort(np.concatenate([first, others]).astype(np.int64))


def _mixture(
    member: Member, smooth: Floats, n_domains: int, recipe: ScRCLParams, *, seed: int
) -> SpotMixture:
    units = [recipe.residual / _spread(member.embedding), 1 / _spread(smooth)]
    table = np.hstack([member.embedding * units[0], smooth * units[1]])
    mixture = fit_tied_mixture(
        table, n_domains, n_components=recipe.mixture_components, seed=seed, starts=1
    )
    weight, bias = mixture.linear()
    unit = np.repeat(units, [member.embedding.shape[1], smooth.shape[1]])
    return SpotMixture(np.exp(mixture.log_posterior(table)), weight * unit[:, None], bias)


def _train(
    data: Neighborhoods,
    features: SpotFeatures,
    recipe: ScRCLParams,
    *,
    seed: int,
    device: str,
    progress: bool,
    name: str,
) -> ScRCL:
    # Reading a result must not pay for the training loop.
    from graphkit.training import TrainSettings, fit

    loadings = torch.from_numpy(np.ascontiguousarray(features.loadings))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = ScRCL(
            loadings,
            gene_graph(features.loadings),
            n_features=features.table.shape[1],
            params=recipe,
        )
    settings = TrainSettings(
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        lr=recipe.lr,
        decay=0.1,
        weight_decay=recipe.weight_decay,
        device=device,
    )
    fit(network, data, settings=settings, seed=seed, progress=progress, name=name)
    return network.cpu().eval()


def _spread(values: NDArray[np.floating]) -> float:
    """Return what scales a table so that its columns' variances add to 1."""
    total = float(np.var(values, axis=0).sum())
    return math.sqrt(total) if total > 0 else 1.0
