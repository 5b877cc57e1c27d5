"""Cells that may be two cells: no label and no reference is read."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse, stats
from sklearn.cluster import KMeans

from graphkit.omics import column_moments, highly_variable, log_normalise, principal_components
from graphkit.tasks.nearest_index import NearestIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Simulated doublets per cell, and at most.
_EACH, _MOST = 2, 20_000
# Share of both cells' molecules that a doublet keeps, at least: droplets saturate.
_KEPT = 0.5
_GENES, _COMPONENTS, _CUT, _NEAREST = 2000, 30, 10.0, 100
# Share of the cells, least like doublets, of which profiles are made; cells of each, and profiles.
_CALM, _PER_PROFILE, _PROFILES = 0.8, 50, (5, 15)
# Share of a pair's first cell in the mixture, and of the mean cell in a profile.
_SHARES, _AMBIENT = (0.3, 0.5, 0.7), 0.02
# How much depth counts beside the other two signs: doublets are deep, but so are some cells.
_DEPTH = 0.25
# More cells than this, as odd as half of the doublets: no capture has so many doublets.
_TOO_MANY = 0.25


class _Explained(NamedTuple):
    """Log-likelihood that a pair of profiles gains over one, and the nearest profile, by cell."""

    gain: Floats
    profile: NDArray[np.int64]


def oddness(
    counts: sparse.csr_matrix, *, batch: NDArray[np.int64] | None = None, seed: int = 0
) -> Floats:
    """Return how like two cells each cell is: the share of simulated doublets that are less so.

    Doublets are simulated by adding the molecules of two cells of a batch. Three signs are ranked
    and added: the share of simulated doublets among a cell's nearest in principal components (the
    idea of Scrublet), how much better a mixture of two profiles explains its counts than one, and,
    a quarter as much, how many more molecules it has than cells of that profile. Profiles are those
    of k-means on the four fifths of cells that are least among simulated doublets.

    A share of .5 is as odd as half of the doublets of these cells are: taking all cells above t
    finds about 1 - t of the doublets. Two cells of a kind are hardly seen. Where more than a
    quarter of the cells would lie above .5, as of a few dozen cells, none can be told from them.

    Parameters
    ----------
    counts : csr_matrix [n, G]
        Raw counts; each cell has some.
    batch : int64 [n]
        Batches, from 0; None for one.
    seed
        Of what is simulated.

    Returns
    -------
    float [n]
        From 0 to 1; NaN where doublets cannot be told from these cells.

    References
    ----------
    Wolock et al. 2019, doi:10.1016/j.cels.2018.11.005.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rates = np.repeat([[1.0] * 15 + [5.0] * 15, [5.0] * 15 + [1.0] * 15], 50, axis=0)
    >>> cells = rng.poisson(rates)
    >>> cells[0] = cells[0] + cells[-1]
    >>> int(oddness(sparse.csr_matrix(cells)).argmax())
    0
    """
    n = counts.shape[0]
    batch = np.zeros(n, dtype=np.int64) if batch is None else batch
    doublets = _simulated(counts, batch, np.random.default_rng(seed))
    every = sparse.vstack([counts, doublets], format="csr")
    genes = highly_variable(counts, n_top_genes=_GENES)
    points = _components(every, genes, n, seed)
    near = _among_doublets(points, n, seed)
    calm = np.flatnonzero(near[:n] <= np.quantile(near[:n], _CALM))
    read = sparse.csr_matrix(every[:, genes], dtype=np.float64)
    explained = _explained(read, calm, _profiles_of(points[calm], seed))
    depth = np.log(np.asarray(every.sum(axis=1)).ravel())
    middle = {one: np.median(depth[:n][explained.profile[:n] == one])
              for one in np.unique(explained.profile[:n])}  # fmt: skip
    deep = depth - [middle.get(one, np.inf) for one in explained.profile]
    signs = ((near, 1.0), (explained.gain, 1.0), (deep, _DEPTH))
    score = np.sum([weight * _share_below(sign[:n], sign) for sign, weight in signs], axis=0)
    odd = _share_below(score[n:], score[:n])
    return np.full(n, np.nan) if np.mean(odd > 0.5) > _TOO_MANY else odd


def _share_below(known: Floats, asked: Floats) -> Floats:
    return np.asarray(stats.ecdf(known).cdf.evaluate(asked), dtype=np.float64)


def _simulated(
    counts: sparse.csr_matrix, batch: NDArray[np.int64], rng: np.random.Generator
) -> sparse.csr_matrix:
    """Return sums of two cells of a batch, of which a random share of the molecules is kept."""
    n, size = counts.shape[0], np.bincount(batch)
    one, drawn = rng.integers(0, n, (2, min(_EACH * n, _MOST)))
    mine, first = batch[one], np.cumsum(size) - size
    other = np.argsort(batch, kind="stable")[first[mine] + drawn * size[mine] // n]
    both = sparse.csr_matrix(counts[one] + counts[other])
    kept = np.repeat(rng.uniform(_KEPT, 1, both.shape[0]), np.diff(both.indptr))
    both.data = rng.binomial(both.data.astype(np.int64), kept).astype(counts.dtype)
    return both


def _components(every: sparse.csr_matrix, genes: NDArray[np.int64], n: int, seed: int) -> Floats:
    """Return principal components of the first n cells' scaled genes, for all, [m, d]."""
    logged = log_normalise(every, target_sum=1e4)[:, genes]
    _, deviation = column_moments(logged[:n])
    # Not centred: sparse tables stay sparse.
    scaled = sparse.csr_matrix(logged @ sparse.diags(1 / deviation))
    scaled.data = np.minimum(scaled.data, _CUT)
    most = min(_COMPONENTS, min(n, len(genes)) - 1)
    found = principal_components(scaled[:n], n_components=most, seed=seed)
    return np.asarray(scaled @ found.loadings - found.mean @ found.loadings, dtype=np.float64)


