"""What slides add to features beside their domains: one effect each, by clusters they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import pairwise_distances_argmin
from sklearn.neighbors import NearestNeighbors

from graphkit.tasks.domains.smoothing import kmeans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int64]

_ROUNDS, _MOST_SPOTS = 15, 5_000
_NEAREST, _ASKED = 15, 2_000


def shared_clusters(values: Floats, library: Labels, number: int, *, seed: int) -> Floats:
    """Return the middles [number, F] of clusters that slides share, their effects apart.

    Clusters and effects are fitted in turns: from slides as they are, from slides centred by
    themselves, and from each slide where it lies best on the clusters of the largest. The first is
    near where slides differ in what tissue they show, the second where they differ in how they were
    made, the third where they do in both. What leaves least unexplained is taken.

    Parameters
    ----------
    values : ndarray [n, F]
        Features.
    library : ndarray [n]
        Slide of each spot.
    number
        Clusters.
    seed
        Of k-means and, of many spots, of those that are read.
    """
    if len(values) > _MOST_SPOTS:
        drawn = np.random.default_rng(seed).choice(len(values), _MOST_SPOTS, replace=False)
        values, library = values[drawn], np.unique(library[drawn], return_inverse=True)[1]
    slide = np.eye(int(library.max()) + 1)[library]
    means = (slide.T @ values) / np.maximum(slide.sum(axis=0), 1)[:, None]
    largest = values[library == slide.sum(axis=0).argmax()]
    alone = kmeans(largest, number, seed=seed).cluster_centers_
    onto_largest = [slide_effect(values[slide[:, i] > 0], alone) for i in range(len(means))]
    found = []
    for start in (np.zeros_like(means), means - values.mean(axis=0), np.array(onto_largest)):
        effects = start
        for _ in range(_ROUNDS):
            before = effects
            labels = kmeans(values - effects[library], number, seed=seed).labels_
            cluster = np.eye(int(labels.max()) + 1)[labels]
            both = np.hstack([cluster, slide])
            fitted = np.linalg.pinv(both.T @ both) @ (both.T @ values)
            effects = fitted[cluster.shape[1] :]
            # Only their differences are known.
            common = slide.mean(axis=0) @ effects
            effects, middles = effects - common, fitted[: cluster.shape[1]] + common
            found.append((float(np.square(values - both @ fitted).sum()), middles))
            if np.allclose(effects, before, atol=1e-3 * values.std()):
                break
    return np.asarray(min(found, key=lambda one: one[0])[1])


def slide_effect(values: Floats, middles: Floats) -> Floats:
    """Return what one slide adds to its features [n, F], given the clusters it shares, [F]."""
    found = []
    starts = values.mean(axis=0) - np.vstack([middles.mean(axis=0), middles])
    for start in (np.zeros(values.shape[1]), *starts):
        effect = start
        for _ in range(_ROUNDS):
            nearest = middles[pairwise_distances_argmin(values - effect, middles)]
            before, effect = effect, (values - nearest).mean(axis=0)
            if np.allclose(effect, before):
                break
        found.append((float(np.square(values - nearest - effect).sum()), effect))
    return min(found, key=lambda one: one[0])[1]


def mixing(values: NDArray[np.floating], library: Labels, *, seed: int = 0) -> float:
    """Return how often spots near in features are of another slide: 1 for by chance, 0 for never.

    Of the 15 nearest of up to 2,000 spots.
    """
    rng = np.random.default_rng(seed)
    asked = rng.permutation(len(values))[:_ASKED]
    k = min(_NEAREST + 1, len(values))
    near = NearestNeighbors(n_neighbors=k).fit(values).kneighbors(values[asked])[1][:, 1:]
    other = float((library[near] != library[asked, None]).mean())
    chance = 1 - float(np.square(np.bincount(library) / len(library)).sum())
    return other / chance
