"""Count matrices as 10x Genomics writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