def _among_doublets(points: Floats, n: int, seed: int) -> Floats:
    """Return the share of simulated doublets, rows n and on, among the nearest of each."""
    near = int(np.clip(round(np.sqrt(n) / 2 * len(points) / n), 5, _NEAREST))
    index = NearestIndex(random_state=seed).add(points, np.arange(len(points)) >= n)
    found = index.nearest(points, min(near + 1, len(points)))
    return np.asarray(found.labels[:, 1:].mean(axis=1), dtype=np.float64)


def _profiles_of(points: Floats, seed: int) -> NDArray[np.int64]:
    number = min(int(np.clip(len(points) // _PER_PROFILE, *_PROFILES)), len(points))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fewer different cells than profiles
        return np.asarray(KMeans(number, n_init=3, random_state=seed).fit_predict(points))


def _explained(
    counts: sparse.csr_matrix, calm: NDArray[np.int64], groups: NDArray[np.int64]
) -> _Explained:
    """Compare profiles of groups of calm cells, one or two at a time, as multinomials."""
    member = np.eye(groups.max() + 1)[groups]
    total = (counts[calm].T @ member).T
    ambient = (total.sum(axis=0) + 1) / (total + 1).sum()
    own = (1 - _AMBIENT) * total / np.maximum(total.sum(axis=1, keepdims=True), 1)
    profiles = own + _AMBIENT * ambient
    alone = counts @ np.log(profiles).T
    single = alone.max(axis=1)
    best = single.copy()
    for share in _SHARES:
        for number in range(1, len(profiles)):
            mixed = share * profiles[number] + (1 - share) * profiles[:number]
            best = np.maximum(best, (counts @ np.log(mixed).T).max(axis=1))
    # The gain of a wrong model grows with depth, its noise with the root of it.
    read = np.maximum(np.asarray(counts.sum(axis=1)).ravel(), 1)
    return _Explained((best - single) / np.sqrt(read), alone.argmax(axis=1))
