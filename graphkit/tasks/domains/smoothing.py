"""How far spots borrow from their neighbours: chosen on the tissue itself, without labels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score

from graphkit.builders import spot_table
from graphkit.builders.neighbors.graph import row_mean
from graphkit.omics import coordinates, libraries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anndata import AnnData
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]
    Labels = NDArray[np.int64]
    Halves = Sequence[tuple[Floats, Floats]]

# What follows was set on simulated tissue: spots for each spot that is averaged over; coherence
# that labels without smoothing must have; power of what labels say of the other half; by how much
# smoothing has to do better than none.
_ROOM, _COHERENT, _POWER, _EARNED = 12, 0.25, 1.75, 1.1
_SPLITS, _STARTS = 4, 3
# Spots of a window, where not all are read: few of them lie at its border.
_WINDOW = 2_500


class Smoothing(NamedTuple):
    """Averaging a spot with its nearest neighbours, once or several times.

    Parameters
    ----------
    n_neighbors, hops
        How many, and how many times; 0 for none.
    """

    n_neighbors: int
    hops: int

    def __str__(self) -> str:
        if not self.hops:
            return "no smoothing"
        times = "" if self.hops == 1 else f", {self.hops} times"
        return f"the mean over {self.n_neighbors} neighbours{times}"

    def matrix(self, places: Places, kept: Labels | None = None) -> sparse.csr_matrix:
        """Return the weight of every spot (columns) in the mean of every spot, [n, n].

        Spots that are not `kept` are nobody's neighbours.
        """
        n = len(places.points)
        near = sparse.csr_matrix((n, n))
        if self.hops and (kept is None or len(kept) == n):
            near = places.nearest(self.n_neighbors)
        elif self.hops and kept is not None:
            part = places.of(kept).nearest(self.n_neighbors).tocoo()
            near = sparse.csr_matrix((part.data, (kept[part.row], kept[part.col])), shape=(n, n))
        return row_mean(near + sparse.eye(n, format="csr"))

    def apply(self, values: Floats, places: Places) -> Floats:
        """Return `values` [n, d] averaged."""
        matrix = self.matrix(places)
        for _ in range(self.hops):
            values = matrix @ values
        return values


NONE = Smoothing(0, 0)
CANDIDATES = (NONE, *(Smoothing(k, h) for k, h in ((4, 1), (6, 1), (6, 2), (6, 4))))
CANDIDATES += tuple(Smoothing(k, h) for k, h in ((18, 1), (18, 2), (18, 4), (36, 2)))


class Places(NamedTuple):
    """Coordinates and slides of spots.

    Parameters
    ----------
    points : ndarray [n, 2]
        Coordinates.
    library : int ndarray [n]
        Slide of each spot.
    """

    points: NDArray[np.float64]
    library: Labels

    @classmethod
    def read(
        cls, adata: AnnData, *, spatial_key: str = "spatial", library_key: str | None = None
    ) -> Places:
        """Return those of a table's spots."""
        points = coordinates(adata, spatial_key=spatial_key, library_key=library_key)
        return cls(points, libraries(adata, library_key=library_key).codes)

    def of(self, spots: Labels) -> Places:
        """Return those of some spots."""
        return Places(self.points[spots], self.library[spots])

    def windows(self, most: int, *, seed: int) -> Labels:
        """Return all spots, or about `most`: those of windows drawn over the slides, of 2,500."""
        n = len(self.points)
        if n <= most:
            return np.arange(n)
        cell = np.column_stack([self.library, np.zeros((n, 2), dtype=np.int64)])
        for slide in np.unique(self.library):
            rows = np.flatnonzero(self.library == slide)
            place = self.points[rows] - self.points[rows].min(axis=0)
            area = np.prod(place.max(axis=0)) or place.max() ** 2
            cell[rows, 1:] = place / np.sqrt(area * _WINDOW / len(rows))
        _, window, size = np.unique(cell, axis=0, return_inverse=True, return_counts=True)
        drawn = np.random.default_rng(seed).permutation(len(size))
        taken = drawn[: np.searchsorted(np.cumsum(size[drawn]), most) + 1]
        return np.flatnonzero(np.isin(window.ravel(), taken))

    def nearest(self, n_neighbors: int) -> sparse.csr_matrix:
        """Return who is among the nearest of whom on the same slide, [n, n]."""
        smallest = int(np.unique(self.library, return_counts=True)[1].min())
        k = max(1, min(n_neighbors, smallest - 1))
        # As KNN's graph, in a third of its memory.
        near = spot_table(self.points, n_neighbors=k, library=self.library).adjacency
        either = (near + near.T).astype(bool).astype(np.float32)
        either.sort_indices()
        return either

    def counterpart(self, other: Places) -> Labels:
        """Return the nearest spot of `other` for each spot, on the same slide where it has any."""
        far = 1e3 * np.ptp(self.points, axis=0).max()
        one, two = (np.column_stack([p.points, far * p.library]) for p in (self, other))
        return np.asarray(cKDTree(two).query(one)[1], dtype=np.int64)


