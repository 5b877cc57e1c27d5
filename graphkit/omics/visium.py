"""Space Ranger output: Visium, Visium HD by bin, and segmented cells."""

from __future__ import annotations

import json
import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.errors import InputError
from graphkit.omics.anndata_files import explained
from graphkit.omics.keys import ARRAY_COL, ARRAY_ROW, IN_TISSUE, SPATIAL
from graphkit.omics.positions import place, read_table
from graphkit.omics.tenx import MTX, find_file, read_matrix

if TYPE_CHECKING:
    from pathlib import Path

    from anndata import AnnData
    from numpy.typing import NDArray

# The filtered matrix before the raw one, which is cut to the tissue.
KINDS = [f"{kind}_feature_{what}_matrix" for kind in ("filtered", "raw") for what in ("bc", "cell")]
MATRICES = (*(name + ending for name in KINDS for ending in (".h5", "")), *MTX)
BINS, SEGMENTED = "binned_outputs", "segmented_outputs"
BIN = re.compile(r"square_(\d+)um")
BEST_BIN = 8  # what 10x advises to begin with
POSITIONS = tuple(
    name
    for kind in ("tissue_positions", "tissue_positions_list")
    for name in (f"{kind}.parquet", f"{kind}.csv", f"{kind}.csv.gz")
)
CELLS = "cell_segmentations.geojson"
PACKED = "spatial.tar.gz"
X, Y = "pxl_col_in_fullres", "pxl_row_in_fullres"
# Without a header, the columns come in this order.
COLUMNS = ("barcode", IN_TISSUE, ARRAY_ROW, ARRAY_COL, Y, X)


def is_visium(folder: Path) -> bool:
    """Return whether `folder` is output of Space Ranger, of one bin, or holds bins or cells."""
    inside = [folder / BINS, folder / SEGMENTED, folder / SPATIAL]
    return bool(
        any(path.is_dir() for path in inside) or _bins(folder) or find_file(folder, *MATRICES)
    )


def read_visium(
    path: Path,
    *,
    positions: Path | None = None,
    bin_size: int | None = None,
    placed: bool = True,
) -> AnnData:
    """Read an ``outs`` folder of Space Ranger or Cell Ranger, or a download of its files.

    Parameters
    ----------
    path
        A folder with a matrix (``.h5`` or market matrix, a prefix before it or not), bins or
        segmented cells; or the matrix itself.
    positions
        Table of positions, or folder that holds it; None for the one beside the matrix.
    bin_size
        Which bins of Visium HD, in micrometres; None for 8, and else for the smallest larger ones.
    placed
        Refuse a matrix whose positions are not found; otherwise it is read alone, as cells are.

    Returns
    -------
    AnnData [n, G]
        Counts; ``obs``: ``in_tissue``, ``array_row``, ``array_col``; ``obsm["spatial"]``: x and y
        in pixels of the full image; ``uns["spatial"][library]``: images, scale factors and
        metadata, as scanpy and squidpy plot them.

    Raises
    ------
    InputError
        Naming the file that is missing, damaged, or of another run.

    Warns
    -----
    UserWarning
        If there was a choice of bins, or the matrix is the raw one.
    """
    folder = path if path.is_dir() else path.parent
    matrix = find_file(folder, *MATRICES) if path.is_dir() else path
    if matrix is None:
        matrix, folder = _one_of_several(folder, bin_size)
    known = next((name for name in MATRICES if matrix.name.endswith(name)), matrix.name)
    prefix = matrix.name.removesuffix(known)
    found = _find_positions(folder, prefix, positions)
    adata = read_matrix(matrix)
    if found is None:
        if placed:
            raise _no_positions(positions or folder, find_file(folder, PACKED, prefix=prefix))
        return adata
    if found.suffix == ".geojson":
        place(adata, _centres(found), x=X, y=Y, path=found)
    else:
        table = read_table(found, names=COLUMNS, key="barcode")
        if "raw_" in matrix.name and IN_TISSUE in table:
            with explained(matrix, "no readable matrix"):
                adata = adata[adata.obs_names.isin(table.index[table[IN_TISSUE] == 1])].copy()
            warnings.warn(
                f"{matrix}: the raw matrix; the {adata.n_obs:,} spots on the tissue are read",
                stacklevel=2,
            )
        place(adata, table, x=X, y=Y, path=found)
    attributes = _attributes(matrix)
    images = found.parent if found.suffix != ".geojson" else found.parent / SPATIAL
    adata.uns[SPATIAL] = {
        attributes.get("library_ids", folder.resolve().name): {
            "images": _images(images, prefix),
            "scalefactors": _scale_factors(images, prefix),
            "metadata": {
                key: attributes[key]
                for key in ("chemistry_description", "software_version")
                if key in attributes
            },
        }
    }
    return adata


