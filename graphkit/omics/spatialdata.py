"""SpatialData stores, where the package that knows them is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.omics.anndata_files import explained

if TYPE_CHECKING:
    from pathlib import Path

    from anndata import AnnData

ELEMENTS = ("images", "labels", "points", "shapes")


def is_spatialdata(folder: Path) -> bool:
    """Return whether `folder` is a SpatialData store: tables beside other elements."""
    return (folder / "tables").is_dir() and any((folder / name).is_dir() for name in ELEMENTS)


def read_spatialdata(folder: Path) -> AnnData:
    """Read the table of a SpatialData store.

    Parameters
    ----------
    folder
        A ``.zarr`` folder with one table.

    Returns
    -------
    AnnData [n, G]
        The table.

    Raises
    ------
    InputError
        If the package spatialdata is not installed, the store is damaged, or it has not one table.
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
        tables: dict[str, AnnData] = dict(spatialdata.read_zarr(folder).tables)
    if len(tables) != 1:
        raise InputError(
            f"has {len(tables)} tables ({', '.join(tables) or 'none'})",
            file=folder,
            remedy="Save the one you mean as .h5ad: sdata.tables[name].write_h5ad(path).",
        )
    return next(iter(tables.values()))
