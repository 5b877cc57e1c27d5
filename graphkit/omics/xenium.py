"""Xenium output: cells by genes, and where the cells lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.omics.positions import place, read_table
from graphkit.omics.tenx import read_10x_h5

if TYPE_CHECKING:
    from pathlib import Path

    from anndata import AnnData

MATRIX = "cell_feature_matrix.h5"
CELLS = ("cells.parquet", "cells.csv.gz", "cells.csv")


def is_xenium(folder: Path) -> bool:
    """Return whether `folder` is output of a Xenium run."""
    return (folder / MATRIX).is_file()


def read_xenium(folder: Path) -> AnnData:
    """Read the output folder of a Xenium run.

    Parameters
    ----------
    folder
        Has ``cell_feature_matrix.h5`` and ``cells.parquet``, ``cells.csv.gz`` or ``cells.csv``.

    Returns
    -------
    AnnData [n, G]
        Counts of genes, without control probes; ``obsm["spatial"]``: centroids in micrometres;
        the other columns of the cell table in ``obs``.

    Raises
    ------
    InputError
        Naming the file that is missing, damaged, or of another run.
    """
    path = next((folder / name for name in CELLS if (folder / name).is_file()), None)
    if path is None:
        raise InputError(
            f"no table of cells ({', '.join(CELLS)})",
            file=folder,
            remedy="Give the folder that the Xenium analyser wrote, unchanged.",
        )
    adata = read_10x_h5(folder / MATRIX)
    place(
        adata, read_table(path, names=(), key="cell_id"), x="x_centroid", y="y_centroid", path=path
    )
    return adata
