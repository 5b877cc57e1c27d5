"""Several slides in one table: recognised before they are taken for one tissue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import binom

from graphkit.errors import InputError
from graphkit.omics.keys import ARRAY_COL, ARRAY_ROW, SPATIAL

if TYPE_CHECKING:
    import pandas as pd
    from anndata import AnnData
    from numpy.typing import NDArray

# Names of columns that people tell slides apart by.
_NAMES = re.compile(
    r"(tissue|brain)?(slice|slide|sample|section|library|batch|capture ?area|puck|specimen|donor"
    r"|patient|animal|mouse|embryo|subject|individual|replicate|bregma|chip|lane|plate|biopsy|dataset)"
    r"( ?(id|name|no|number|label|\d+))?|orig ident",
    re.IGNORECASE,
)
# What one slide has once: the sequence of a spot, and the place of a bin in its name.
_BARCODE = re.compile(r"([ACGT]{14,}|s_\d+um_\d+_\d+)")
_MOST_SLIDES = 100
# Share of spots that may repeat what another spot has.
_SHARED = 0.1
# Cells of one slide keep their distance: of so many spots that have another one nearest to them,
# nearly all have one of another slide, more often than chance would have it.
_NEAREST, _FEWEST, _MOST = 0.05, 15, 50
_STRANGERS, _CHANCE = 0.9, 1e-4
# Of slides that lie on one another so many spots, in the mean over slides, are within the bounds of
# another; fields of view touch at their borders only.
_WITHIN = 0.25


def require_known_slides(
    adata: AnnData, *, spatial_key: str = SPATIAL, library_key: str | None = None
) -> None:
    """Refuse a table of several slides that nothing tells apart.

    Several slides show in an ``obs`` column named as slides are, in several keys of
    ``uns["spatial"]``, in places of the array or barcodes that occur twice, and in a column whose
    groups lie on one another: spots of two groups are nearer to each other than spots of one ever
    are. Where the column of slides is given, no place or barcode may occur twice in one of them.

    Parameters
    ----------
    adata : AnnData [n, G]
        Spots with coordinates.
    spatial_key
        ``obsm`` key of the coordinates.
    library_key
        ``obs`` column that tells slides apart.

    Raises
    ------
    InputError
        Naming the column to give.
    """
    if spatial_key not in adata.obsm:
        return
    few = _few(adata.obs, _MOST_SLIDES)
    given = few.get(library_key) if library_key is not None else None
    twice = {why: names for why, names in _once(adata).items() if _repeat(names, given)}
    telling = sorted(
        (name for name in few if not any(_repeat(names, few[name]) for names in twice.values())),
        key=lambda name: few[name].nunique(),
    )
    if library_key is not None:
        reasons: dict[str, object] = {f"{why} within obs[{library_key!r}]": True for why in twice}
        likely: list[str] = []
    else:
        photographs = _photographs(adata)
        spelled = _spelled(adata, photographs)
        if spelled and spelled[0] not in few:  # one slide of several, cut out
            photographs = set()
        points = np.asarray(adata.obsm[spatial_key], dtype=np.float64)[:, :2]
        named = list(named_as_slides(adata.obs))
        layers = _lying_on_one_another(points, few)
        reasons = {
            f"uns['spatial'] has {len(photographs)} slides": photographs,
            **dict.fromkeys(twice, True),
            "slides lie on one another": layers,
            "a column names them": named,
        }
        likely = [*spelled, *sorted([*named, *layers], key=lambda name: -few[name].nunique())]
    reason = next((reason for reason, shows in reasons.items() if shows), None)
    if reason is None:
        return
    likely += telling if twice else []
    column = next((name for name in likely if name in telling), None)
    raise InputError(
        f"several slides in one table: {reason}",
        slot=f"obsm[{spatial_key!r}]" if column is None else f"obs[{column!r}]",
        remedy="Put the slide of each spot into a column of obs and name it with library_key."
        if column is None
        else f"Tell them apart with library_key={column!r}.",
    )


def named_as_slides(obs: pd.DataFrame, *, most: int = _MOST_SLIDES) -> dict[str, pd.Series]:
    """Return the columns of 2 to `most` values that are named as slides, donors or batches are.

    Examples
    --------
    >>> import pandas as pd
    >>> list(named_as_slides(pd.DataFrame({"donor_id": [1, 2], "batch": [1, 1], "type": [1, 2]})))
    ['donor_id']
    """
    return {
        name: column
        for name, column in _few(obs, most).items()
        if _NAMES.fullmatch(re.sub(r"[_.\s]+", " ", name))
    }


def _few(obs: pd.DataFrame, most: int) -> dict[str, pd.Series]:
    return {str(name): one for name, one in obs.items() if 2 <= one.nunique() <= most}


def _once(adata: AnnData) -> dict[str, pd.Series]:
    """Return what a slide has once, by what is wrong where it does not."""
    names = adata.obs_names.to_series()
    found = {"barcodes occur twice": names.str.extract(_BARCODE, expand=False)}
    if {ARRAY_ROW, ARRAY_COL} <= set(adata.obs):
        row, column = (adata.obs[name].astype(str) for name in (ARRAY_ROW, ARRAY_COL))
        found = {"places of the array are taken twice": row + " " + column, **found}
    return found


def _repeat(names: pd.Series, slides: pd.Series | None) -> bool:
    """Return whether some names occur twice, within slides where there are any."""
    once = names.to_frame("name").assign(slide="" if slides is None else slides.astype(str))
    return bool((once.duplicated() & names.notna()).mean() > _SHARED)


def _photographs(adata: AnnData) -> set[str]:
    slides = adata.uns.get("spatial")
    if not isinstance(slides, Mapping) or {"images", "scalefactors"} & set(slides):
        return set()
    names = {str(name) for name, slide in slides.items() if isinstance(slide, Mapping)}
    return names if len(names) > 1 else set()


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
    # Those of a grid are all as near: not its first row, which may be a group.
    order = np.random.default_rng(0).permutation(len(points))
    first = order[np.argsort(away[order, 1], kind="stable")[:number]]
    # Of spots that share a place, either may come out as its own nearest.
    second = np.where(nearest[first, 1] == first, nearest[first, 0], nearest[first, 1])
    found = []
    for name, column in columns.items():
        _, group = np.unique(column.astype(str), return_inverse=True)
        chance = 1 - ((np.bincount(group) / len(group)) ** 2).sum()
        strangers = (group[first] != group[second]).cumsum()
        # Where one slide is denser than another, its own cells come next.
        clear = any(
            strangers[n - 1] > _STRANGERS * n
            and binom.sf(strangers[n - 1] - 1, n, chance) < _CHANCE
            for n in (_FEWEST, number)
        )
        if clear and _within_others(points, group) > _WITHIN:
            found.append(name)
    return found


def _within_others(points: NDArray[np.float64], group: NDArray[np.int64]) -> float:
    """Return the share of a group's points within the bounds of one other, the mean of all."""
    parts = [points[group == one] for one in range(group.max() + 1)]
    bounds = [(part.min(axis=0), part.max(axis=0)) for part in parts]
    shares = [
        max(
            ((low <= part) & (part <= high)).all(axis=1).mean()
            for other, (low, high) in enumerate(bounds)
            if other != one
        )
        for one, part in enumerate(parts)
    ]
    return float(np.mean(shares))
