"""Xenium output: cells by genes, and where the cells lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.omics.keys import SPATIAL
from graphkit.omics.positions import place, read_table
from graphkit.omics.tenx import find_file, read_matrix

if TYPE_CHECKING:
    from pathlib import Path

    from anndata import AnnData

MATRICES = ("cell_feature_matrix.h5", "cell_feature_matrix")
CELLS = ("cells.parquet", "cells.csv.gz", "cells.csv")


def is_xenium(folder: Path) -> bool:
    """Return whether `folder` is output of a Xenium run."""
    return find_file(folder, *MATRICES) is not None


def read_xenium(path: Path, *, positions: Path | None = None) -> AnnData:
    """Read the output folder of a Xenium run, or a download of its files.

    Parameters
    ----------
    path
        A folder with ``cell_feature_matrix.h5`` or ``cell_feature_matrix/``, a prefix before it or
        not; or that matrix.
    positions
        The table of cells; None for ``cells.parquet``, ``.csv.gz`` or ``.csv`` beside the matrix.

    Returns
    -------
    AnnData [n, G]
        Counts of genes, without control probes; ``obsm["spatial"]``: centroids in micrometres, as
        ``uns["spatial"]`` says; the other columns of the cell table in ``obs``.

    Raises
    ------
    InputError
        Naming the file that is missing, damaged, or of another run.
    """
    matrix = find_file(path, *MATRICES)
    if matrix is None:
        matrix = path if MATRICES[1] in path.name else path.parent
    folder = matrix.parent
    prefix = matrix.name[: matrix.name.index(MATRICES[1])]
    cells = positions or find_file(folder, *CELLS, prefix=prefix)
    if cells is None:
        raise InputError(
            f"no table of cells ({', '.join(CELLS)})",
            file=folder,
            remedy="Name the table of cells with positions.",
        )
    adata = read_matrix(matrix)
    table = read_table(cells, names=(), key="cell_id")
    place(adata, table, x="x_centroid", y="y_centroid", path=cells)
    adata.uns[SPATIAL] = {folder.resolve().name: {"scalefactors": {"microns_per_pixel": 1.0}}}
    return adata
