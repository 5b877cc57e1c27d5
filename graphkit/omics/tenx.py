"""Count matrices as 10x Genomics writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from graphkit.errors import InputError
from graphkit.omics.anndata_files import explained

if TYPE_CHECKING:
    from pathlib import Path

    from anndata import AnnData

EXPRESSION = "Gene Expression"


def read_10x_h5(path: Path) -> AnnData:
    """Read a feature-barcode matrix (Cell Ranger 3 and later, Space Ranger, Xenium).

    Parameters
    ----------
    path
        An ``.h5`` file with the group ``matrix``.

    Returns
    -------
    AnnData [n, G]
        Counts as float32 CSR; genes only, no control probes or antibodies. ``var_names`` are
        symbols; ``var`` has ``gene_ids``, ``feature_types`` and ``genome``, ``uns["tenx"]`` the
        attributes of the file.

    Raises
    ------
    InputError
        If the file is damaged or of another kind.
    """
    import anndata
    import h5py
    import pandas as pd

    with explained(path, "no readable 10x .h5 file"), h5py.File(path, "r") as file:
        if "matrix" not in file or "features" not in file["matrix"]:
            raise InputError(
                "no group 'matrix' with features",
                file=path,
                remedy="Give filtered_feature_bc_matrix.h5 of Cell Ranger 3 or later.",
            )
        group = file["matrix"]
        features = group["features"]
        ids, names = features["id"].asstr()[:], features["name"].asstr()[:]
        kinds = features["feature_type"].asstr()[:]
        var = pd.DataFrame({"gene_ids": ids, "feature_types": kinds}, index=names.astype(str))
        if "genome" in features:
            var["genome"] = features["genome"].asstr()[:]
        n_genes, n = (int(size) for size in group["shape"][:])
        # Stored genes x cells by column, which is cells x genes by row.
        counts = sparse.csr_matrix(
            (group["data"][:].astype(np.float32), group["indices"][:], group["indptr"][:]),
            shape=(n, n_genes),
        )
        counts.check_format(full_check=True)
        counts.sort_indices()
        barcodes = group["barcodes"].asstr()[:].astype(str)
        attributes = {key: _plain(value) for key, value in file.attrs.items()}
        genes = np.flatnonzero(kinds == EXPRESSION)
        # Built here, where anndata's warning about symbols of several genes stays quiet.
        adata = anndata.AnnData(
            counts[:, genes], obs=pd.DataFrame(index=barcodes), var=var.iloc[genes].copy()
        )
    adata.uns["tenx"] = attributes
    return adata


def _plain(value: Any) -> Any:
    """Return an HDF5 attribute as text or a number; a list of one as its item."""
    array = np.atleast_1d(value)
    items = [item.decode() if isinstance(item, bytes) else item for item in array.tolist()]
    return items[0] if len(items) == 1 else items
