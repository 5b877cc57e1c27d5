"""What a network reads of spots: principal components of genes, or an embedding as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from graphkit.builders import ExpressionKNN
from graphkit.builders.neighbor_graph import normalised, row_mean, sparse_tensor
from graphkit.builders.spatial import representation
from graphkit.omics import (
    as_csr,
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
    source
        Where they come from, in words.
    """

    table: NDArray[np.float32]
    loadings: NDArray[np.float32]
    library: NDArray[np.int64]
    source: str

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
) -> SpotFeatures:
    """Return the features of the spots of `adata`.

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
        source = f"the first {values.shape[1]} columns of {use_rep}"
    else:
        counts = raw_counts(adata, layer=layer)
        genes = highly_variable(counts, n_top_genes=n_top_genes, batch=library)
        logged = log_normalise(counts)[:, genes]
        found = principal_components(logged, n_components=n_components, seed=seed)
        values = np.asarray(found.scores, dtype=np.float64)
        loadings = np.asarray(found.loadings, dtype=np.float32)
        source = f"{values.shape[1]} principal components of {len(genes)} variable genes"
    return SpotFeatures(_cut(values, library), loadings, library, source)


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


def _cut(values: NDArray[np.floating], library: NDArray[np.int64]) -> NDArray[np.float32]:
    found = np.array(values, dtype=np.float64)
    for one in np.unique(library):
        rows = library == one
        middle = np.median(found[rows], axis=0)
        spread = 1.4826 * np.median(np.abs(found[rows] - middle), axis=0)
        away = found[rows] - middle
        limit = np.where(spread > 0, _CUT * spread, np.inf)
        found[rows] = np.clip(away, -limit, limit)
        found[rows] -= found[rows].mean(axis=0)
    scale = found[:, 0].std()
    return (found / (scale if scale > 0 else 1.0)).astype(np.float32)
