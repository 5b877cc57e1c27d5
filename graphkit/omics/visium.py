"""Space Ranger output: Visium, and Visium HD by bin."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.errors import InputError
from graphkit.omics.anndata_files import explained
from graphkit.omics.keys import ARRAY_COL, ARRAY_ROW, IN_TISSUE, SPATIAL
from graphkit.omics.positions import place, read_table
from graphkit.omics.tenx import read_10x_h5

if TYPE_CHECKING:
    from pathlib import Path

    from anndata import AnnData
    from numpy.typing import NDArray

MATRIX = "filtered_feature_bc_matrix.h5"
BINS = "binned_outputs"
BEST_BIN = "square_008um"  # what 10x advises to begin with
POSITIONS = ("tissue_positions.parquet", "tissue_positions.csv", "tissue_positions_list.csv")
X, Y = "pxl_col_in_fullres", "pxl_row_in_fullres"
# Without a header, the columns come in this order.
COLUMNS = ("barcode", IN_TISSUE, ARRAY_ROW, ARRAY_COL, Y, X)


def is_visium(folder: Path) -> bool:
    """Return whether `folder` is output of Space Ranger, of one bin, or holds bins."""
    return (folder / BINS).is_dir() or (folder / MATRIX).is_file() or (folder / SPATIAL).is_dir()


def read_visium(folder: Path) -> AnnData:
    """Read an ``outs`` folder of Space Ranger; of Visium HD, bins of 8 um.

    Parameters
    ----------
    folder
        Has ``filtered_feature_bc_matrix.h5`` and ``spatial/``, or ``binned_outputs/``.

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
    """
    if (folder / BINS).is_dir() and not (folder / MATRIX).is_file():
        folder = _bin(folder / BINS)
    if not (folder / MATRIX).is_file():
        raise InputError(
            f"no {MATRIX}",
            file=folder,
            remedy="Give the 'outs' folder that Space Ranger wrote, unchanged.",
        )
    spatial = folder / SPATIAL
    positions = next((spatial / name for name in POSITIONS if (spatial / name).is_file()), None)
    if positions is None:
        raise InputError(
            f"no spot positions ({', '.join(POSITIONS)})",
            file=spatial,
            remedy="Give the 'outs' folder that Space Ranger wrote, unchanged.",
        )
    adata = read_10x_h5(folder / MATRIX)
    place(adata, read_table(positions, names=COLUMNS, key="barcode"), x=X, y=Y, path=positions)
    attributes = _attributes(folder / MATRIX)
    adata.uns[SPATIAL] = {
        attributes.get("library_ids", folder.resolve().name): {
            "images": _images(spatial),
            "scalefactors": _scale_factors(spatial / "scalefactors_json.json"),
            "metadata": {
                key: attributes[key]
                for key in ("chemistry_description", "software_version")
                if key in attributes
            },
        }
    }
    return adata


def _bin(folder: Path) -> Path:
    bins = sorted(path.name for path in folder.iterdir() if (path / MATRIX).is_file())
    if not bins:
        raise InputError(
            f"no bin with {MATRIX}", file=folder, remedy="Give the 'outs' folder, unchanged."
        )
    return folder / (BEST_BIN if BEST_BIN in bins else bins[0])


def _attributes(path: Path) -> dict[str, str]:
    """Return the attributes of an HDF5 file as text; the first item of those that are lists."""
    import h5py

    with h5py.File(path) as file:
        return {name: str(np.ravel(value).astype(str)[0]) for name, value in file.attrs.items()}


def _images(folder: Path) -> dict[str, NDArray[np.float32]]:
    from PIL import Image

    images = {}
    for name in ("hires", "lowres"):
        path = folder / f"tissue_{name}_image.png"
        if path.is_file():
            with explained(path, "no readable image"), Image.open(path) as image:
                images[name] = np.asarray(image, dtype=np.float32) / np.float32(255)
    return images


def _scale_factors(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    with explained(path, "no readable JSON"):
        factors: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return factors
