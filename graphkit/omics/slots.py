"""What is in an AnnData, checked: where it may be written to, coordinates, slides, origins."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphkit.errors import InputError, shorten
from graphkit.omics.keys import CONNECTIVITIES, COORDINATES, ORIGIN, SPATIAL
from graphkit.omics.storage import in_memory

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray

    from graphkit.origin import Origin


# Of two columns, yet no places: what scanpy calls X_something, and maps under any name.
EMBEDDING = re.compile(r"^X_(?!.*spatial)|umap|t_?sne|pca|phate|diffmap", re.IGNORECASE)
# A column with more values than this holds identifiers or measurements.
_MOST_GROUPS = 200


class Libraries(NamedTuple):
    """Slide that each spot is on.

    Parameters
    ----------
    codes : ndarray of int64 [n]
        Position in `names`.
    names : tuple of str
        Slides that have spots.
    """

    codes: NDArray[np.int64]
    names: tuple[str, ...]


def writable(adata: AnnData, *, copy: bool = False) -> AnnData:
    """Return what results may be written into: `adata` itself, or a copy in memory.

    A view is made a table of its own first, in place, so that writing neither warns nor reaches
    the table it was cut from.

    Parameters
    ----------
    adata
        Any AnnData.
    copy
        Whether `adata` must stay as it is.

    Returns
    -------
    AnnData
        `adata`, or a copy of it.
    """
    if copy:
        return adata.to_memory() if adata.isbacked else adata.copy()
    if adata.is_view:
        adata._init_as_actual(adata.to_memory() if adata.isbacked else adata.copy())
    return adata


def tell_origin(adata: AnnData, key: str, origin: Origin) -> None:
    """Write how a result was made to ``uns["graphkit"][key]``.

    Parameters
    ----------
    adata
        Gets it.
    key
        Name of the result.
    origin
        How it was made.
    """
    adata.uns[ORIGIN] = {**adata.uns.get(ORIGIN, {}), key: origin.as_dict()}


def coordinates(
    adata: AnnData,
    *,
    spatial_key: str = SPATIAL,
    library_key: str | None = None,
    allow_3d: bool = False,
) -> NDArray[np.float64]:
    """Return where the spots lie.

    Parameters
    ----------
    adata : AnnData [n, G]
        Has ``obsm[spatial_key]``.
    spatial_key
        Key of ``obsm``.
    library_key
        Column of ``obs`` that tells slides apart: spots of two slides may share coordinates.
    allow_3d
        Keep a third coordinate. Otherwise it must be constant, and is dropped.

    Returns
    -------
    ndarray of float64 [n, 2] or [n, 3]
        In the units they came in.

    Raises
    ------
    InputError
        If the slot is missing, is not a table of finite numbers with two or three columns, or puts
        every spot of a slide in one place.

    Warns
    -----
    UserWarning
        If spots of a slide share coordinates.
    """
    slot = f"obsm[{spatial_key!r}]"
    if spatial_key not in adata.obsm:
        raise InputError("missing", slot=slot, remedy=_missing_remedy(adata))
    points = _table(adata.obsm[spatial_key], slot)
    bad = ~np.isfinite(points).all(axis=1)
    if bad.any():
        raise InputError(
            f"{bad.sum():,} spots have missing or infinite coordinates",
            slot=slot,
            record=str(adata.obs_names[int(np.argmax(bad))]),
            remedy=f"Remove these spots: adata[np.isfinite(adata.{slot}).all(axis=1)].copy().",
        )
    if points.shape[1] == 3 and not allow_3d:
        points = _level(points, slot)
    _check_places(points, libraries(adata, library_key=library_key), slot)
    return points


def libraries(adata: AnnData, *, library_key: str | None = None) -> Libraries:
    """Return which slide each spot is on.

    Parameters
    ----------
    adata : AnnData [n, G]
        Spots.
    library_key
        Column of ``obs``; None where there is one slide.

    Returns
    -------
    Libraries
        Codes and names; in the order of the categories, or sorted.

    Raises
    ------
    InputError
        If there is no such column or some spots have no value in it.
    """
    if library_key is None:
        return Libraries(np.zeros(adata.n_obs, dtype=np.int64), ("all",))
    slot = f"obs[{library_key!r}]"
    if library_key not in adata.obs:
        known = shorten(", ".join(map(str, adata.obs.columns)) or "(none)", 200)
        raise InputError("no such column", slot=slot, remedy=f"There are: {known}.")
    column = adata.obs[library_key]
    if column.isna().any():
        raise InputError(
            f"{int(column.isna().sum()):,} spots have no slide",
            slot=slot,
            record=str(adata.obs_names[int(np.argmax(column.isna()))]),
            remedy="Name the slide of every spot, or remove those without.",
        )
    categories = column.astype("category").cat.remove_unused_categories().cat
    return Libraries(
        categories.codes.to_numpy().astype(np.int64), tuple(map(str, categories.categories))
    )


def groups(adata: AnnData, groupby: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the domain of each spot, -1 where it has none, and the domains' names.

    Raises
    ------
    InputError
        If the column is missing, or names fewer than two domains or more than 200.
    """
    slot = f"obs[{groupby!r}]"
    if groupby not in adata.obs:
        raise InputError(
            "missing",
            slot=slot,
            remedy=f"Choose one of: {', '.join(map(str, adata.obs.columns))}."
            if len(adata.obs.columns)
            else "There is none; name a table that has it, a row per spot, with positions.",
        )
    values = adata.obs[groupby]
    known = values.notna().to_numpy()
    text = values.astype(str).to_numpy(dtype=str)
    names = tuple(np.unique(text[known]).tolist())
    if len(names) < 2:
        raise InputError(
            f"{len(names)} domain" + ("" if len(names) == 1 else "s"),
            slot=slot,
            remedy="A ranking needs at least two to compare.",
        )
    if len(names) > _MOST_GROUPS:
        raise InputError(
            f"{len(names):,} different values",
            slot=slot,
            remedy=f"Name a column of at most {_MOST_GROUPS} domains.",
        )
    labels = np.full(len(text), -1, dtype=np.int64)
    labels[known] = np.searchsorted(names, text[known])
    return labels, names


