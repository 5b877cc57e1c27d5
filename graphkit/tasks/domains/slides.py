"""What slides add to features beside their domains: one effect each, by clusters they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.metrics import pairwise_distances_argmin
from sklearn.neighbors import NearestNeighbors

from graphkit.errors import InputError
from graphkit.tasks.domains.smoothing import kmeans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int64]

# Robust standard deviations beyond which a component is cut: no odd spot may lead the mixture.
_CUT = 3.0
_ROUNDS, _MOST_SPOTS = 15, 5_000
_NEAREST, _ASKED = 15, 2_000

INTEGRATIONS = ("effects", "harmony", "means")
"""How slides are brought together."""


class Cut(NamedTuple):
    """Centre of each feature within its slide, and limits to which it is cut, [n, F] each.

    Where there is one slide, each is [1, F].

    Parameters
    ----------
    middle, limit
        Median of the slide; robust standard deviations of it that are kept, on either side.
    shift
        Mean of what is left; of slides that share clusters, what the slide adds to them; after
        Harmony, what it takes from each spot.
    """

    middle: NDArray[np.float64]
    limit: NDArray[np.float64]
    shift: NDArray[np.float64]

    def apply(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the features centred and cut."""
        return np.clip(values - self.middle, -self.limit, self.limit) - self.shift


def cut_within(
    values: NDArray[np.floating],
    library: NDArray[np.int64],
    kept: NDArray[np.int64] | None = None,
    *,
    middles: NDArray[np.float64] | None = None,
    harmony: bool = False,
) -> Cut:
    """Return what cuts features [n, F] within each slide and takes its effect, by the spots kept.

    The effect of a slide is its mean; where there are `middles` of shared clusters, what it adds
    to them; with `harmony`, and several slides, what Harmony takes.
    """
    several = len(np.unique(library)) > 1
    cut = Cut(*(np.zeros(values.shape if several else (1, values.shape[1])) for _ in range(3)))
    counted = np.zeros(len(values), dtype=bool)
    counted[slice(None) if kept is None else kept] = True
    for one in np.unique(library[counted]):
        rows, seen = library == one if several else slice(None), counted & (library == one)
        cut.middle[rows] = middle = np.median(values[seen], axis=0)
        away = values[seen] - middle
        spread = 1.4826 * np.median(np.abs(away), axis=0)
        cut.limit[rows] = limit = np.where(spread > 0, _CUT * spread, np.inf)
        inside = np.clip(away, -limit, limit)
        cut.shift[rows] = (
            inside.mean(axis=0)
            if middles is None
            else slide_effect(inside + middle, middles) - middle
        )
    if harmony and len(np.unique(library[counted])) > 1:
        inside = (cut.apply(values) + cut.shift)[counted]
        mixed = harmonise(inside + cut.middle[counted], library[counted])
        cut.shift[counted] = inside - (mixed - mixed.mean(axis=0))
    return cut


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


def harmonise(values: Floats, library: Labels) -> Floats:
    """Return features [n, F] in which Harmony has mixed the slides.

    Raises
    ------
    InputError
        If harmonypy is not installed.
    """
    try:
        from harmonypy import run_harmony
    except ImportError as error:
        raise InputError(
            "Harmony needs harmonypy, which is not installed",
            slot="integrate",
            remedy="pip install 'graphkit-bio[harmony]', or choose effects.",
        ) from error
    number = min(max(round(len(values) / 30), 2), 100)
    found = run_harmony(
        values.T, {"slide": library}, "slide", nclust=number, verbose=False, ncores=1
    )
    return np.asarray(found.Z_corr)


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
