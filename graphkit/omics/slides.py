"""Several slides in one table: recognised before they are taken for one tissue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from graphkit.errors import InputError
from graphkit.omics.keys import SPATIAL

if TYPE_CHECKING:
    import pandas as pd
    from anndata import AnnData
    from numpy.typing import NDArray

# Names of columns that people tell slides apart by.
_NAMES = frozenset(
    (
        *("slice", "slide", "slide_id", "sample", "sample_id", "sample_name", "library"),
        *("library_id", "section", "section_id", "batch", "capture_area", "puck"),
    )
)
_MOST_SLIDES = 100
# Share of places of the array that are taken once more.
_SHARED = 0.01
# The four nearest spots of a grid are about as far away as the nearest.
_GRID = 1.1


def require_known_slides(
    adata: AnnData, *, spatial_key: str = SPATIAL, library_key: str | None = None
) -> None:
    """Refuse a table of several slides that nothing tells apart.

    Several slides show in an ``obs`` column named as slides are, in several keys of
    ``uns["spatial"]``, in places of the array that are taken twice, and in a column whose groups
    are grids that lie on one another.

    Parameters
    ----------
    adata : AnnData [n, G]
        Spots with coordinates.
    spatial_key
        ``obsm`` key of the coordinates.
    library_key
        ``obs`` column that tells slides apart; nothing is looked for where it is given.

    Raises
    ------
    InputError
        Naming the column to give.
    """
    if library_key is not None or spatial_key not in adata.obsm:
        return
    few = {
        str(name): column
        for name, column in adata.obs.items()
        if 2 <= column.nunique() <= _MOST_SLIDES
    }
    keys = adata.uns.get("spatial", ())
    photographs = {str(key) for key in keys} if len(keys) > 1 else set()
    points = np.asarray(adata.obsm[spatial_key], dtype=np.float64)[:, :2]
    named = [name for name in few if name.lower() in _NAMES]
    spelled = [name for name, one in few.items() if set(one.astype(str)) <= photographs]
    grids = [] if _is_grid(points) else [name for name, one in few.items() if _grids(points, one)]
    reasons = {
        f"uns['spatial'] has {len(photographs)} slides": photographs,
        "places of the array are taken twice": _taken_twice(adata),
        "grids lie on one another": grids,
        "a column names them": named,
    }
    reason = next((reason for reason, shows in reasons.items() if shows), None)
    if reason is None:
        return
    column = next(iter([*spelled, *named, *grids]), None)
    raise InputError(
        f"several slides in one table: {reason}",
        slot=f"obsm[{spatial_key!r}]" if column is None else f"obs[{column!r}]",
        remedy="Put the slide of each spot into a column of obs and name it with library_key."
        if column is None
        else f"Tell them apart with library_key={column!r}.",
    )


def _taken_twice(adata: AnnData) -> bool:
    if not {"array_row", "array_col"} <= set(adata.obs):
        return False
    taken = adata.obs[["array_row", "array_col"]].duplicated().mean()
    return bool(taken > _SHARED)


def _is_grid(points: NDArray[np.float64]) -> bool:
    if len(points) < 10:
        return False
    away = cKDTree(points).query(points, k=5)[0][:, 1:]
    return bool(np.median(away[:, 3] / np.maximum(away[:, 0], 1e-12)) < _GRID)


def _grids(points: NDArray[np.float64], column: pd.Series) -> bool:
    groups = column.astype(str).to_numpy()
    return all(_is_grid(points[groups == one]) for one in np.unique(groups))
