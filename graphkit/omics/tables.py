"""Counts in tables of text: CosMx, MERSCOPE, Slide-seq, Stereo-seq, any table with positions."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.errors import InputError
from graphkit.omics.anndata_files import explained
from graphkit.omics.keys import COORDINATES
from graphkit.omics.positions import place
from graphkit.omics.tenx import find_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from anndata import AnnData

PACKED = ("", ".gz")
COSMX = ("exprMat_file.csv", "metadata_file.csv")
MERSCOPE = ("cell_by_gene.csv", "cell_metadata.csv")
SLIDE_SEQ = (
    ("MappedDGEForR.csv", "digital_expression.txt", "digital_expression.csv"),
    ("BeadLocationsForR.csv", "bead_locations.csv", "bead_locations.txt"),
)
# Names that genes have in every organism and table, and cells in none.
GENES = re.compile(r"ENS[A-Z]*G\d+.*|MT-.+|RP[LS]\d.*|ACTB|GAPDH", re.IGNORECASE)
CONTROLS = ("Negative", "NegPrb", "SystemControl", "FalseCode", "Blank")
# Columns of Stereo-seq's GEM, whose names changed with the software.
GENE, COUNT = ("geneName", "geneID", "gene"), ("MIDCount", "MIDCounts", "UMICount", "count")
CELL = ("CellID", "cell_id", "cell", "label")
# Of the spots of Stereo-seq, half a micrometre apart.
BEST_BIN = 50


def find_tables(folder: Path) -> tuple[Path, Path | None] | None:
    """Return tables of counts and of places that have names of a machine, or None."""
    for counts, places in (
        (COSMX[:1], COSMX[1:]),
        (MERSCOPE[:1], MERSCOPE[1:]),
        SLIDE_SEQ,
    ):
        found = find_file(folder, *_packed(counts))
        if found:
            return found, find_file(folder, *_packed(places))
    gem = find_file(folder, "gem", "gem.gz")
    return (gem, None) if gem else None


def read_tables(
    counts: Path,
    *,
    positions: Path | None = None,
    bin_size: int | None = None,
    placed: bool = True,
) -> AnnData:
    """Read counts in a table of text, and places from a second one.

    Parameters
    ----------
    counts
        Spots by genes or genes by spots, with any delimiter; or a GEM file.
    positions
        A row per spot, its name in the first column, and x and y; not for a GEM file.
    bin_size
        Side of the bins of a GEM file without cells, in its units of about half a micrometre; None
        for 50.
    placed
        Refuse counts without places; otherwise they are read alone, as cells are, and names such as
        ``ENSG00000198804``, ``MT-CO1`` or ``RPL3`` tell whether genes stand in rows.

    Returns
    -------
    AnnData [n, G]
        Counts; ``obsm["spatial"]``; the other columns of the second table in ``obs``.

    Raises
    ------
    InputError
        If a table is damaged, or no places are known.

    Warns
    -----
    UserWarning
        What was read as rows, where no places tell.
    """
    if counts.name.removesuffix(".gz").endswith(".gem"):
        return _read_gem(counts, bin_size)
    if positions is None and placed:
        raise InputError(
            "a table of counts without places",
            file=counts,
            remedy="Name the table of places, a row per spot, with positions.",
        )
    table = _read(counts)
    if positions is None:
        return _adata(_cells_by_genes(_named(table, table), counts), counts)
    places = _read(positions)
    table, places = _named(table, places), _named(places, table)
    if not table.index.isin(places.index).any() and table.columns.isin(places.index).any():
        table = table.T
    x, y = next((pair for pair in COORDINATES if set(pair) <= set(places)), (None, None))
    if x is None or y is None:
        raise InputError(
            "no columns of coordinates",
            file=positions,
            remedy=f"It has {', '.join(map(str, places))}; call two of them x and y.",
        )
    adata = _adata(table, counts)
    place(adata, places, x=x, y=y, path=positions)
    return adata


def _packed(names: Iterable[str]) -> list[str]:
    return [name + ending for name in names for ending in PACKED]


def _read(path: Path) -> Any:
    """Return a table with a header; comments are skipped, the first line tells the delimiter."""
    import pandas as pd

    with explained(path, "no readable table"):
        text = pd.read_csv(path, sep="\0", nrows=1, comment="#", header=None, dtype=str)
        head = str(text.iloc[0, 0])
        delimiter = max("\t,;", key=head.count)
        return pd.read_csv(path, sep=delimiter, comment="#", low_memory=False)


def _named(table: Any, other: Any) -> Any:
    """Return a table whose rows have names; CosMx numbers cells by field, in both tables."""
    if {"fov", "cell_ID"} <= set(table) & set(other):
        cells = table[table["cell_ID"] != 0]  # 0 is what lies in no cell
        names = cells["cell_ID"].astype(str) + "_" + cells["fov"].astype(str)
        unused = [name for name in ("cell_ID", "cell", "fov") if name in cells]
        keep = [] if "CenterX_global_px" not in cells else ["fov"]
        return cells.set_index(names.to_numpy()).drop(columns=[n for n in unused if n not in keep])
    first = table.columns[0]
    table = table.set_index(table[first].astype(str)).drop(columns=first)
    return table.rename_axis(index=None)


def _cells_by_genes(table: Any, path: Path) -> Any:
    """Return a table with cells in rows, which the names of its genes tell."""
    genes = [axis.astype(str).str.fullmatch(GENES).sum() for axis in (table.index, table.columns)]
    if genes[0] > genes[1]:
        table = table.T
    n, g = table.shape
    unknown = "" if max(genes) else "; no name of a gene is known: transpose it if rows are genes"
    warnings.warn(f"{path}: read as {n:,} cells x {g:,} genes{unknown}", stacklevel=4)
    return table


def _adata(table: Any, path: Path) -> AnnData:
    import anndata
    import pandas as pd
    from scipy import sparse

    table = table[[name for name in table if not str(name).startswith(CONTROLS)]]
    with explained(path, "no table of counts"):
        counts = sparse.csr_matrix(table.to_numpy(dtype=np.float32))
    obs = pd.DataFrame(index=table.index.astype(str))
    return anndata.AnnData(counts, obs=obs, var=pd.DataFrame(index=table.columns.astype(str)))


def _read_gem(path: Path, bin_size: int | None) -> AnnData:
    import anndata
    import pandas as pd
    from scipy import sparse

    table = _read(path)
    gene, count, cell = (
        next((name for name in names if name in table), None) for names in (GENE, COUNT, CELL)
    )
    if gene is None or count is None or not {"x", "y"} <= set(table):
        raise InputError(
            f"no GEM file (it has {', '.join(map(str, table))})",
            file=path,
            remedy=f"It needs columns {GENE[1]}, x, y and {COUNT[0]}.",
        )
    if cell is not None and bin_size is None:
        table = table[~table[cell].isin([0, "0"]) & table[cell].notna()]
        names, middles = table[cell].astype(str), table[["x", "y"]]
    else:
        size = bin_size or BEST_BIN
        if bin_size is None:
            warnings.warn(f"{path}: bins of {size} x {size} spots are read", stacklevel=3)
        corner = table[["x", "y"]] // size
        names = corner["x"].astype(str) + "_" + corner["y"].astype(str)
        middles = (corner + 0.5) * size
    spots, genes = pd.factorize(names, sort=True), pd.factorize(table[gene].astype(str), sort=True)
    shape = (len(spots[1]), len(genes[1]))
    counts = sparse.csr_matrix((table[count].astype(np.float32), (spots[0], genes[0])), shape=shape)
    obs, var = (pd.DataFrame(index=pd.Index(one[1], dtype=str)) for one in (spots, genes))
    return anndata.AnnData(
        counts,
        obs=obs,
        var=var,
        obsm={"spatial": middles.groupby(spots[0]).mean().to_numpy(dtype=np.float64)},
    )
