"""What is read of spots: principal components of genes, or an embedding."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch

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
from graphkit.omics.mapped import columns_of
from graphkit.tasks.domains.slides import cut_within, mixing, shared_clusters

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray
    from torch import Tensor

    from graphkit.tasks.spatial_estimator import StoredModel

# Draws of half of the columns of an embedding.
_SPLITS = 3


@dataclass(frozen=True)
class SpotReader:
    """Reader of features of spots: by principal axes of genes, or columns of an embedding.

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
    middles : ndarray [C, F]
        Clusters that the slides share; None where each is centred by itself.
    """

    genes: tuple[str, ...]
    loadings: NDArray[np.float32]
    mean: NDArray[np.float32]
    target_sum: float
    scale: float
    use_rep: str | None = None
    middles: NDArray[np.float64] | None = None

    @property
    def source(self) -> str:
        """Description of what is read, for users."""
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

    def stored(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Return JSON values and tensors that :meth:`restore` needs."""
        fields = {
            "genes": list(self.genes),
            "use_rep": self.use_rep,
            "target_sum": self.target_sum,
            "scale": self.scale,
        }
        arrays = {"loadings": self.loadings, "mean": self.mean, "middles": self.middles}
        tensors = {k: torch.from_numpy(one) for k, one in arrays.items() if one is not None}
        return fields, tensors

    @classmethod
    def restore(cls, stored: StoredModel) -> Self:
        """Read it from a model folder; each value is checked.

        Raises
        ------
        InputError
            If a value is missing or unusable.
        """
        genes = stored.names("genes")
        use_rep = None if stored.config.get("use_rep") is None else stored.text("use_rep")
        if (use_rep is None) != bool(genes):
            raise stored.error("beside genes, or neither", "use_rep")
        loadings = stored.tensor("loadings", (len(genes) or None, None), torch.float32)
        rows, width = loadings.shape
        middles = None
        if "middles" in stored.tensors:
            middles = stored.tensor("middles", (None, width), torch.float64).numpy()
        return cls(
            genes,
            loadings.numpy(),
            stored.tensor("mean", (rows,), torch.float32).numpy(),
            stored.positive("target_sum"),
            stored.positive("scale"),
            use_rep,
            middles,
        )


@dataclass(frozen=True)
class SpotFeatures:
    """Features of spots.

    Parameters
    ----------
    table : ndarray [n, F]
        Cut, and without what slides add; the first column has a standard deviation of about 1.
    halves : sequence of pairs of ndarray [n, *]
        The same of two independent halves of the molecules; without counts, of the features.
    library : int ndarray [n]
        Slide of each spot.
    mixed
        Of several slides, how far they are mixed, as they were and in `table`.
    """

    table: NDArray[np.float64]
    halves: tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]
    library: NDArray[np.int64]
    mixed: tuple[float, float] | None = None


def spot_features(
    adata: AnnData,
    *,
    n_top_genes: int,
    n_components: int,
    use_rep: str | None = None,
    layer: str | None = None,
    library_key: str | None = None,
    integrate: str = "means",
    n_clusters: int = 2,
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
        ``obs`` column that tells slides apart.
    integrate, n_clusters
        How slides are brought together, one of :data:`~graphkit.tasks.domains.slides.INTEGRATIONS`;
        for ``"effects"``, clusters that they share.
    seed
        Of the halves and the clusters.

    Raises
    ------
    InputError
        If there are no raw counts, there is no such embedding, or harmonypy is not installed.
    """
    library = libraries(adata, library_key=library_key).codes
    together = library.max() > 0 and integrate != "means"
    shared = n_clusters if together and integrate == "effects" else None
    harmony = integrate == "harmony"
    units = partial(_units, library=library, n_clusters=shared, harmony=harmony, seed=seed)
    names: tuple[str, ...] = ()
    if use_rep is not None:
        values, total = representation(adata, use_rep), 1.0
        width = values.shape[1]
        eye, zero = np.eye(width, dtype=np.float32), np.zeros(width, dtype=np.float32)
        found = Components(values.astype(np.float32), eye, zero)
        if width > n_components:
            found = principal_components(values, n_components=n_components)
        table, scale, middles = units(found.scores)
        halves = _halves_of_columns(table, seed)
    else:
        counts = raw_counts(adata, layer=layer)
        genes = highly_variable(counts, n_top_genes=n_top_genes, batch=library)
        depth = np.asarray(counts.sum(axis=1, dtype=np.float64))
        total = float(np.median(depth[depth > 0]))
        logged = log_normalise(counts, target_sum=total)
        found = principal_components(columns_of(logged, genes), n_components=n_components)
        table, scale, middles = units(found.scores)
        names = tuple(map(str, adata.var_names[genes]))
        first, second = (columns_of(log_normalise(half), genes) for half in thin(counts, seed=seed))
        axes = principal_components(first, n_components=n_components).loadings
        halves = ((units(first @ axes)[0], units(second @ axes)[0]),)
    reader = SpotReader(names, found.loadings, found.mean, total, scale, use_rep, middles)
    mixed = None if not together else (mixing(found.scores, library), mixing(table, library))
    return SpotFeatures(table, halves, library, mixed), reader


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
    values: NDArray[np.floating],
    library: NDArray[np.int64],
    *,
    n_clusters: int | None,
    harmony: bool,
    seed: int,
) -> tuple[NDArray[np.float64], float, NDArray[np.float64] | None]:
    """Return features cut, without slides' effects and scaled; the scale, and shared clusters."""
    cut, middles = cut_within(values, library, harmony=harmony), None
    if n_clusters is not None:
        inside = cut.apply(values) + cut.shift + cut.middle
        middles = shared_clusters(inside, library, n_clusters, seed=seed)
        cut = cut_within(values, library, middles=middles)
    centred = cut.apply(values)
    scale = float(centred[:, 0].std()) or 1.0
    return centred / scale, scale, middles


def _halves_of_columns(
    table: NDArray[np.float64], seed: int
) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]:
    width = table.shape[1]
    if width < 2:
        return ((table, table),)
    generator = np.random.default_rng(seed)
    draws = [generator.permutation(width) for _ in range(_SPLITS)]
    return tuple((table[:, one[: width // 2]], table[:, one[width // 2 :]]) for one in draws)
