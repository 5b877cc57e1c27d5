"""SpatialData stores, where the package that knows them is installed."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.errors import InputError
from graphkit.omics.anndata_files import explained
from graphkit.omics.keys import SPATIAL
from graphkit.omics.visium import BEST_BIN

if TYPE_CHECKING:
    from pathlib import Path

    from anndata import AnnData
    from numpy.typing import NDArray

ELEMENTS = ("images", "labels", "points", "shapes")


def is_spatialdata(folder: Path) -> bool:
    """Return whether `folder` is a SpatialData store: tables beside other elements."""
    return (folder / "tables").is_dir() and any((folder / name).is_dir() for name in ELEMENTS)


def read_spatialdata(folder: Path, *, bin_size: int | None = None) -> AnnData:
    """Read the table of a SpatialData store.

    Parameters
    ----------
    folder
        A ``.zarr`` folder with one table, or one for each size of bins.
    bin_size
        Which bins, in micrometres; None for 8 where there are several.

    Returns
    -------
    AnnData [n, G]
        The table; where it has no ``obsm["spatial"]``, that is the centre of each spot's shape.

    Raises
    ------
    InputError
        If the package spatialdata is not installed, the store is damaged, or it is not clear which
        table is meant.
    """
    try:
        import spatialdata
    except ImportError as error:
        raise InputError(
            "a SpatialData store, and the package spatialdata is not installed",
            file=folder,
            remedy="pip install 'graphkit-bio[spatial]', or save its table as .h5ad.",
        ) from error
    with explained(folder, "no readable SpatialData store"):
        store = spatialdata.read_zarr(folder)
        tables: dict[str, AnnData] = dict(store.tables)
    wanted = f"{bin_size or BEST_BIN:03d}um"
    chosen = list(tables) if len(tables) == 1 else [name for name in tables if wanted in name]
    if len(chosen) != 1:
        raise InputError(
            f"has {len(tables)} tables ({', '.join(tables) or 'none'})",
            file=folder,
            remedy="Save the one you mean as .h5ad: sdata.tables[name].write_h5ad(path).",
        )
    if len(tables) > 1 and bin_size is None:
        warnings.warn(f"{folder}: of {', '.join(tables)}, {chosen[0]} is read", stacklevel=2)
    adata = tables[chosen[0]]
    if SPATIAL not in adata.obsm:
        with explained(folder, "no shapes that belong to the table"):
            adata.obsm[SPATIAL] = _centres(adata, store.shapes)
    return adata


def _centres(adata: AnnData, shapes: Any) -> NDArray[np.float64]:
    about = adata.uns["spatialdata_attrs"]
    region, instance = (adata.obs[about[f"{key}_key"]] for key in ("region", "instance"))
    centres = np.full((adata.n_obs, 2), np.nan)
    for name in region.unique():
        rows = (region == name).to_numpy()
        middles = shapes[name].geometry.centroid.loc[instance[rows]]
        centres[rows] = np.column_stack([middles.x, middles.y])
    return centres
