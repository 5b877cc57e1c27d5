"""What cells of a reference that are held out teach: how sure to be, and what is odd."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.special import expit, logit
from sklearn.svm import LinearSVC

from graphkit.evaluation.classifiers.calibration import fit_sigmoid
from graphkit.tasks.cells.vote import CLOSE, CUT, MARGIN, Reference

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Cells of the reference on which the vote is tried out.
_TRIED, _FOLDS = 2_000, 5
# How much a divided vote counts beside distance for oddness.
_UNSURE = 0.5


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Accuracy of the types told of cells of the reference that were held out.

    Parameters
    ----------
    n
        Cells.
    accuracy
        Share told right, none taken for unknown.
    baseline
        The same of a linear support vector machine on scaled genes.
    rejected
        Share that would have been called unknown, each by the other folds' scores.
    """

    n: int
    accuracy: float
    baseline: float
    rejected: float


@dataclass(frozen=True, slots=True)
class Usual:
    """Usual scores of held-out cells of a reference, and how sure one may be of a type.

    Parameters
    ----------
    unsure, far
        Mean and standard deviation of 1 - the largest share, and of how far apart cells are.
    apart : float [n]
        The latter, ascending.
    order : float [n]
        Oddness, ascending.
    sigmoid
        Slope and intercept from the logit of the largest share to being right.
    """

    unsure: tuple[float, float]
    far: tuple[float, float]
    apart: Floats
    order: Floats
    sigmoid: tuple[float, float]

    @classmethod
    def of(cls, shares: Floats, apart: Floats, right: NDArray[np.bool_]) -> Self:
        """Learn it from shares, [n, K], distances, [n], and who was told right, [n]."""
        unsure = 1 - shares.max(axis=1)
        first, second = ((float(one.mean()), float(one.std()) or 1.0) for one in (unsure, apart))
        found = cls(first, second, np.sort(apart), apart, fit_sigmoid(_logit(shares), right))
        return replace(found, order=np.sort(found.odd(unsure, apart)))

    def odd(self, unsure: Floats, apart: Floats) -> Floats:
        """Return how odd cells are, [m], in standard deviations of what is usual."""
        parts = zip((unsure, apart), (self.unsure, self.far), (_UNSURE, 1.0), strict=True)
        return np.asarray(sum(w * (one - mean) / sd for one, (mean, sd), w in parts))

    def confidence(self, shares: Floats) -> Floats:
        """Return how likely the largest share, of [m, K], is right, [m]."""
        slope, level = self.sigmoid
        return np.asarray(expit(slope * _logit(shares) + level))


def try_out(
    logged: sparse.csr_matrix,
    types: Ints,
    *,
    unknown_rate: float = 0.05,
    n_neighbors: int = 15,
    seed: int = 0,
) -> tuple[HeldOut, Usual]:
    """Vote on each cell of a reference by the others.

    Parameters
    ----------
    logged : csr_matrix [n, g]
        Log-normalised genes.
    types : int64 [n]
        Types, 0 to K - 1.
    unknown_rate
        Share of cells that may be called unknown.
    n_neighbors, seed
        As of :class:`~graphkit.tasks.cells.vote.Reference`.

    Returns
    -------
    HeldOut, Usual
        How well it does, and what is usual.
    """
    chosen = evenly(types, _TRIED, seed)
    logged, types = logged[chosen], types[chosen]
    _, types = np.unique(types, return_inverse=True)
    fold = folds(types, seed=seed)
    shares, apart = np.zeros((len(types), types.max() + 1)), np.zeros(len(types))
    baseline = np.zeros(len(types), dtype=bool)
    tried = fold >= 0
    for number in range(_FOLDS):
        out = fold == number
        there, inside = np.unique(types[~out], return_inverse=True)
        if not out.any() or len(there) < 2:
            tried &= ~out
            continue
        votes = Reference(logged[~out], inside, n_neighbors=n_neighbors, seed=seed).vote(
            logged[out]
        )
        shares[np.ix_(out, there)], apart[out] = votes.shares, votes.apart
        plain = machine(logged[~out], inside, seed)
        baseline[out] = there[plain.predict(scaled(logged[out]))] == types[out]
    right = shares.argmax(axis=1) == types
    found = Usual.of(shares[tried], apart[tried], right[tried])
    odd = found.odd(1 - shares[tried].max(axis=1), apart[tried])
    rejected = np.zeros(len(odd), dtype=bool)
    for number in range(_FOLDS):
        out = fold[tried] == number
        if out.any() and not out.all():
            limit = np.sort(odd[~out])
            rejected[out] = np.searchsorted(limit, odd[out]) / (len(limit) + 1) > 1 - unknown_rate
    return HeldOut(
        int(tried.sum()),
        float(right[tried].mean()),
        float(baseline[tried].mean()),
        float(rejected.mean()),
    ), found


