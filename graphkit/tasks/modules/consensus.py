"""One clustering out of many: genes that keep each other's company whatever the noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from graphkit.errors import InputError
from graphkit.methods.mixtures import cluster

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from graphkit.methods.mixtures import TMixtureSettings

    Pair = tuple[NDArray[np.floating], NDArray[np.floating]]


class Consensus(NamedTuple):
    """Modules that many clusterings agree on.

    Parameters
    ----------
    labels : int64 [G]
        Module of each gene, the largest first.
    probability : float32 [G, K]
        How often a gene shared a cluster with the module's other members, as a share over
        modules. The label is the largest, unless its module would fall below its smallest size.
    """

    labels: NDArray[np.int64]
    probability: NDArray[np.float32]


def company(posteriors: Sequence[NDArray[np.floating]]) -> NDArray[np.float32]:
    """Return how often each pair of genes shares a cluster.

    Parameters
    ----------
    posteriors : list of float [G, K]
        Cluster probabilities, one table per clustering; clusters need not correspond.

    Returns
    -------
    float32 [G, G]
        Mean over clusterings of the probability to be in one cluster.

    Examples
    --------
    >>> company([np.eye(2)[[0, 0, 1]], np.eye(2)[[0, 1, 1]]])
    array([[1. , 0.5, 0. ],
           [0.5, 1. , 0.5],
           [0. , 0.5, 1. ]], dtype=float32)
    """
    total = np.zeros((len(posteriors[0]),) * 2, dtype=np.float32)
    for posterior in posteriors:
        table = posterior.astype(np.float32)
        total += table @ table.T
    return total / np.float32(len(posteriors))


def consensus(shared: NDArray[np.float32], n_modules: int, *, smallest: int = 5) -> Consensus:
    """Cut genes into modules by average linkage of the company they keep.

    The tree is cut where it first has `n_modules` branches of at least `smallest` genes; genes of
    smaller branches join the module they share clusters with most.

    Parameters
    ----------
    shared : float32 [G, G]
        From :func:`company`.
    n_modules
        Modules wanted.
    smallest
        Genes a module must have.

    Raises
    ------
    InputError
        If there are too few genes, or no cut has as many large branches.

    References
    ----------
    Monti et al. 2003, doi:10.1023/A:1023949509487 (consensus clustering).
    """
    genes = len(shared)
    distance = np.clip(1.0 - shared, 0.0, 1.0)
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), "average") if genes > 1 else None
    for branches in range(n_modules, genes + 1):
        cut = np.zeros(1, int) if tree is None else fcluster(tree, branches, "maxclust") - 1
        size = np.bincount(cut)
        if (size >= smallest).sum() >= n_modules:
            break
    else:
        raise InputError(
            f"{n_modules} modules of at least {smallest} genes out of {genes} genes",
            slot="n_modules",
            remedy="Ask for fewer modules, or keep more genes.",
        )
    large = np.argsort(-size, kind="stable")[:n_modules]
    return _settle(shared, np.stack([cut == branch for branch in large], axis=1), smallest)


def _settle(shared: NDArray[np.float32], member: NDArray[np.bool_], smallest: int) -> Consensus:
    """Let genes join the module they share most with until none moves or one would be too small."""
    labels = _probability(shared, member).argmax(axis=1)
    labels[member.any(axis=1)] = member.argmax(axis=1)[member.any(axis=1)]
    for _ in range(50):
        member = np.eye(member.shape[1], dtype=bool)[labels]
        moved = _probability(shared, member).argmax(axis=1)
        if (moved == labels).all() or np.bincount(moved, minlength=len(member.T)).min() < smallest:
            break
        labels = moved
    order = np.argsort(-np.bincount(labels), kind="stable")
    member = member[:, order]
    probability = _probability(shared, member)
    return Consensus(np.argsort(order)[labels].astype(np.int64), probability)


def _probability(shared: NDArray[np.float32], member: NDArray[np.bool_]) -> NDArray[np.float32]:
    # A gene always keeps its own company: that says nothing about where it belongs.
    others = shared @ member.astype(np.float32) - np.diag(shared)[:, None] * member
    mean = others / np.maximum(member.sum(axis=0)[None] - member, 1)
    return np.asarray(mean / np.maximum(mean.sum(axis=1, keepdims=True), 1e-12), dtype=np.float32)


def held_out_fit(
    halves: Sequence[Pair], n_modules: int, *, seed: int, settings: TMixtureSettings | None = None
) -> list[float]:
    """Fit a t mixture to one half's embeddings and judge it on the other's.

    Parameters
    ----------
    halves : list of (float [G, D], float [G, D])
        Embeddings of the same genes from two halves of their molecules.
    n_modules
        Components.
    seed
        Of k-means.
    settings
        Of the mixture.

    Returns
    -------
    list of float
        Mean log-density of the second half's embeddings, one per pair.
    """
    found = []
    for first, second in halves:
        mixture, _ = cluster(first, n_modules, seed=seed, restarts=3, settings=settings)
        points = torch.from_numpy(np.asarray(second, dtype=np.float64))
        found.append(float(mixture.log_density(points).mean()))
    return found


def smallest_within_error(scores: Mapping[int, Sequence[float]]) -> int:
    """Return the smallest number whose mean score is within one standard error of the best.

    Parameters
    ----------
    scores : mapping of int to list of float
        Scores of each candidate; higher is better.

    Examples
    --------
    >>> smallest_within_error({2: [0.0, 0.2], 5: [0.9, 1.1], 9: [1.0, 1.2]})
    5
    """
    means = {k: float(np.mean(values)) for k, values in scores.items()}
    best = max(means, key=lambda k: means[k])
    values = scores[best]
    error = float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
    return min(k for k, mean in means.items() if mean >= means[best] - error)
