"""Raw counts: found, checked, and refused with the name of the slot that holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.errors import InputError
from graphkit.omics.mapped import by_rows, row_blocks
from graphkit.omics.storage import as_csr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anndata import AnnData
    from scipy import sparse

# Above it float32 skips integers, and no spot has sixteen million molecules of one gene.
MAX_COUNT = 2**24


def raw_counts(adata: AnnData, *, layer: str | None = None) -> sparse.csr_matrix:
    """Return the counts of X, or of a layer, however they are stored.

    Parameters
    ----------
    adata : AnnData [n, G]
        Spots or cells by genes; a view, backed, dense, sparse or lazy.
    layer
        Key of ``layers``; None for X.

    Returns
    -------
    csr_matrix of float32 [n, G]
        Sorted, no stored zeros. It may share memory with `adata`: do not write into it.

    Raises
    ------
    InputError
        If there are no spots or genes, or the values are not counts: missing, negative, not whole
        numbers, or larger than 2^24. The remedy names a slot that does hold counts.

    Examples
    --------
    >>> import anndata
    >>> raw_counts(anndata.AnnData(np.array([[0, 3], [1, 0]]))).data.tolist()
    [3.0, 1.0]
    """
    n, n_genes = adata.shape
    for size, what in ((n, "spots"), (n_genes, "genes")):
        if size == 0:
            raise InputError(f"no {what}", slot="adata", remedy=f"Give a table with {what}.")
    slot = _slot(layer)
    matrix = as_csr(_values(adata, layer), slot=slot)
    problem = _problem(matrix)
    if problem is not None:
        reason, position = problem
        raise InputError(reason + _where(adata, matrix, position), slot=slot, remedy=_remedy(adata))
    if matrix.nnz == 0:
        raise InputError("every count is zero", slot=slot, remedy=_remedy(adata))
    if matrix.dtype == np.float32:
        return matrix
    return by_rows(lambda part: part.astype(np.float32), matrix)


def _slot(layer: str | None) -> str:
    return "X" if layer is None else f"layers[{layer!r}]"


def _values(adata: AnnData, layer: str | None) -> Any:
    if layer is not None and layer not in adata.layers:
        known = ", ".join(map(repr, adata.layers)) or "(none)"
        raise InputError("no such layer", slot=_slot(layer), remedy=f"There are: {known}.")
    values = adata.X if layer is None else adata.layers[layer]
    if values is None:
        raise InputError("is empty", slot="X", remedy=_remedy(adata))
    return values


def _problem(matrix: sparse.csr_matrix) -> tuple[str, int] | None:
    """Return what keeps the values from being counts and where in ``matrix.data`` it shows."""
    checks = (
        (lambda x: ~np.isfinite(x), "missing or infinite value {}"),
        (lambda x: x < 0, "negative value {:g}, so no raw counts"),
        (
            lambda x: x != np.floor(x),
            "{:g} is no whole number, so no raw counts (normalised already?)",
        ),
        (lambda x: x > MAX_COUNT, f"{{}} is larger than any count can be ({MAX_COUNT})"),
    )
    for is_wrong, reason in checks:
        for part in row_blocks(matrix.data.shape, matrix.nnz):
            wrong = is_wrong(matrix.data[part])
            if wrong.any():
                position = part.start + int(np.argmax(wrong))
                return reason.format(matrix.data[position].item()), position
    return None


def _where(adata: AnnData, matrix: sparse.csr_matrix, position: int) -> str:
    row = int(np.searchsorted(matrix.indptr, position, side="right")) - 1
    gene = adata.var_names[matrix.indices[position]]
    return f" (spot {adata.obs_names[row]}, gene {gene})"


def _remedy(adata: AnnData) -> str:
    for call, values in _candidates(adata):
        try:
            matrix = as_csr(values, slot=call)
        except InputError:
            continue
        if matrix.nnz and _problem(matrix) is None:
            return f"Raw counts are in {call}"
    return "Give raw counts: whole numbers as the sequencer or the microscope gave them."


def _candidates(adata: AnnData) -> Iterator[tuple[str, Any]]:
    for name in adata.layers:
        yield f"layers[{name!r}]: pass layer={name!r}.", adata.layers[name]
    if adata.X is not None:
        yield "X: pass layer=None.", adata.X
    if adata.raw is not None:
        yield "adata.raw: pass adata.raw.to_adata().", adata.raw.X
