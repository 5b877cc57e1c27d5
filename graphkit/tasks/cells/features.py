"""What clusters of cells are told by: components of scaled genes, without what batches add."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from graphkit.errors import InputError
from graphkit.omics import (
    column_moments,
    libraries,
    log_normalise,
    named_as_slides,
    principal_components,
)
from graphkit.sequences.labels import is_missing
from graphkit.tasks.domains.slides import mixing, shared_clusters, slide_effect

if TYPE_CHECKING:
    import pandas as pd
    from anndata import AnnData
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Standard deviations at which a scaled gene is cut, as scanpy's users do.
_CUT = 10.0
# Clusters by which the effect of a batch is told: more than there are types, for those of one batch
# alone are clusters of their own.
_SHARED = 20
# Values of a column that may name batches, and how often cells near one another are of two batches
# where these keep them apart, at most; 1 for by chance.
_BATCHES, _APART = 50, 0.5


def scaled_components(
    counts: sparse.csr_matrix,
    genes: Ints,
    *,
    n_components: int,
    also: sparse.csr_matrix | None = None,
    seed: int = 0,
) -> tuple[Floats, ...]:
    """Return principal components of scaled genes, [n, d]: those of scanpy's usual recipe.

    Parameters
    ----------
    counts : csr_matrix [n, G]
        Of the cells.
    genes : int64 [g]
        Columns that are read.
    n_components
        At most so many.
    also : csr_matrix [m, G]
        Counts whose place on the same axes is returned too.
    seed
        Of the iteration; it moves the result by rounding only.

    Examples
    --------
    >>> counts = sparse.csr_matrix(np.random.default_rng(0).poisson(2.0, (30, 8)))
    >>> [one.shape for one in scaled_components(counts, np.arange(8), n_components=3, also=counts)]
    [(30, 3), (30, 3)]
    """
    tables = [_scaled(one, genes) for one in (counts, also) if one is not None]
    most = min(n_components, min(tables[0].shape) - 1)
    axes = principal_components(tables[0], n_components=most, seed=seed).loadings
    return tuple(_centred(np.asarray(one @ axes, dtype=np.float64)) for one in tables)


def batches_of(adata: AnnData, batch_key: str | None) -> Ints:
    """Return the batch of each cell, [n], from 0; all of one where there is no column of them.

    Raises
    ------
    InputError
        If the column is missing, cells have no batch, or there is but one.
    """
    if batch_key is None:
        return np.zeros(adata.n_obs, dtype=np.int64)
    slot = f"obs[{batch_key!r}]"
    if batch_key in adata.obs and any(
        missing := adata.obs[batch_key].astype(object).map(is_missing)
    ):
        raise InputError(
            f"{sum(missing):,} cells have no batch",
            slot=slot,
            record=str(adata.obs_names[int(np.argmax(missing))]),
            remedy="Name the batch of every cell, or remove those without.",
        )
    batch = libraries(adata, library_key=batch_key).codes
    if batch.max() == 0:
        remedy = "Name a column of several batches, or none."
        raise InputError("one batch", slot=slot, remedy=remedy)
    return batch


def warn_of_batches(values: Floats, obs: pd.DataFrame, *, seed: int = 0) -> bool:
    """Warn of the column that is named as batches are and keeps cells apart most, if any does.

    Parameters
    ----------
    values : ndarray [n, d]
        Features.
    obs : DataFrame [n, ...]
        What is known of the cells.
    seed
        Of the cells that are looked at, where there are many.
    """
    columns = named_as_slides(obs, most=_BATCHES)
    codes = {name: column.astype(str).factorize()[0] for name, column in columns.items()}
    mixed = {name: mixing(values, code, seed=seed) for name, code in codes.items()}
    apart = [name for name in mixed if mixed[name] <= _APART]
    if apart:
        # Of columns that say the same the finest is meant.
        name = min(apart, key=lambda name: (round(mixed[name], 1), -codes[name].max()))
        warnings.warn(
            f"cells near one another are mostly of one obs[{name!r}]: "
            f"if these are batches, cluster with batch_key={name!r}",
            stacklevel=3,
        )
    return bool(apart)


def without_batches(values: Floats, batch: Ints, *, seed: int = 0) -> Floats:
    """Return features without what each batch adds to the clusters it shares with others, [n, d].

    Batches of other types of cells keep them apart: no mean is taken away.

    Parameters
    ----------
    values : ndarray [n, d]
        Features.
    batch : int64 [n]
        Batches, from 0.
    seed
        Of the clusters.
    """
    if batch.max() == 0:
        return values
    number = min(_SHARED, len(values) // 4)
    middles = shared_clusters(values, batch, number, seed=seed)
    effects = [slide_effect(values[batch == one], middles) for one in range(batch.max() + 1)]
    return values - np.stack(effects)[batch]


def _scaled(counts: sparse.csr_matrix, genes: Ints) -> sparse.csr_matrix:
    """Return genes scaled and cut, less what each has where none was counted: it stays sparse."""
    logged = log_normalise(counts, target_sum=1e4)[:, genes]
    mean, deviation = column_moments(logged)
    nothing = np.maximum(-mean / deviation, -_CUT)
    column = logged.indices
    scaled = np.clip((logged.data - mean[column]) / deviation[column], -_CUT, _CUT)
    return sparse.csr_matrix((scaled - nothing[column], column, logged.indptr), logged.shape)


def _centred(values: Floats) -> Floats:
    return values - values.mean(axis=0)
