"""The members of a consensus on domains: mixtures that see some of the features each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from graphkit.errors import InputError
from graphkit.evaluation.clusters import match_and_average
from graphkit.methods.mixtures import fit_kmeans, fit_tied_mixture
from graphkit.tasks.localize.ensemble import member_seed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.tasks.domains.smoothing import Places

    Floats = NDArray[np.float64]

# Fewer spots than these say too little of a covariance: every other member is k-means there.
_FEW_SPOTS = 400
# Leading features that no mixture does without.
_ALWAYS_SEEN = 3
# Set on three simulators, by benchmarks/stability.py: how sure a domain is, by the evidence.
_SURE = (-0.86, 0.49, 0.08, 0.37)


@dataclass(frozen=True)
class DomainParams:
    """Parameters of domains; one setting serves all tissues.

    Parameters
    ----------
    n_top_genes, n_components
        Variable genes, and principal components of them that are read.
    components_seen
        Share of the components that a mixture sees; the first three are never left out.
    """

    n_top_genes: int = 3000
    n_components: int = 15
    components_seen: float = 0.8

    def __post_init__(self) -> None:
        for name in ("n_top_genes", "n_components"):
            if getattr(self, name) < 1:
                raise InputError(f"{getattr(self, name)}", slot=name, remedy="Choose 1 or more.")
        if not 0 < self.components_seen <= 1:
            raise InputError(f"{self.components_seen}", slot="components_seen", remedy="0 to 1.")


def fit_members(
    smooth: NDArray[np.floating], number: int, *, members: int, seen: float, seed: int
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Fit mixtures and match their components; the largest domain comes first.

    Parameters
    ----------
    smooth : ndarray [n, F]
        Smoothed features.
    number
        Domains.
    members
        Mixtures.
    seen
        Share of the features that each sees.
    seed
        Each mixture's follows from it.

    Returns
    -------
    weight, bias : ndarray [M, F, K], [M, K]
        ``smooth @ weight[i] + bias[i]`` is a log-posterior up to a constant per spot.
    labels : ndarray [n]
        Domain of each spot by the consensus.
    """
    width = smooth.shape[1]
    always = np.arange(min(_ALWAYS_SEEN, width))
    others = np.arange(len(always), width)
    more = max(math.ceil(seen * width) - len(always), 0)
    weight, bias = np.zeros((members, width, number)), np.zeros((members, number))
    posteriors = []
    for i in range(members):
        mine = member_seed(seed, i)
        drawn = np.random.default_rng(mine).choice(others, more, replace=False)
        columns = np.concatenate([always, np.sort(drawn)])
        plain = i % 2 == 1 and len(smooth) < _FEW_SPOTS
        fit_one = fit_kmeans if plain else fit_tied_mixture
        mixture = fit_one(smooth[:, columns], number, seed=mine)
        weight[i, columns], bias[i] = mixture
        posteriors.append(mixture.posterior(smooth[:, columns]))
    posterior, _, order = match_and_average(posteriors)
    labels = posterior.argmax(axis=1)
    largest = np.argsort(-np.bincount(labels, minlength=number))
    order = order[:, largest]
    weight = np.take_along_axis(weight, order[:, None], axis=2)
    return weight, np.take_along_axis(bias, order, axis=1), np.argsort(largest)[labels]


def sureness(posterior: Floats, places: Places, *, agrees: float) -> Floats:
    """Return how likely the most probable domain of each spot is the right one, [n].

    A logistic function of :func:`evidence`, set on simulated tissues.
    """
    start, *slopes = _SURE
    return np.asarray(expit(start + evidence(posterior, places, agrees=agrees) @ slopes))


def evidence(posterior: Floats, places: Places, *, agrees: float) -> Floats:
    """Return what speaks for the most probable domain of each spot, [n, 3], as logits.

    Its probability, the share of the six nearest spots that have it, and the adjusted Rand index
    `agrees` of all domains and k-means.
    """
    labels, near = posterior.argmax(axis=1), places.nearest(6).tocoo()
    alike = np.bincount(near.row, labels[near.row] == labels[near.col], minlength=len(labels))
    share = alike / np.maximum(np.bincount(near.row, minlength=len(labels)), 1)
    told = np.column_stack([posterior.max(axis=1), share, np.full(len(labels), agrees)])
    return np.asarray(logit(np.clip(told, 0.02, 0.98)))
