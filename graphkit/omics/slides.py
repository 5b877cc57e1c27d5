"""Several slides in one table: recognised before they are taken for one tissue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import binom

from graphkit.errors import InputError
from graphkit.omics.keys import SPATIAL

if TYPE_CHECKING:
    import pandas as pd
    from anndata import AnnData
    from numpy.typing import NDArray

# Names of columns that people tell slides apart by.
_NAMES = re.compile(
    r"(tissue|brain)?(slice|slide|sample|section|library|batch|capture ?area|puck|specimen|donor"
    r"|patient|animal|mouse|subject|replicate|bregma)( ?(id|name|no|number|label|\d+))?"
    r"|orig ident",
    re.IGNORECASE,
)
_MOST_SLIDES = 100
# Share of places of the array that are taken once more.
_SHARED = 0.01
# Cells of one slide keep their distance: of so many spots that have another one nearest to them,
# nearly all have one of another slide, more often than chance would have it.
_NEAREST, _FEWEST, _MOST = 0.05, 15, 100
_STRANGERS, _CHANCE = 0.9, 1e-4
# Slides that lie on one another are about as wide as all of them together.
_WIDE = 0.5


def require_known_slides(
    adata: AnnData, *, spatial_key: str = SPATIAL, library_key: str | None = None
) -> None:
    """Refuse a table of several slides that nothing tells apart.

    Several slides show in an ``obs`` column named as slides are, in several keys of
    ``uns["spatial"]``, in places of the array that are taken twice, and in a column whose groups
    lie on one another: spots of two groups are nearer to each other than spots of one ever are.

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
    photographs = _photographs(adata)
    spelled = _spelled(adata, photographs)
    if spelled and spelled[0] not in few:  # one slide of several, cut out
        photographs = set()
    points = np.asarray(adata.obsm[spatial_key], dtype=np.float64)[:, :2]
    named = [name for name in few if _NAMES.fullmatch(re.sub(r"[_.\s]+", " ", name))]
    layers = _lying_on_one_another(points, few)
    reasons = {
        f"uns['spatial'] has {len(photographs)} slides": photographs,
        "places of the array are taken twice": _taken_twice(adata),
        "slides lie on one another": layers,
        "a column names them": named,
    }
    reason = next((reason for reason, shows in reasons.items() if shows), None)
    if reason is None:
        return
    finest = sorted([*named, *layers], key=lambda name: -few[name].nunique())
    column = next(iter([*(name for name in spelled if name in few), *finest]), None)
    raise InputError(
        f"several slides in one table: {reason}",
        slot=f"obsm[{spatial_key!r}]" if column is None else f"obs[{column!r}]",
        remedy="Put the slide of each spot into a column of obs and name it with library_key."
        if column is None
        else f"Tell them apart with library_key={column!r}.",
    )


def _photographs(adata: AnnData) -> set[str]:
    slides = adata.uns.get("spatial")
    if not isinstance(slides, Mapping) or {"images", "scalefactors"} & set(slides):
        return set()
    names = {str(name) for name, slide in slides.items() if isinstance(slide, Mapping)}
    return names if len(names) > 1 else set()


def _taken_twice(adata: AnnData) -> bool:
    if not {"array_row", "array_col"} <= set(adata.obs):
        return False
    taken = adata.obs[["array_row", "array_col"]].duplicated().mean()
    return bool(taken > _SHARED)


def _spelled(adata: AnnData, photographs: set[str]) -> list[str]:
    """Return the columns whose values are photographs, that with most of them first."""
    found = {
        str(name): column.nunique()
        for name, column in adata.obs.items()
        if photographs
        and 0 < column.nunique() <= len(photographs)
        and set(column.dropna().astype(str)) <= photographs
    }
    return sorted(found, key=lambda name: -found[name])


def _lying_on_one_another(
    points: NDArray[np.float64], columns: Mapping[str, pd.Series]
) -> list[str]:
    number = int(np.clip(_NEAREST * len(points), _FEWEST, _MOST))
    if not np.isfinite(points).all() or len(points) <= number:
        return []
    away, nearest = cKDTree(points).query(points, k=2)
    first = np.argsort(away[:, 1], kind="stable")[:number]
    # Of spots that share a place, either may come out as its own nearest.
    second = np.where(nearest[first, 1] == first, nearest[first, 0], nearest[first, 1])
    found = []
    for name, column in columns.items():
        _, group = np.unique(column.astype(str), return_inverse=True)
        strangers = int((group[first] != group[second]).sum())
        chance = 1 - ((np.bincount(group) / len(group)) ** 2).sum()
        width = min(
            (np.ptp(points[group == one], axis=0) / np.ptp(points, axis=0)).min()
            for one in range(group.max() + 1)
        )
        if (
            strangers > _STRANGERS * number
            and binom.sf(strangers - 1, number, chance) < _CHANCE
            and width > _WIDE
        ):
            found.append(name)
    return found