def folds(types: Ints, *, seed: int = 0) -> Ints:
    """Return a fold for each cell, types spread evenly; -1 for the only cell of a type.

    Examples
    --------
    >>> folds(np.array([0, 0, 0, 1])).tolist()[3]
    -1
    """
    generator, fold = np.random.default_rng(seed), np.full(len(types), -1)
    for one in range(types.max() + 1):
        rows = generator.permutation(np.flatnonzero(types == one))
        if len(rows) > 1:
            fold[rows] = (np.arange(len(rows)) + generator.integers(_FOLDS)) % _FOLDS
    return fold


def evenly(types: Ints, most: int, seed: int) -> Ints:
    """Return at most about `most` rows: all of small types, and as many of each large one."""
    if len(types) <= most:
        return np.arange(len(types))
    sizes = np.sort(np.bincount(types))
    each = next(
        (left / (len(sizes) - i))
        for i, left in enumerate(most - np.concatenate([[0], np.cumsum(sizes)[:-1]]))
        if left / (len(sizes) - i) <= sizes[i]
    )
    generator = np.random.default_rng(seed)
    rows = [np.flatnonzero(types == one) for one in range(types.max() + 1)]
    some = [
        generator.choice(one, int(each), replace=False) if len(one) > each else one for one in rows
    ]
    return np.sort(np.concatenate(some))


def levelled(apart: Floats, usual: Floats) -> Floats:
    """Return distances of a query brought to the level and spread that they have in the reference.

    A shift of all cells, as by another protocol, makes no single cell odd: the lower quarter is
    set where it is in the reference, if it is above, and the spread below the median likewise.
    """
    low, middle, quarter = np.quantile(apart, [0.1, 0.5, 0.25])
    usual_low, usual_middle, level = np.quantile(usual, [0.1, 0.5, 0.25])
    narrowed = min(1.0, (usual_middle - usual_low) / max(middle - low, 1e-9))
    return (apart - quarter) * narrowed + min(quarter, level)


def _logit(shares: Floats) -> Floats:
    return np.asarray(logit(np.clip(shares.max(axis=1), 1e-3, 1 - 1e-3)))


def machine(logged: sparse.csr_matrix, types: Ints, seed: int) -> LinearSVC:
    """Return the usual baseline: a linear support vector machine, each table scaled by itself.

    Where genes outnumber cells, scikit-learn's usual C of 1 takes ten times as long to settle and
    is no more accurate.
    """
    return LinearSVC(C=MARGIN, tol=CLOSE, random_state=seed).fit(scaled(logged), types)


def scaled(logged: sparse.csr_matrix) -> NDArray[np.float32]:
    """Return genes scaled by their own table, cut at ten standard deviations, [n, g]."""
    table = logged.toarray()
    deviation = table.std(axis=0)
    scaled = (table - table.mean(axis=0)) / np.where(deviation > 1e-3, deviation, 1)
    return np.clip(scaled, -CUT, CUT).astype(np.float32)
