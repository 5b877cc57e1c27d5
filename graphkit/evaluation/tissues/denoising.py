"""Evaluate denoising on a user's own slide, beside means and tuned components."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from graphkit.builders.neighbors.table import SpotTable, isolated, spot_table
from graphkit.errors import InputError
from graphkit.evaluation.intervals import seed_interval
from graphkit.evaluation.tissues.baselines import (
    NEIGHBORS,
    PCANeighbors,
    gene_mean,
    neighbor_mean,
    pca_neighbors,
    tune_pca_neighbors,
)
from graphkit.evaluation.tissues.borders import BorderContrast, border_contrast
from graphkit.evaluation.tissues.thinning import gene_frequencies, poisson_nll, thin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from graphkit.evaluation.intervals import Interval

    Fit = Callable[[sparse.csr_matrix, SpotTable, int], NDArray[np.floating]]

MODEL, MEAN, NEAR, PCA = "model", "gene mean", "neighbour mean", "PCA + neighbours"
SELF, SHUFFLED = "model, spots alone", "model, shuffled coordinates"
FEWEST_COUNTS = 20


@dataclass(frozen=True)
class DenoiseRow:
    """One line of the table.

    Parameters
    ----------
    name
        Who predicted.
    losses : tuple of float
        Poisson loss per held-out molecule with each seed, lower is better.
    gain
        Loss of the gene mean minus this one, over seeds.
    behind : Interval or None
        This loss minus the model's on the same halves; None for the model itself.
    border
        Mean contrast at borders, where labels were given.
    """

    name: str
    losses: tuple[float, ...]
    gain: Interval
    behind: Interval | None
    border: BorderContrast | None


@dataclass(frozen=True)
class DenoiseReport:
    """The table, and what follows from it.

    Parameters
    ----------
    rows
        The model first.
    choices
        Rank and neighbours of the baseline with each seed.
    equivalent_depth
        How many times as many molecules the tuned baseline would need to predict as well: the
        model's lead over it, at what a doubling of the molecules brings the baseline. NaN where
        more molecules did not help it.
    shuffled_share
        What neighbours bring where coordinates are shuffled, over what they bring: near or below 0
        is right. NaN without controls, or where neighbours bring nothing.
    n_spots, n_genes
        What was scored.
    """

    rows: tuple[DenoiseRow, ...]
    choices: tuple[PCANeighbors, ...]
    equivalent_depth: float
    shuffled_share: float
    n_spots: int
    n_genes: int


def compare_denoisers(
    counts: sparse.csr_matrix,
    points: NDArray[np.floating],
    fit: Fit,
    *,
    library: NDArray[np.integer] | None = None,
    labels: ArrayLike | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    n_genes: int = 2000,
    n_neighbors: int = 18,
    controls: bool = True,
) -> DenoiseReport:
    """Score a denoiser by molecular cross-validation, beside its baselines on the same halves.

    Genes, the baseline's settings and all normalisation come from the training half. Spots with
    fewer than 20 counts are left out.

    Parameters
    ----------
    counts : csr_matrix [n, G]
        Raw counts.
    points : ndarray [n, d]
        Coordinates.
    fit
        Trains on (counts [m, g], neighbours, seed) and returns shares of genes [m, g].
    library, labels : array [n], optional
        Slide and layer of each spot.
    seeds
        One thinning and one training each.
    n_genes
        The most abundant ones are scored.
    n_neighbors
        What the model gets.
    controls
        Whether the model is also trained on spots alone and on shuffled coordinates.

    Raises
    ------
    InputError
        If fewer than 30 spots have 20 counts.
    """
    kept = np.flatnonzero(np.asarray(counts.sum(axis=1)).ravel() >= FEWEST_COUNTS)
    if len(kept) < 30:
        raise InputError(
            f"only {len(kept)} spots have {FEWEST_COUNTS} counts or more",
            slot="X",
            remedy="An evaluation needs 30 such spots.",
        )
    counts, points = sparse.csr_matrix(counts[kept]), np.asarray(points)[kept]
    slides = np.zeros(len(kept), dtype=np.int64) if library is None else np.asarray(library)[kept]
    names = None if labels is None else np.asarray(labels, dtype=object)[kept]
    slide = _Slide(counts, points, slides, names, n_genes, n_neighbors)
    trials = [slide.trial(fit, seed, controls=controls) for seed in seeds]
    mean = np.array([trial.losses[MEAN] for trial in trials])
    model = np.array([trial.losses[MODEL] for trial in trials])
    rows = []
    for name in trials[0].losses:
        loss = np.array([trial.losses[name] for trial in trials])
        behind = None if name == MODEL else seed_interval(loss - model)
        contrast = [trial.borders[name] for trial in trials if name in trial.borders]
        border = BorderContrast(*np.mean(contrast, axis=0).tolist()) if contrast else None
        rows.append(
            DenoiseRow(name, tuple(loss.tolist()), seed_interval(mean - loss), behind, border)
        )
    return DenoiseReport(
        tuple(rows),
        tuple(trial.choice for trial in trials),
        _equivalent_depth(rows, float(np.mean([trial.doubling for trial in trials]))),
        _shuffled_share(rows),
        len(kept),
        min(n_genes, counts.shape[1]),
    )


@dataclass(frozen=True)
class _Trial:
    losses: dict[str, float]
    borders: dict[str, BorderContrast]
    choice: PCANeighbors
    doubling: float


@dataclass(frozen=True)
class _Slide:
    counts: sparse.csr_matrix
    points: NDArray[np.floating]
    library: NDArray[np.integer]
    labels: NDArray[np.object_] | None
    n_genes: int
    n_neighbors: int

    def trial(self, fit: Fit, seed: int, *, controls: bool) -> _Trial:
        train, held = thin(self.counts, seed=seed)
        most = np.argsort(-np.asarray(train.sum(axis=0)).ravel(), kind="stable")[: self.n_genes]
        train, held = sparse.csr_matrix(train[:, most]), sparse.csr_matrix(held[:, most])
        table, wide = self._table(self.n_neighbors), self._table(max(NEIGHBORS))
        choice = tune_pca_neighbors(train, wide, seed=seed)
        rates: dict[str, NDArray[np.floating]] = {
            MODEL: fit(train, table, seed),
            PCA: pca_neighbors(train, wide, choice),
            NEAR: neighbor_mean(train, table),
            MEAN: gene_mean(train),
        }
        if controls:
            rates[SELF] = fit(train, isolated(len(self.points)), seed)
            rates[SHUFFLED] = fit(train, self._table(self.n_neighbors, shuffle=seed), seed)
        frequencies = gene_frequencies(train)
        losses = {name: poisson_nll(found, held, frequencies) for name, found in rates.items()}
        borders = {}
        if self.labels is not None:
            touching = self._table(6)
            borders = {
                name: border_contrast(found, held, self.labels, touching)
                for name, found in rates.items()
            }
        fewer = thin(train, seed=seed).train
        at_half = poisson_nll(pca_neighbors(fewer, wide, choice), held, gene_frequencies(fewer))
        return _Trial(losses, borders, choice, at_half - losses[PCA])

    def _table(self, n_neighbors: int, *, shuffle: int | None = None) -> SpotTable:
        points = self.points
        if shuffle is not None:
            generator, points = np.random.default_rng(shuffle), points.copy()
            for slide in np.unique(self.library):
                members = np.flatnonzero(self.library == slide)
                points[members] = points[generator.permutation(members)]
        most = int(np.bincount(self.library).max()) - 1
        return spot_table(points, n_neighbors=min(n_neighbors, most), library=self.library)


def _gain(rows: Sequence[DenoiseRow], name: str) -> float:
    return next((row.gain.estimate for row in rows if row.name == name), math.nan)


def _equivalent_depth(rows: Sequence[DenoiseRow], doubling: float) -> float:
    lead = _gain(rows, MODEL) - _gain(rows, PCA)
    return 2.0 ** min(lead / doubling, 10.0) if doubling > 0 else math.nan


def _shuffled_share(rows: Sequence[DenoiseRow]) -> float:
    alone = _gain(rows, SELF)
    brought = _gain(rows, MODEL) - alone
    return (_gain(rows, SHUFFLED) - alone) / brought if brought > 0 else math.nan
