"""The vote on the types of cells: four classifiers, two readings, and the cells' own neighbours."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import softmax
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from graphkit.errors import InputError
from graphkit.omics import column_moments, highly_variable
from graphkit.tasks.nearest_index import NearestIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from scipy import sparse

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Standard deviations at which a scaled gene is cut, as scanpy's users do.
CUT = 10.0
# Genes below which types cannot be told.
_GENES = 10
# Cells of a type below which it weighs less: a type of two must not shout down the others.
_FEW = 10
# Cells by which the moments of a small table are drawn to those of the reference.
_DRAWN = 10
# Of the linear classifiers, on scaled genes: strong, as genes outnumber cells.
_LOGISTIC, MARGIN, _SLOPE = 3e-5, 1e-2, 2.0
# Where the fit of the margin stops: nearer to its end hardly a vote changes, at twice the time.
CLOSE = 0.05
_COMPONENTS = 50
# Neighbours of a cell in its own table, whose votes count as much as its own.
_OWN = 10
# How sharply the reading that comes nearer to the reference is preferred: a mean cosine distance
# smaller by .05 weighs e times as much.
_SHARP = 20.0
_ROUNDS = 5
_BLOCK = 4096
# Cells on which components are found.
_SEEN = 10_000


class Votes(NamedTuple):
    """Votes of a reference of K types on each of m cells.

    Parameters
    ----------
    shares : float [m, K]
        Share of the vote; rows sum to 1.
    apart : float [m]
        How much nearer a cell is to its own table than to the reference: cosine distance to its
        nearest there, less that to its nearest here.
    nearest : int64 [m, k]
        Rows of the nearest cells of the reference, in the reading that weighs most.
    distances : float [m, k]
        Cosine distances to them.
    components : float [m, d]
        Principal components of both tables, in that reading.
    shifted : float
        Weight of the reading in which each gene was brought to the reference's mean and spread.
    """

    shares: Floats
    apart: Floats
    nearest: Ints
    distances: Floats
    components: Floats
    shifted: float


class _Reading(NamedTuple):
    shares: Floats
    apart: Floats
    nearest: Ints
    distances: Floats
    components: Floats


class Reference:
    """Cells of known types, ready to vote.

    Parameters
    ----------
    logged : csr_matrix [n, g]
        Log-normalised genes.
    types : int64 [n]
        Types, 0 to K - 1; each occurs.
    n_neighbors
        Nearest cells that vote.
    seed
        Of all that is random.
    """

    def __init__(
        self, logged: sparse.csr_matrix, types: Ints, *, n_neighbors: int = 15, seed: int = 0
    ) -> None:
        self.logged, self.types, self.seed = logged, types, seed
        self.n_neighbors = min(n_neighbors, len(types))
        sizes = np.bincount(types)
        each = 1 / np.maximum(sizes, _FEW)
        self.weights = each[types] / each[types].mean()
        self.weight_of = each / each.max()
        self.prior = each * sizes / (each * sizes).sum()
        self.mean, self.deviation = column_moments(logged, self.weights)
        scaled = self.scale(logged, self.mean, self.deviation)
        self.logistic = LogisticRegression(C=_LOGISTIC * len(types), max_iter=300)
        self.margin = LinearSVC(C=MARGIN, tol=CLOSE, random_state=seed)
        for model in (self.logistic, self.margin):
            model.fit(scaled, types, sample_weight=self.weights)

    def vote(self, logged: sparse.csr_matrix) -> Votes:
        """Return what is said of other cells, log-normalised, [m, g].

        They are read twice: as they were measured, and with each gene brought to the mean and
        the spread that it has in the reference. The reading in which they come nearer to the
        reference weighs more. The first is right where they are like it, or hold few types; the
        second where another protocol, donor or species shifted the genes.
        """
        found = [
            self._read(logged, *moments)
            for moments in ((self.mean, self.deviation), self._matched(logged))
        ]
        far = np.array([one.distances.mean() for one in found])
        weights = np.exp(-_SHARP * (far - far.min()))
        weights /= weights.sum()
        best = found[int(np.argmax(weights))]
        return Votes(
            sum(w * one.shares for w, one in zip(weights, found, strict=True)),
            sum(w * one.apart for w, one in zip(weights, found, strict=True)),
            best.nearest,
            best.distances,
            best.components,
            float(weights[1]),
        )

    @staticmethod
    def scale(logged: sparse.csr_matrix, mean: Floats, deviation: Floats) -> NDArray[np.float32]:
        """Return scaled genes, cut at ten standard deviations, [n, g]."""
        table = (logged.toarray() - mean) / deviation
        return np.clip(table, -CUT, CUT).astype(np.float32)

    def _linear(self, scaled: NDArray[np.float32]) -> list[Floats]:
        margins = self.margin.decision_function(scaled)
        if margins.ndim == 1:
            margins = np.column_stack([-margins, margins])
        return [self.logistic.predict_proba(scaled), softmax(_SLOPE * margins, axis=1)]

    def _matched(self, logged: sparse.csr_matrix) -> tuple[Floats, Floats]:
        """Return mean and spread of each gene, were the types as frequent as in the reference."""
        shares = np.tile(self.prior, (logged.shape[0], 1))
        keep = logged.shape[0] / (logged.shape[0] + _DRAWN)
        for _ in range(_ROUNDS):
            mass = np.maximum(shares.sum(axis=0), 3)
            own_mean, own = column_moments(logged, (shares * (self.prior / mass)).sum(axis=1))
            mean = keep * own_mean + (1 - keep) * self.mean
            deviation = own**keep * self.deviation ** (1 - keep)
            shares = self._blocks(
                logged, mean, deviation, lambda scaled: np.mean(self._linear(scaled), axis=0)
            )
        return mean, deviation

    def _read(self, logged: sparse.csr_matrix, mean: Floats, deviation: Floats) -> _Reading:
        here = (logged, mean, deviation)
        there = (self.logged, self.mean, self.deviation)
        seen = [self.scale(_some(table, self.seed), *how) for table, *how in (there, here)]
        pair = np.vstack(seen)
        components = PCA(
            min(_COMPONENTS, min(pair.shape) - 1), random_state=self.seed, svd_solver="randomized"
        ).fit(pair)
        reference, cells = (self._blocks(*one, components.transform) for one in (there, here))
        shares = [
            np.concatenate(parts)
            for parts in zip(*(self._linear(one) for one in _scaled(*here)), strict=True)
        ]
        if len(self.types) > len(self.prior):  # else no type varies
            shares.append(self._discriminant(reference, cells))
        index = NearestIndex("cosine", random_state=self.seed).add(reference, self.types)
        found = index.nearest(cells, self.n_neighbors)
        shares.append(self._neighbours(found.labels, found.distances))
        voted = np.mean(shares, axis=0)
        far = found.distances[:, :_OWN].mean(axis=1)
        own = min(_OWN, len(cells) - 1)
        if own < 1:
            return _Reading(voted, far, found.rows, found.distances, cells)
        beside = NearestIndex("cosine", random_state=self.seed).add(cells, np.zeros(len(cells)))
        around = beside.nearest(cells, own + 1)
        # As dense a sample of both: the tenth of a thousand is as far as the first of a hundred.
        like = int(np.clip(round(_OWN * len(cells) / len(reference)), min(2, own), own))
        apart = far - around.distances[:, 1 : like + 1].mean(axis=1)
        voted, apart = ((one + one[around.rows].mean(axis=1)) / 2 for one in (voted, apart))
        return _Reading(voted, apart, found.rows, found.distances, cells)

    def _discriminant(self, reference: Floats, cells: Floats) -> Floats:
        """Return the shares of linear discriminant analysis, [m, K]; a type may have one cell."""
        model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=self.prior)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Only one sample")
            return np.asarray(model.fit(reference, self.types).predict_proba(cells))

    def _neighbours(self, types: Ints, distances: Floats) -> Floats:
        near = self.weight_of[types] / np.maximum(distances, 1e-6)
        shares = np.zeros((len(types), len(self.prior)))
        np.add.at(shares, (np.arange(len(types))[:, None], types), near)
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    @staticmethod
    def _blocks(
        logged: sparse.csr_matrix,
        mean: Floats,
        deviation: Floats,
        function: Callable[[NDArray[np.float32]], Floats],
    ) -> Floats:
        return np.concatenate([function(one) for one in _scaled(logged, mean, deviation)])


def _scaled(
    logged: sparse.csr_matrix, mean: Floats, deviation: Floats
) -> Iterator[NDArray[np.float32]]:
    for start in range(0, logged.shape[0], _BLOCK):
        yield Reference.scale(logged[start : start + _BLOCK], mean, deviation)


def _some(logged: sparse.csr_matrix, seed: int) -> sparse.csr_matrix:
    if logged.shape[0] <= _SEEN:
        return logged
    return logged[np.random.default_rng(seed).choice(logged.shape[0], _SEEN, replace=False)]


def variable(counts: sparse.csr_matrix, genes: Ints, most: int) -> Ints:
    """Return the most variable of some genes, which are read; all where there are not more."""
    if len(genes) <= most:
        return genes
    return genes[highly_variable(counts[:, genes], n_top_genes=most)]


def require_genes(genes: Ints) -> None:
    """Refuse cells of which hardly a gene was counted often enough to be read.

    Raises
    ------
    InputError
        With how many there are.
    """
    if len(genes) < _GENES:
        raise InputError(
            f"{len(genes)} genes were counted in several cells, {_GENES} are needed",
            slot="X",
            remedy="Give more cells, or deeper ones.",
        )
