"""What is read of spots: principal components of genes, or an embedding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphkit.builders import GeneLoadings
from graphkit.builders.neighbors.base import representation
from graphkit.errors import InputError
from graphkit.evaluation.tissues.thinning import thin
from graphkit.omics import (
    Components,
    gene_index,
    highly_variable,
    libraries,
    log_normalise,
    principal_components,
    raw_counts,
)

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray

# Robust standard deviations beyond which a component is cut: no odd spot may lead the mixture.
_CUT = 3.0
# Draws of half of the columns of an embedding.
_SPLITS = 3


class Cut(NamedTuple):
    """What centres each feature within its slide and cuts what is far out, [n, F] each.

    Parameters
    ----------
    middle, limit
        Median of the slide; robust standard deviations of it that are kept, on either side.
    shift
        Mean of what is left.
    """

    middle: NDArray[np.float64]
    limit: NDArray[np.float64]
    shift: NDArray[np.float64]

    def apply(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the features centred and cut."""
        return np.clip(values - self.middle, -self.limit, self.limit) - self.shift


@dataclass(frozen=True)
class SpotReader:
    """How features are read from spots: principal axes of genes, or columns of an embedding.

    Parameters
    ----------
    genes : tuple of str [G]
        Variable genes; empty where `use_rep` is read.
    loadings, mean : ndarray [G, F], [G]
        Principal axes, and mean log-normalised expression; of columns where `use_rep` is read.
    target_sum
        Total of every spot in the normalisation.
    scale
        Standard deviation of the first feature, by which all are divided.
    use_rep
        ``obsm`` key, or ``"X"``.
    """

    genes: tuple[str, ...]
    loadings: NDArray[np.float32]
    mean: NDArray[np.float32]
    target_sum: float
    scale: float
    use_rep: str | None = None

    @property
    def source(self) -> str:
        """What is read, in words."""
        width = self.loadings.shape[1]
        rows = len(self.loadings)
        what = (
            f"{rows} variable genes"
            if self.use_rep is None
            else f"{rows} columns of {self.use_rep}"
        )
        return what if rows == width else f"{width} principal components of {what}"

    def read(
        self, adata: AnnData, *, layer: str | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return features [n, F] of `adata`, and loadings and mean of all its genes.

        They are neither centred within slides nor cut.

        Raises
        ------
        InputError
            If genes or the embedding are missing.
        """
        width = self.loadings.shape[1]
        if self.use_rep is not None:
            values = representation(adata, self.use_rep)
            if values.shape[1] != len(self.mean):
                raise InputError(
                    f"{values.shape[1]} columns for a model of {len(self.mean)}", slot=self.use_rep
                )
            return (values - self.mean) @ self.loadings, np.empty((0, width)), np.empty(0)
        columns = gene_index(adata, self.genes)
        loadings, mean = np.zeros((adata.n_vars, width)), np.zeros(adata.n_vars)
        loadings[columns], mean[columns] = self.loadings, self.mean
        logged = log_normalise(raw_counts(adata, layer=layer), target_sum=self.target_sum)
        return GeneLoadings(adata.var_names, loadings, mean, logged).features(), loadings, mean


@dataclass(frozen=True)
class SpotFeatures:
    """Features of spots.

    Parameters
    ----------
    table : ndarray [n, F]
        Centred within each slide and cut; the first column has a standard deviation of about 1.
    halves : sequence of pairs of ndarray [n, *]
        The same of two independent halves of the molecules; without counts, of the features.
    library : int ndarray [n]
        Slide of each spot.
    """

    table: NDArray[np.float64]
    halves: tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]
    library: NDArray[np.int64]


def spot_features(
    adata: AnnData,
    *,
    n_top_genes: int,
    n_components: int,
    use_rep: str | None = None,
    layer: str | None = None,
    library_key: str | None = None,
    seed: int = 0,
) -> tuple[SpotFeatures, SpotReader]:
    """Return the features of the spots of `adata`, and what reads them from other tissues.

    Parameters
    ----------
    adata : AnnData [n, G]
        Counts.
    n_top_genes, n_components
        Variable genes, and principal components of them, or of the columns of `use_rep`.
    use_rep
        ``obsm`` key, or ``"X"``, to use in place of counts: all its columns.
    layer
        Layer of the raw counts.
    library_key
        ``obs`` column that tells slides apart; each is centred by itself.
    seed
        Of the halves.

    Raises
    ------
    InputError
        If there are no raw counts, or there is no such embedding.
    """
    library = libraries(adata, library_key=library_key).codes
    if use_rep is not None:
        values = representation(adata, use_rep)
        width = values.shape[1]
        eye, zero = np.eye(width, dtype=np.float32), np.zeros(width, dtype=np.float32)
        found = Components(values.astype(np.float32), eye, zero)
        if width > n_components:
            found = principal_components(values, n_components=n_components)
        table, scale = _units(found.scores, library)
        reader = SpotReader((), found.loadings, found.mean, 1.0, scale, use_rep)
        return SpotFeatures(table, _halves_of_columns(table, seed), library), reader
    counts = raw_counts(adata, layer=layer)
    genes = highly_variable(counts, n_top_genes=n_top_genes, batch=library)
    depth = np.asarray(counts.sum(axis=1, dtype=np.float64))
    total = float(np.median(depth[depth > 0]))
    found = principal_components(
        log_normalise(counts, target_sum=total)[:, genes], n_components=n_components
    )
    table, scale = _units(found.scores, library)
    names = tuple(map(str, adata.var_names[genes]))
    reader = SpotReader(names, found.loadings, found.mean, total, scale)
    first, second = (log_normalise(half)[:, genes] for half in thin(counts, seed=seed))
    axes = principal_components(first, n_components=n_components).loadings
    halves = tuple(_units(half @ axes, library)[0] for half in (first, second))
    return SpotFeatures(table, ((halves[0], halves[1]),), library), reader


def kept_spots(
    adata: AnnData, *, layer: str | None, use_rep: str | None, min_counts: int, off_tissue: bool
) -> NDArray[np.int64]:
    """Return the spots that lie on the tissue and have counts.

    Parameters
    ----------
    adata : AnnData [n, G]
        Spots; ``obs["in_tissue"]`` says which are on the tissue, where it is there.
    layer, use_rep
        What is read of them; counts are looked at where no embedding is.
    min_counts
        Fewest counts.
    off_tissue
        Whether those off the tissue are kept.

    Raises
    ------
    InputError
        If there are none.
    """
    kept = np.ones(adata.n_obs, dtype=bool)
    if use_rep is None:
        kept &= np.asarray(raw_counts(adata, layer=layer).sum(axis=1)).ravel() >= min_counts
    if "in_tissue" in adata.obs and not off_tissue:
        kept &= adata.obs["in_tissue"].astype(str).isin(("1", "1.0", "True")).to_numpy()
    if not kept.any():
        raise InputError(
            f"no spot on the tissue has {min_counts} counts or more",
            slot="min_counts",
            remedy="Choose a smaller number.",
        )
    return np.flatnonzero(kept)


def _units(
    values: NDArray[np.floating], library: NDArray[np.int64]
) -> tuple[NDArray[np.float64], float]:
    """Return features centred, cut and scaled, and what they were divided by."""
    centred = cut_within(values, library).apply(values)
    scale = float(centred[:, 0].std()) or 1.0
    return centred / scale, scale


def _halves_of_columns(
    table: NDArray[np.float64], seed: int
) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]:
    width = table.shape[1]
    if width < 2:
        return ((table, table),)
    generator = np.random.default_rng(seed)
    draws = [generator.permutation(width) for _ in range(_SPLITS)]
    return tuple((table[:, one[: width // 2]], table[:, one[width // 2 :]]) for one in draws)


def cut_within(
    values: NDArray[np.floating],
    library: NDArray[np.int64],
    kept: NDArray[np.int64] | None = None,
) -> Cut:
    """Return what centres and cuts features [n, F] within each slide, by the spots kept."""
    cut = Cut(*(np.zeros(values.shape) for _ in range(3)))
    counted = np.zeros(len(values), dtype=bool)
    counted[slice(None) if kept is None else kept] = True
    for one in np.unique(library[counted]):
        rows, seen = library == one, counted & (library == one)
        cut.middle[rows] = middle = np.median(values[seen], axis=0)
        away = values[seen] - middle
        spread = 1.4826 * np.median(np.abs(away), axis=0)
        cut.limit[rows] = limit = np.where(spread > 0, _CUT * spread, np.inf)
        cut.shift[rows] = np.clip(away, -limit, limit).mean(axis=0)
    return cut