@dataclass(frozen=True)
class Scored:
    """An amount of smoothing and how it does with k-means.

    Parameters
    ----------
    smoothing
        The amount.
    reliability
        Adjusted Rand index of two maps, each drawn from half of the spots.
    explained
        Share of the variance of a spot's other half that labels of its first half explain.
    """

    smoothing: Smoothing
    reliability: float
    explained: float

    @property
    def score(self) -> float:
        """Score by which is chosen: a map must come back, and still say what a spot is like."""
        found = max(self.reliability, 1e-3) * max(self.explained, 1e-3) ** _POWER
        return found if self.smoothing.hops else _EARNED * found


def score_smoothings(
    table: Floats, halves: Halves, places: Places, *, n_domains: int, seed: int = 0
) -> list[Scored]:
    """Score all amounts of smoothing that the tissue has room for, best first.

    Parameters
    ----------
    table : ndarray [n, F]
        Features of spots.
    halves : sequence of pairs of ndarray [n, *]
        Features made of two independent halves of the molecules, or of the features.
    places
        Of the spots.
    n_domains
        Clusters.
    seed
        Of k-means and of the halves of spots.
    """
    n = len(table)
    alone = coherence(kmeans(table, n_domains, seed=seed).labels_, places) >= _COHERENT
    fitting = [one for one in CANDIDATES[1:] if 1 + one.n_neighbors * one.hops <= n / _ROOM]
    tried = fitting if fitting and not alone else [NONE, *fitting]
    found = []
    for one in tried:
        told = []
        for first, second in halves:
            for given, judge in ((first, second), (second, first)):
                labels = kmeans(one.apply(given, places), n_domains, seed=seed).labels_
                told.append(explained_variance(judge, labels))
        reliable = reliability(table, places, one, n_domains=n_domains, seed=seed)
        found.append(Scored(one, reliable, float(np.mean(told))))
    return sorted(found, key=lambda one: -one.score)


def half_maps(
    table: Floats, places: Places, smoothing: Smoothing, *, seed: int
) -> list[tuple[Labels, Floats]]:
    """Return half of the spots and the other half, each smoothed by itself, over half as many."""
    order = np.random.default_rng(seed).permutation(len(table))
    half = Smoothing(-(-smoothing.n_neighbors // 2), smoothing.hops)
    parts = (np.sort(order[: len(table) // 2]), np.sort(order[len(table) // 2 :]))
    return [(part, half.apply(table[part], places.of(part))) for part in parts]


def reliability(
    table: Floats, places: Places, smoothing: Smoothing, *, n_domains: int, seed: int
) -> float:
    """Return how far two maps agree that were drawn from two halves of the spots."""
    found = []
    for split in range(_SPLITS):
        halves = half_maps(table, places, smoothing, seed=seed + split)
        labels = [kmeans(values, n_domains, seed=seed).labels_ for _, values in halves]
        for here, there in ((0, 1), (1, 0)):
            match = places.of(halves[here][0]).counterpart(places.of(halves[there][0]))
            found.append(adjusted_rand_score(labels[here], labels[there][match]))
    return float(np.mean(found))


def coherence(labels: Labels, places: Places) -> float:
    """Return the share of pairs of neighbours with one label, 0 for chance and 1 for all."""
    pairs = places.nearest(6).tocoo()
    alike = float((labels[pairs.row] == labels[pairs.col]).mean())
    chance = float(np.square(np.bincount(labels) / len(labels)).sum())
    return (alike - chance) / (1 - chance) if chance < 1 else 1.0


def explained_variance(values: Floats, labels: Labels) -> float:
    """Return the share of the variance of `values` [n, d] between labels."""
    member = np.eye(int(labels.max()) + 1)[labels]
    means = (member.T @ values) / np.maximum(member.sum(axis=0), 1)[:, None]
    total = float(np.var(values, axis=0).sum())
    return 1 - float(np.square(values - means[labels]).sum(axis=1).mean()) / total if total else 0.0


def kmeans(values: Floats, number: int, *, seed: int, starts: int = _STARTS) -> KMeans:
    """Return k-means of `values` [n, d], of fewer clusters where there are fewer spots."""
    model = KMeans(min(number, len(values)), n_init=starts, random_state=seed % 2**32)
    # Spots that are all alike make fewer clusters; who asked for more hears of it at the end.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(values)
