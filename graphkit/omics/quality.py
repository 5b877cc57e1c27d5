"""How well cells were measured, in the columns that scanpy gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from graphkit.omics.genes import gene_symbols

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray
    from scipy import sparse

# Median absolute deviations from the median, and per cent of mitochondrial counts, beyond which a
# cell is damaged: those of Heumos et al. 2023, doi:10.1038/s41576-023-00586-w.
_FEW, _MANY, _MITOCHONDRIAL = 5.0, 3.0, 8.0
# A deviation, of logarithms or per cent, below which cells do not differ.
_LEAST = 0.1


def cell_quality(adata: AnnData, counts: sparse.csr_matrix) -> pd.DataFrame:
    """Return the quality of cells, under the names of ``sc.pp.calculate_qc_metrics``.

    Parameters
    ----------
    adata : AnnData [n, G]
        Has the names of the genes: those that begin with ``MT-`` or ``mt-`` are mitochondrial.
    counts : csr_matrix [n, G]
        Raw counts.

    Returns
    -------
    DataFrame [n]
        ``n_genes_by_counts``, ``total_counts``, where there are mitochondrial genes
        ``total_counts_mt`` and ``pct_counts_mt`` (0 to 100), and ``damaged``: far fewer counts or
        genes than other cells have, or a far larger mitochondrial share.

    Examples
    --------
    >>> import anndata
    >>> cells = anndata.AnnData(np.array([[9.0, 1.0], [8.0, 2.0], [7.0, 3.0], [1.0, 9.0]]))
    >>> cells.var_names = ["ACTB", "MT-CO1"]
    >>> found = cell_quality(cells, cells.X)
    >>> found["pct_counts_mt"].tolist(), found["damaged"].tolist()
    ([10.0, 20.0, 30.0, 90.0], [False, False, False, True])
    """
    import anndata
    import scanpy

    symbols = pd.Index(np.asarray(gene_symbols(adata), dtype=str))
    mitochondrial = np.asarray(symbols.str.upper().str.startswith("MT-"))
    cells = anndata.AnnData(counts, var=pd.DataFrame({"mt": mitochondrial}, adata.var_names))
    found: pd.DataFrame = scanpy.pp.calculate_qc_metrics(
        cells,
        qc_vars=["mt"] if mitochondrial.any() else [],
        percent_top=None,
        log1p=False,
        inplace=False,
    )[0].set_index(adata.obs_names)
    sizes = np.log1p(found[["n_genes_by_counts", "total_counts"]].to_numpy(dtype=np.float64))
    damaged = (_beyond(-sizes) > _FEW).any(axis=1)
    if mitochondrial.any():
        share = np.nan_to_num(found["pct_counts_mt"].to_numpy(dtype=np.float64))
        damaged |= (_beyond(share) > _MANY) & (share > _MITOCHONDRIAL)
    return found.assign(damaged=damaged)


def _beyond(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far values are above the median of their column, in median deviations."""
    deviation = np.maximum(stats.median_abs_deviation(values, axis=0), _LEAST)
    return np.asarray((values - np.median(values, axis=0)) / deviation)
