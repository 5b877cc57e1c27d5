"""Cells on a map: two numbers each, near where cells are alike."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Cells that have no place, and fewer than this many others, lie along a line.
_FEWEST = 5


def umap(points: NDArray[np.floating], *, seed: int = 0) -> NDArray[np.float32]:
    """Return scanpy's UMAP of cells, [n, 2]; NaN for those whose numbers are NaN.

    It is made to be looked at: distances between groups and their sizes on it mean nothing.

    Parameters
    ----------
    points : ndarray [n, d]
        An embedding.
    seed
        Of its start.

    References
    ----------
    McInnes et al. 2018, arXiv:1802.03426.

    Examples
    --------
    >>> umap(np.array([[0.0], [1.0], [np.nan]])).shape
    (3, 2)
    """
    known = np.isfinite(points).all(axis=1)
    found = np.full((len(points), 2), np.nan, dtype=np.float32)
    if known.sum() < _FEWEST:
        found[known] = np.arange(known.sum())[:, None] * [1, 0]
        return found
    import anndata
    import scanpy

    cells = anndata.AnnData(np.asarray(points[known], dtype=np.float32))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numba, and that a seed costs threads
        scanpy.pp.neighbors(cells, use_rep="X", random_state=seed)
        scanpy.tl.umap(cells, random_state=seed)
    found[known] = cells.obsm["X_umap"]
    return found
