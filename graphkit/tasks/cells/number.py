"""Clusters of cells that lie apart in molecules that were held out: how many, and which."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from graphkit.builders.neighbors.communities import communities, shared_neighbors
from graphkit.evaluation.tissues.thinning import thin
from graphkit.tasks.cells.features import scaled_components, without_batches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from scipy import sparse

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

RULE = (
    "communities, the two nearest of which are merged until any two lie three standard deviations "
    "apart in one half of the molecules on the axis that parts them in the other half; determined "
    "where as many, give or take one, lie apart by 2.65, as halves of a normal distribution do, "
    "and by 3.46, as halves of a uniform one do"
)
# Of communities before any are merged: more than there are types; components they are merged in.
_RESOLUTION, _COMPONENTS = 2.0, 30
_LEAST, _LIMIT, _MOST = float(np.sqrt(8 / (np.pi - 2))), 3.0, float(np.sqrt(12))
# Cells that are read, where there are more; fewest of a group; what makes its covariance round, in
# mean variances, and at least.
_CELLS, _FEWEST, _RIDGE, _STILL = 5_000, 5, 0.05, 1e-9


@dataclass(frozen=True, slots=True)
class CellNumber:
    """A number of clusters, and where it comes from.

    Parameters
    ----------
    chosen
        The number: 1 where nothing lies apart.
    determined
        Whether cells say so: there are several clusters, and their number is clear.
    curve : dict of int to float
        How far apart the two nearest of so many groups are, in standard deviations.
    """

    chosen: int
    determined: bool
    curve: dict[int, float]


def choose_number(
    counts: sparse.csr_matrix,
    genes: Ints,
    components: Floats,
    *,
    batch: Ints,
    n_neighbors: int = 15,
    seed: int = 0,
) -> CellNumber:
    """Choose a number of clusters: of groups that lie apart in molecules that were held out.

    Groups that were cut out of one cloud of cells are at most as far apart as its halves are, and
    molecules that did not say where to cut show them nearer.

    Parameters
    ----------
    counts : csr_matrix [n, G]
        Of the cells.
    genes : int64 [g]
        Columns that are read.
    components : ndarray [n, d]
        In which cells of a group are near one another.
    batch : int64 [n]
        Batches, whose effects are taken from each half.
    n_neighbors
        Of a cell in the graph whose communities are the groups.
    seed
        Of the halves.
    """
    drawn = np.sort(np.random.default_rng(seed).permutation(len(components))[:_CELLS])
    near = shared_neighbors(components[drawn], n_neighbors=min(n_neighbors, len(drawn) - 1))
    groups = communities(near, resolution=_RESOLUTION, seed=seed)
    halves, wide = thin(counts[drawn], seed=seed), components.shape[1]
    curves = []
    for first, second in (halves, halves[::-1]):
        pair = scaled_components(first, genes, n_components=wide, also=second, seed=seed)
        values = np.hstack([without_batches(one, batch[drawn], seed=seed) for one in pair])
        rows = _rows(groups)
        curves.append({len(rows): apart for apart in _merges(rows, values)})
    curve = {number: float(np.mean([one[number] for one in curves])) for number in curves[0]}
    most, chosen, least = (
        next((number for number, apart in curve.items() if apart >= limit), 1)
        for limit in (_LEAST, _LIMIT, _MOST)
    )
    return CellNumber(chosen, least > 1 and most - least <= 1, curve)


def merged_communities(
    counts: sparse.csr_matrix,
    genes: Ints,
    points: Floats,
    n_clusters: int,
    *,
    batch: Ints,
    n_neighbors: int = 15,
    seed: int = 0,
) -> Ints:
    """Divide cells into communities, and merge them to `n_clusters` by held-out molecules, [n].

    Those that lie nearest to one another in held-out molecules are merged, as for
    :func:`choose_number`: groups may be of unlike sizes. Where there are fewer they stay.

    Parameters
    ----------
    counts : csr_matrix [n, G]
        Of the cells.
    genes : int64 [g]
        Columns that are read.
    points : ndarray [n, d]
        In which cells of a community are near one another.
    n_clusters
        How many.
    batch, n_neighbors, seed
        As in :func:`choose_number`.
    """
    near = shared_neighbors(points, n_neighbors=n_neighbors)
    rows = _rows(communities(near, resolution=_RESOLUTION, seed=seed))
    seen, held = thin(counts, seed=seed)
    pair = scaled_components(seen, genes, n_components=_COMPONENTS, also=held, seed=seed)
    values = np.hstack([without_batches(one, batch, seed=seed) for one in pair])
    for _ in _merges(rows, values):
        if len(rows) <= n_clusters:
            break
    labels = np.empty(len(points), dtype=np.int64)
    for label, mine in enumerate(rows.values()):
        labels[mine] = label
    return labels


def _rows(labels: Ints) -> dict[int, Ints]:
    return {name: np.flatnonzero(labels == name) for name in range(labels.max() + 1)}


def _merges(rows: dict[int, Ints], values: Floats) -> Iterator[float]:
    """Merge the two nearest groups in place, time and again, and before each time yield how far."""
    groups = {name: _moments(values[mine]) for name, mine in rows.items()}
    apart = {pair: _distance(*(groups[i] for i in pair)) for pair in combinations(groups, 2)}
    while apart:
        (kept, gone), nearest = min(apart.items(), key=lambda item: item[1])
        yield nearest
        rows[kept] = np.concatenate([rows[kept], rows.pop(gone)])
        del groups[gone]
        groups[kept] = _moments(values[rows[kept]])
        apart = {pair: far for pair, far in apart.items() if not {kept, gone} & set(pair)}
        apart |= {(i, kept): _distance(groups[i], groups[kept]) for i in groups if i != kept}


def _moments(values: Floats) -> tuple[int, Floats, Floats]:
    return len(values), values.mean(axis=0), np.cov(values, rowvar=False, bias=True)


def _distance(first: tuple[int, Floats, Floats], second: tuple[int, Floats, Floats]) -> float:
    """Return how far apart two groups are in the second half of the columns, in deviations.

    The axis is the one that parts them best in the first half.
    """
    if min(first[0], second[0]) < _FEWEST:
        return 0.0
    mean, within = first[1] - second[1], (first[2] + second[2]) / 2
    half = len(mean) // 2
    seen = within[:half, :half]
    # Cells that are all alike have no covariance at all.
    ridge = max(_RIDGE * np.trace(seen) / half, _STILL)
    axis = np.linalg.solve(seen + ridge * np.eye(half), mean[:half])
    spread = np.sqrt(max(float(axis @ within[half:, half:] @ axis), _STILL))
    return float(axis @ mean[half:] / spread)
