"""One matrix type out of the many ways AnnData stores one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from graphkit.errors import InputError
from graphkit.omics.mapped import by_rows, row_blocks, stacked, too_large

if TYPE_CHECKING:
    import pandas as pd
    from anndata import AnnData
    from numpy.typing import NDArray


def in_memory(values: Any) -> Any:
    """Return `values` as a numpy array or a scipy sparse matrix.

    Parameters
    ----------
    values : array-like [n, G]
        Dense, sparse, a data frame, lazy (dask) or on disk (h5py, zarr, backed AnnData).

    Returns
    -------
    ndarray or sparse matrix [n, G]
        The same numbers, not copied where they were in memory already.
    """
    if hasattr(values, "to_memory"):
        values = values.to_memory()
    if hasattr(values, "compute"):
        values = values.compute()
    if sparse.issparse(values):
        return values
    if hasattr(values, "to_numpy"):
        values = values.to_numpy()
    return np.asarray(values)


def as_csr(values: Any, *, slot: str) -> sparse.csr_matrix:
    """Return a matrix of numbers as CSR in the type it came in.

    Parameters
    ----------
    values : array-like [n, G]
        Any storage that :func:`in_memory` knows; numbers may hide in an object array.
    slot
        Its name in messages.

    Returns
    -------
    csr_matrix [n, G]
        Sorted, without duplicates and stored zeros. It shares memory with `values` where those
        were such a matrix already; of what is on disk and too large for memory it is mapped.

    Raises
    ------
    InputError
        If the values are no real numbers or the matrix has not two dimensions.

    Examples
    --------
    >>> as_csr(np.array([[0, 2], [1, 0]], dtype=object), slot="X").toarray().tolist()
    [[0.0, 2.0], [1.0, 0.0]]
    """
    if _on_disk(values) and too_large(stored_values(values)):
        return mapped_csr(values, slot=slot)
    values = in_memory(values)
    if values.ndim != 2:
        raise InputError(f"has {values.ndim} dimensions", slot=slot, remedy="Give spots x genes.")
    if values.dtype.kind == "O":
        values = _numbers(values, slot)
    if values.dtype.kind not in "biuf":
        raise InputError(
            f"holds {values.dtype} values", slot=slot, remedy="Give a matrix of numbers."
        )
    if values.dtype.kind == "b":
        values = values.astype(np.uint8)
    if values.dtype == np.float16:  # scipy has no sparse matrices of it
        values = values.astype(np.float32)
    return _canonical(sparse.csr_matrix(values))


def mapped_csr(values: Any, *, slot: str) -> sparse.csr_matrix:
    """Return a table on disk as :func:`as_csr` does, mapped: blocks of its rows are read.

    Parameters
    ----------
    values : array-like [n, G]
        Dense, or with compressed rows: of h5py, zarr or dask, or sparse and backed.
    slot
        Its name in messages.
    """
    rows = row_blocks(values.shape, stored_values(values))
    return stacked(as_csr(in_memory(values[part]), slot=slot) for part in rows)


def stored_values(values: Any) -> int:
    """Return how many numbers a table on disk holds: of a sparse one those that are stored."""
    group = getattr(values, "group", None)
    return int(np.prod(values.shape) if group is None else group["data"].shape[0])


def _on_disk(values: Any) -> bool:
    """Return whether rows can be read of a table without reading it whole."""
    lazy = any(hasattr(values, name) for name in ("to_memory", "compute", "chunks"))
    two = len(getattr(values, "shape", ())) == 2
    return lazy and two and getattr(values, "format", "csr") == "csr"


def _numbers(values: Any, slot: str) -> Any:
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"holds objects that are no numbers ({error})",
            slot=slot,
            remedy="Store numbers: adata.X = adata.X.astype('float32').",
        ) from error


def _canonical(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    clean = matrix.has_canonical_format and np.count_nonzero(matrix.data) == matrix.nnz
    return matrix if clean else by_rows(_cleaned, matrix)


def _cleaned(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    # Cleaning works in place, and the matrix may be the user's own.
    matrix = matrix.copy()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix


def embedding_adata(values: NDArray[np.float32], table: pd.DataFrame) -> AnnData:
    """Return embeddings and the rows of a table as AnnData, named by the column ``id``.

    Parameters
    ----------
    values : ndarray [n, D]
        Embeddings.
    table : DataFrame [n]
        Becomes ``obs``: text as categories, which files can hold with gaps.
    """
    import anndata
    import pandas as pd

    text = table.select_dtypes(object).columns
    names = anndata.utils.make_index_unique(pd.Index(table["id"].tolist(), dtype=object))
    return anndata.AnnData(
        values, obs=table.astype(dict.fromkeys(text, "category")).set_axis(names)
    )
