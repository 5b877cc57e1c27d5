"""Simulated tissues and cells as the tables that methods read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from graphkit.omics.keys import ARRAY_COL, ARRAY_ROW, IN_TISSUE, SPATIAL

if TYPE_CHECKING:
    from anndata import AnnData


def tissue_adata(tissue: Any, *, expected: bool = False) -> AnnData:
    """Return a simulated tissue as AnnData.

    Parameters
    ----------
    tissue
        What :func:`graphkit.datasets.simulate_tissue` returned.
    expected
        Whether to add ``layers["expected"]``, the true means of the counts: dense.

    Returns
    -------
    AnnData [n, G]
        X: counts as float32 CSR; ``obs``: ``layer`` and ``slide`` (categorical), place on the
        array, expected depth; ``var["module"]``; ``obsm["spatial"]`` in micrometres.
    """
    import anndata
    import pandas as pd

    obs = pd.DataFrame(
        {
            "layer": _categories("layer", tissue.layer),
            "slide": _categories("slide", tissue.slide),
            IN_TISSUE: np.ones(len(tissue.layer), dtype=np.int64),
            ARRAY_ROW: tissue.array_row,
            ARRAY_COL: tissue.array_col,
            "depth": tissue.depth,
        },
        index=list(tissue.barcodes),
    )
    var = pd.DataFrame({"module": pd.Categorical(tissue.module)}, index=list(tissue.genes))
    adata = anndata.AnnData(
        sparse.csr_matrix(tissue.counts, dtype=np.float32),
        obs=obs,
        var=var,
        obsm={SPATIAL: tissue.coordinates.copy()},
    )
    if expected:
        adata.layers["expected"] = tissue.expected
    return adata


def cells_adata(cells: Any) -> AnnData:
    """Return simulated cells as AnnData.

    Parameters
    ----------
    cells
        What :func:`graphkit.datasets.simulate_cells` returned.

    Returns
    -------
    AnnData [n, G]
        X: counts as float32 CSR; ``obs``: ``cell_type``, the true one, ``label``, some of them
        wrong, ``batch`` (categorical) and ``doublet``; ``var["marker_of"]``.
    """
    import anndata
    import pandas as pd

    types = _categories("type", np.arange(cells.types.max() + 1)).categories
    obs = pd.DataFrame(
        {
            "cell_type": pd.Categorical.from_codes(cells.types, types),
            "label": pd.Categorical.from_codes(cells.labels, types),
            "batch": _categories("batch", cells.batch),
            "doublet": cells.doublet,
        },
        index=list(cells.barcodes),
    )
    markers = pd.Categorical.from_codes(cells.marker_of, types)
    var = pd.DataFrame({"marker_of": markers}, index=list(cells.genes))
    return anndata.AnnData(sparse.csr_matrix(cells.counts, dtype=np.float32), obs=obs, var=var)


def _categories(name: str, codes: Any) -> Any:
    import pandas as pd

    labels = [f"{name}{i + 1}" for i in range(int(codes.max()) + 1)]
    return pd.Categorical.from_codes(codes, categories=pd.Index(labels))
