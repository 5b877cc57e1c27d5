"""One reader for every format; which one it is shows in the file, not in its name."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.errors import InputError, shorten
from graphkit.omics.anndata_files import explained, read_h5ad, read_zarr
from graphkit.omics.keys import SPATIAL
from graphkit.omics.slots import coordinates, libraries
from graphkit.omics.spatialdata import is_spatialdata, read_spatialdata
from graphkit.omics.tables import find_tables, read_tables
from graphkit.omics.tenx import MTX
from graphkit.omics.visium import is_visium, read_visium
from graphkit.omics.xenium import is_xenium, read_xenium

if TYPE_CHECKING:
    from anndata import AnnData

HDF5 = b"\x89HDF\r\n\x1a\n"
TABLE = re.compile(r"\.(csv|tsv|txt|gem)(\.gz)?$", re.IGNORECASE)
# The name of Xenium's matrix, or of the folder it is in.
CELLS = "cell_feature_matrix"
SUPPORTED = (
    "Give an .h5ad file, an AnnData .zarr folder, an 'outs' folder of Space Ranger (Visium, "
    "Visium HD), a Xenium, CosMx, MERSCOPE or Slide-seq folder, a SpatialData store, a .gem file, "
    "or a matrix or table of counts, of spots beside their positions."
)


def read_spatial(
    path: str | Path,
    *,
    layer: str | None = None,
    spatial_key: str | None = SPATIAL,
    library_key: str | None = None,
    positions: str | Path | None = None,
    bin_size: int | None = None,
    on_disk: bool | None = None,
) -> AnnData:
    """Read spots or cells, and their places, from any supported format.

    Parameters
    ----------
    path
        An ``.h5ad`` file; a folder, as the machine wrote it or as it was downloaded: AnnData
        ``.zarr``, SpatialData, Space Ranger (Visium, Visium HD, segmented cells), Xenium, CosMx,
        MERSCOPE, Slide-seq; a matrix of 10x alone (``.h5``, ``.mtx``); a table of counts
        (``.csv``, ``.tsv``, Stereo-seq's ``.gem``).
    layer
        A layer that must be there.
    spatial_key
        ``obsm`` key of the coordinates, which are checked; None where none are needed: a matrix or
        table of counts is then read alone.
    library_key
        ``obs`` column of slides that must be there.
    positions
        The table of places, or its folder, where it does not lie beside the counts.
    bin_size
        Which bins, where there are several: of Visium HD in micrometres, of Stereo-seq in spots.
    on_disk
        Whether the matrices of an ``.h5ad`` file or AnnData ``.zarr`` folder are not held in memory
        but mapped from a scratch file in the system's folder for these (``TMPDIR``), which goes
        with the table; None for those that are larger than an eighth of the free memory. Results
        are the same.

    Returns
    -------
    AnnData [n, G]
        With all that was in the file; names of spots and genes are unique.

    Raises
    ------
    InputError
        Naming file, slot, reason and remedy.

    Warns
    -----
    UserWarning
        If names were not unique, spots share coordinates, or one of several bins was chosen.
    """
    path, places = Path(path), None if positions is None else Path(positions)
    adata = _read(path, places, bin_size, placed=spatial_key is not None, on_disk=on_disk)
    _make_unique(adata, path)
    try:
        _check(adata, layer=layer, spatial_key=spatial_key, library_key=library_key)
    except InputError as error:
        raise error.at(file=path) from error
    return adata


def _read(
    path: Path,
    positions: Path | None,
    bin_size: int | None,
    *,
    placed: bool,
    on_disk: bool | None,
) -> AnnData:
    if positions is not None and not positions.exists():
        raise InputError("no such file or folder", file=positions, remedy="Check the path.")
    try:
        if path.is_dir():
            return _read_folder(path, positions, bin_size, placed=placed, on_disk=on_disk)
        with path.open("rb") as file:
            start = file.read(len(HDF5))
    except FileNotFoundError as error:
        raise InputError("no such file or folder", file=path, remedy="Check the path.") from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path) from error
    if not start:
        raise InputError("is empty", file=path, remedy=SUPPORTED)
    if start == HDF5:
        if not _is_tenx(path):
            return read_h5ad(path, on_disk=on_disk)
    elif TABLE.search(path.name):
        return read_tables(path, positions=positions, bin_size=bin_size, placed=placed)
    elif not path.name.endswith(MTX):
        raise InputError("is no HDF5 file", file=path, remedy=SUPPORTED)
    # The matrix alone has no places; they lie beside it or are given.
    if CELLS in path.name or CELLS in path.parent.name:
        return read_xenium(path, positions=positions)
    return read_visium(path, positions=positions, placed=placed)


def _read_folder(
    folder: Path,
    positions: Path | None,
    bin_size: int | None,
    *,
    placed: bool,
    on_disk: bool | None,
) -> AnnData:
    if is_spatialdata(folder):
        return read_spatialdata(folder, bin_size=bin_size)
    if _is_zarr(folder):
        return read_zarr(folder, on_disk=on_disk)
    if is_xenium(folder) or CELLS in folder.name:
        return read_xenium(folder, positions=positions)
    tables = find_tables(folder)
    if tables is not None:
        counts, places = tables
        return read_tables(counts, positions=positions or places, bin_size=bin_size, placed=placed)
    if is_visium(folder):
        return read_visium(folder, positions=positions, bin_size=bin_size, placed=placed)
    if (folder / "outs").is_dir():
        outs = folder / "outs"
        return _read_folder(outs, positions, bin_size, placed=placed, on_disk=on_disk)
    content = shorten(", ".join(sorted(item.name for item in folder.iterdir())) or "nothing", 200)
    raise InputError(f"no format known here (it has {content})", file=folder, remedy=SUPPORTED)


def _is_tenx(path: Path) -> bool:
    import h5py

    with explained(path, "no readable HDF5 file"), h5py.File(path, "r") as file:
        return "matrix" in file and "obs" not in file


def _is_zarr(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (".zgroup", ".zattrs", "zarr.json"))


def _check(
    adata: AnnData, *, layer: str | None, spatial_key: str | None, library_key: str | None
) -> None:
    for size, what in ((adata.n_obs, "spots"), (adata.n_vars, "genes")):
        if size == 0:
            raise InputError(f"no {what}", remedy=f"Give a table with {what}.")
    if layer is not None and layer not in adata.layers:
        known = ", ".join(map(repr, adata.layers)) or "(none)"
        raise InputError("no such layer", slot=f"layers[{layer!r}]", remedy=f"There are: {known}.")
    libraries(adata, library_key=library_key)
    if spatial_key is not None:
        coordinates(adata, spatial_key=spatial_key, library_key=library_key)


def _make_unique(adata: AnnData, path: Path) -> None:
    for what, names, rename in (
        ("gene", adata.var_names, adata.var_names_make_unique),
        ("spot", adata.obs_names, adata.obs_names_make_unique),
    ):
        if not names.is_unique:
            again = int(names.duplicated().sum())
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                rename()
            warnings.warn(
                f"{path}: {again:,} {what} names occurred before and were numbered "
                f"(such as {names[names.duplicated()][0]})",
                stacklevel=3,
            )