def placeless(adata: AnnData, *, spatial_key: str = SPATIAL) -> bool:
    """Return whether rows are cells of no place: no graph of places, and nothing like coordinates.

    Parameters
    ----------
    adata
        Any AnnData.
    spatial_key
        ``obsm`` key of the coordinates; one that was named by hand must be there.
    """
    known = spatial_key in adata.obsm or CONNECTIVITIES in adata.obsp or _flat(adata)
    return spatial_key == SPATIAL and not known


def _flat(adata: AnnData) -> list[str]:
    return [
        key
        for key, value in adata.obsm.items()
        if value.shape[1] in (2, 3) and not EMBEDDING.search(key)
    ]


def _missing_remedy(adata: AnnData) -> str:
    flat = _flat(adata)
    if flat:
        return f"Name the coordinates with spatial_key; with 2 or 3 columns: {', '.join(flat)}."
    named = next((pair for pair in COORDINATES if set(pair) <= set(adata.obs)), None)
    if named:
        return (
            f"obs has {named[0]} and {named[1]}: in Python, "
            f"adata.obsm['spatial'] = adata.obs[{list(named)}].to_numpy()."
        )
    return "Put spot coordinates there: adata.obsm['spatial'] = array of shape [spots, 2]."


def _table(values: Any, slot: str) -> NDArray[np.float64]:
    values = in_memory(values)
    if not isinstance(values, np.ndarray):
        values = values.toarray()
    try:
        points = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"holds no numbers ({error})", slot=slot, remedy="Give x and y as numbers."
        ) from error
    if points.ndim != 2 or points.shape[1] not in (2, 3) or len(points) == 0:
        raise InputError(
            f"has shape {points.shape}", slot=slot, remedy="Give one row of x, y per spot."
        )
    return points


def _level(points: NDArray[np.float64], slot: str) -> NDArray[np.float64]:
    if (points[:, 2] != points[0, 2]).any():
        raise InputError(
            "three coordinates that all vary",
            slot=slot,
            remedy="Give x and y only; put sections apart with library_key.",
        )
    return np.ascontiguousarray(points[:, :2])


def _check_places(points: NDArray[np.float64], slides: Libraries, slot: str) -> None:
    places, counts = np.unique(np.column_stack([slides.codes, points]), axis=0, return_counts=True)
    spots = np.bincount(slides.codes)
    collapsed = (np.bincount(places[:, 0].astype(np.int64)) == 1) & (spots > 1)
    if collapsed.any():
        name = slides.names[int(np.argmax(collapsed))]
        which = "" if len(slides.names) == 1 else f" of {name}"
        raise InputError(
            f"all spots{which} have the same coordinates",
            slot=slot,
            remedy="Check that the coordinates were read.",
        )
    shared = int(counts[counts > 1].sum())
    if shared:
        warnings.warn(
            f"{slot}: {shared:,} spots share their coordinates with another spot"
            + (" (several slides? name them with library_key)" if len(slides.names) == 1 else ""),
            stacklevel=3,
        )
