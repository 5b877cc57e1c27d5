"""Count matrices as 10x Genomics writes them: HDF5, or a market matrix beside two lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.omics.anndata_files import explained

if TYPE_CHECKING:
    from pathlib import Path

    from anndata import AnnData

EXPRESSION = "Gene Expression"
MTX = ("matrix.mtx.gz", "matrix.mtx")


def find_file(folder: Path, *names: str, prefix: str = "") -> Path | None:
    """Return the first file or folder of these names, which may stand after a prefix.

    Downloads carry one before each name: ``V1_Brain_filtered_feature_bc_matrix.h5``.

    Parameters
    ----------
    folder
        Where to look.
    names
        In the order wanted.
    prefix
        Tried first.

    Raises
    ------
    InputError
        If there are several.
    """
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    for name in names:
        for exact in (prefix + name, name):
            if exact in there:
                return folder / exact
        found = [one for one in there if one.endswith((f"_{name}", f"-{name}", f".{name}"))]
        if len(found) > 1:
            raise InputError(
                f"has {len(found)} files for one ({', '.join(found[:3])})",
                file=folder,
                remedy=f"Give one of them in place of the folder: {folder / found[0]}.",
            )
        if found:
            return folder / found[0]
    return None


def read_matrix(path: Path) -> AnnData:
    """Read a feature-barcode matrix: an ``.h5`` file, or a ``.mtx`` file or its folder.

    Parameters
    ----------
    path
        The file or folder.

    Returns
    -------
    AnnData [n, G]
        Counts as float32 CSR; genes only, no control probes or antibodies.

    Raises
    ------
    InputError
        If it is damaged, incomplete or of another kind.
    """
    return read_10x_h5(path) if path.suffix == ".h5" else _read_mtx(path)


def read_10x_h5(path: Path) -> AnnData:
    """Read a feature-barcode matrix (Cell Ranger 3 and later, Space Ranger, Xenium).

    Parameters
    ----------
    path
        An ``.h5`` file with the group ``matrix``.

    Returns
    -------
    AnnData [n, G]
        What ``scanpy.read_10x_h5`` reads: counts as float32 CSR; genes only, no control probes or
        antibodies.

    Raises
    ------
    InputError
        If the file is damaged or of another kind.
    """
    import scanpy

    with explained(path, "no readable 10x .h5 file"):
        adata = scanpy.read_10x_h5(path, gex_only=False)
        # Before columns are taken, which would read memory that indices out of bounds point to.
        adata.X.check_format(full_check=True)
        return adata[:, adata.var["feature_types"] == EXPRESSION].copy()


def _read_mtx(path: Path) -> AnnData:
    """Read what scanpy's reader does, and what people have unpacked or put a prefix before."""
    import anndata
    import pandas as pd
    from scipy import io, sparse

    file = find_file(path, *MTX) if path.is_dir() else path
    if file is None:
        raise InputError("no matrix.mtx", file=path, remedy=f"It has to hold {MTX[0]}.")
    prefix = file.name[: file.name.index("matrix.mtx")]
    lists = []
    for names in (("barcodes.tsv",), ("features.tsv", "genes.tsv")):
        each = [name + ending for name in names for ending in (".gz", "")]
        found = find_file(file.parent, *each, prefix=prefix)
        if found is None:
            raise InputError(
                f"no {' or '.join(names)} beside {file.name}",
                file=file.parent,
                remedy="Put it there, gzipped or not.",
            )
        with explained(found, "no readable table"):
            lists.append(pd.read_csv(found, sep="\t", header=None, dtype=str))
    barcodes, features = lists
    with explained(file, "no readable market matrix"):
        counts = sparse.csr_matrix(io.mmread(file).T, dtype="float32")
        var = pd.DataFrame({"gene_ids": features[0].to_numpy()})
        if features.shape[1] > 2:  # since Cell Ranger 3
            var["feature_types"] = features[2].to_numpy()
        var.index = pd.Index(features[min(1, features.shape[1] - 1)].to_numpy())
        obs = pd.DataFrame(index=pd.Index(barcodes[0].to_numpy()))
        adata = anndata.AnnData(counts, obs=obs, var=var)
        if "feature_types" not in adata.var:
            return adata
        return adata[:, adata.var["feature_types"] == EXPRESSION].copy()