def _bins(folder: Path) -> dict[int, Path]:
    """Return the folders of bins that have a matrix, by their size in micrometres."""
    inside = folder / BINS if (folder / BINS).is_dir() else folder
    found = {}
    for path in sorted(inside.iterdir()) if inside.is_dir() else ():
        size = BIN.fullmatch(path.name)
        if size and find_file(path, *MATRICES):
            found[int(size[1])] = path
    return found


def _one_of_several(folder: Path, bin_size: int | None) -> tuple[Path, Path]:
    """Return matrix and folder of bins or cells, and say which where there was a choice."""
    bins, cells = _bins(folder), folder / SEGMENTED
    if bin_size is not None and bin_size not in bins:
        raise InputError(
            f"no bins of {bin_size} um with a matrix",
            file=folder,
            remedy=f"There are: {', '.join(map(str, bins)) or 'none'}.",
        )
    large = [size for size in bins if size >= BEST_BIN]
    if bin_size is None and bins and not large:
        raise InputError(
            f"bins of {', '.join(map(str, bins))} um only, which have next to no counts",
            file=folder,
            remedy=f"If they are meant, say bin_size={max(bins)}.",
        )
    if bins:
        size = bin_size or min(large)
        others = [f"bins of {other} um" for other in bins if other != size]
        others += [f"cells in {cells}"] if cells.is_dir() else []
        if bin_size is None and others:
            text = f"{folder}: bins of {size} um are read; there are also {', '.join(others)}"
            warnings.warn(text, stacklevel=3)
        chosen = bins[size]
    else:
        chosen = cells if cells.is_dir() else folder
    matrix = find_file(chosen, *MATRICES)
    if matrix is None:
        raise InputError(
            f"no {MATRICES[0]}",
            file=chosen,
            remedy="Give the matrix itself, an .h5 file or a folder with matrix.mtx.gz, and the "
            "table of positions with positions.",
        )
    return matrix, chosen


def _find_positions(folder: Path, prefix: str, given: Path | None) -> Path | None:
    if given is not None and not given.is_dir():
        return given
    rooms = [folder, folder.parent] if given is None else [given]
    for room in rooms:
        for place_ in (find_file(room, SPATIAL, prefix=prefix), room):
            found = place_ and find_file(place_, *POSITIONS, prefix=prefix)
            if found:
                return found
        cells = find_file(room, CELLS, prefix=prefix)
        if cells:
            return cells
    return None


def _no_positions(folder: Path, packed: Path | None) -> InputError:
    return InputError(
        f"no spot positions ({', '.join(POSITIONS[::3])} .parquet, .csv)",
        file=folder,
        remedy=f"Unpack {packed.name}: tar -xzf {packed.name}."
        if packed
        else "Name the table of positions with positions.",
    )


def _centres(path: Path) -> Any:
    """Return the middle of each segmented cell, by its barcode."""
    import pandas as pd

    with explained(path, "no readable GeoJSON"):
        cells = json.loads(path.read_text("utf-8"))["features"]
        names = [f"cellid_{int(cell['properties']['cell_id']):09d}-1" for cell in cells]
        middles = [
            # The first corner of a ring is its last one, too.
            np.mean(np.asarray(cell["geometry"]["coordinates"][0], dtype=np.float64)[:-1], axis=0)
            for cell in cells
        ]
        return pd.DataFrame(np.array(middles)[:, :2], index=names, columns=[X, Y])


def _attributes(path: Path) -> dict[str, str]:
    """Return the attributes of an HDF5 file as text; the first item of those that are lists."""
    import h5py

    if path.suffix != ".h5":
        return {}
    with h5py.File(path) as file:
        return {name: str(np.ravel(value).astype(str)[0]) for name, value in file.attrs.items()}


def _images(folder: Path, prefix: str) -> dict[str, NDArray[np.float32]]:
    from PIL import Image

    images = {}
    for name in ("hires", "lowres"):
        path = find_file(folder, f"tissue_{name}_image.png", prefix=prefix)
        if path is not None:
            with explained(path, "no readable image"), Image.open(path) as image:
                images[name] = np.asarray(image, dtype=np.float32) / np.float32(255)
    return images


def _scale_factors(folder: Path, prefix: str) -> dict[str, Any]:
    path = find_file(folder, "scalefactors_json.json", prefix=prefix)
    if path is None:
        return {}
    with explained(path, "no readable JSON"):
        factors: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return factors
