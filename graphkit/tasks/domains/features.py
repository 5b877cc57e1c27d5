"""What a network reads of spots: principal components of genes, or an embedding as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from graphkit.builders import ExpressionKNN, GeneLoadings
from graphkit.builders.neighbors.base import representation
from graphkit.builders.neighbors.graph import normalised, row_mean, sparse_tensor
from graphkit.errors import InputError
from graphkit.omics import (
    as_csr,
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
    from torch import Tensor

# A table with more columns than this, and without a negative number, holds genes.
_MOST_COLUMNS = 200
# Robust standard deviations beyond which a component is cut: no odd spot may lead the mixture.
_CUT = 3.0
_GENE_NEIGHBORS = 5


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
        Variable genes; empty where features are columns of `use_rep`.
    loadings, mean : ndarray [G, F], [G]
        Principal axes, and mean log-normalised expression.
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
        if self.use_rep is not None:
            return f"the first {width} columns of {self.use_rep}"
        return f"{width} principal components of {len(self.genes)} variable genes"

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
            if values.shape[1] < width:
                raise InputError(
                    f"{values.shape[1]} columns for a model of {width}", slot=self.use_rep
                )
            return values[:, :width], np.empty((0, width)), np.empty(0)
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
    table : ndarray [n, d]
        Centred within each slide; the first column has a standard deviation of about 1.
    loadings : ndarray [G, d]
        What is known of each gene; an identity where the features have no genes.
    library : int ndarray [n]
        Slide of each spot.
    """

    table: NDArray[np.float32]
    loadings: NDArray[np.float32]
    library: NDArray[np.int64]

    def columns(self, kept: NDArray[np.int64]) -> SpotFeatures:
        """Return the features without the others."""
        square = _is_identity(self.loadings)
        loadings = np.eye(len(kept), dtype=np.float32) if square else self.loadings[:, kept]
        return replace(self, table=self.table[:, kept], loadings=loadings)


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
        Counts, or an embedding in X (few columns, negative numbers), which is taken as it is.
    n_top_genes, n_components
        Variable genes, and principal components of them.
    use_rep
        ``obsm`` key, or ``"X"``, to use in place of genes.
    layer
        Layer of the raw counts.
    library_key
        ``obs`` column that tells slides apart; each is centred by itself.
    seed
        Of the principal components.

    Raises
    ------
    InputError
        If there are neither raw counts nor an embedding.
    """
    library = libraries(adata, library_key=library_key).codes
    if use_rep is None and layer is None and _is_embedding(adata):
        use_rep = "X"
    if use_rep is not None:
        values = representation(adata, use_rep)[:, :n_components]
        loadings = np.eye(values.shape[1], dtype=np.float32)
        names: tuple[str, ...] = ()
        mean, total = np.empty(0, dtype=np.float32), 1.0
    else:
        counts = raw_counts(adata, layer=layer)
        genes = highly_variable(counts, n_top_genes=n_top_genes, batch=library)
        names = tuple(map(str, adata.var_names[genes]))
        depth = np.asarray(counts.sum(axis=1, dtype=np.float64))
        total = float(np.median(depth[depth > 0]))
        logged = log_normalise(counts, target_sum=total)[:, genes]
        found = principal_components(logged, n_components=n_components, seed=seed)
        values = np.asarray(found.scores, dtype=np.float64)
        loadings, mean = np.asarray(found.loadings, dtype=np.float32), found.mean
    centred = cut_within(values, library).apply(values)
    scale = float(centred[:, 0].std()) or 1.0
    table = (centred / scale).astype(np.float32)
    reader = SpotReader(names, loadings, mean, total, scale, use_rep)
    return SpotFeatures(table, loadings, library), reader


def gene_graph(loadings: NDArray[np.float32]) -> Tensor:
    """Return the normalised graph of the nearest genes, self-loops included: sparse [G, G]."""
    n = len(loadings)
    nearest = sparse.csr_matrix((n, n), dtype=np.float32)
    if n > _GENE_NEIGHBORS + 1 and not _is_identity(loadings):
        nearest = ExpressionKNN(_GENE_NEIGHBORS).graph(loadings.astype(np.float64)).connectivities
    return sparse_tensor(normalised(nearest))


def smoothed(
    values: NDArray[np.floating], connectivities: sparse.csr_matrix, hops: int
) -> NDArray[np.float64]:
    """Average a spot with its neighbours `hops` times.

    Parameters
    ----------
    values : ndarray [n, d]
        Features.
    connectivities : csr [n, n]
        Neighbours, without self-loops; an isolated spot keeps its values.
    hops
        Times.
    """
    mean = row_mean(sparse.csr_matrix(connectivities) + sparse.eye(len(values), format="csr"))
    found = np.asarray(values, dtype=np.float64)
    for _ in range(hops):
        found = mean @ found
    return found


def _is_embedding(adata: AnnData) -> bool:
    if adata.X is None or adata.shape[1] > _MOST_COLUMNS:
        return False
    data = as_csr(adata.X, slot="X").data
    return bool(len(data)) and float(np.nanmin(data)) < 0


def _is_identity(loadings: NDArray[np.float32]) -> bool:
    return np.array_equal(loadings, np.eye(*loadings.shape))


def cut_within(values: NDArray[np.floating], library: NDArray[np.int64]) -> Cut:
    """Return what centres and cuts features [n, F] within each slide."""
    cut = Cut(*(np.empty(values.shape) for _ in range(3)))
    for one in np.unique(library):
        rows = library == one
        cut.middle[rows] = middle = np.median(values[rows], axis=0)
        away = values[rows] - middle
        spread = 1.4826 * np.median(np.abs(away), axis=0)
        cut.limit[rows] = limit = np.where(spread > 0, _CUT * spread, np.inf)
        cut.shift[rows] = np.clip(away, -limit, limit).mean(axis=0)
    return cut
