"""Tell the types of cells from a reference: the verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.omics import writable
from graphkit.tasks.cells.types import KEY, CellTypes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anndata import AnnData


def annotate(
    reference: AnnData,
    query: AnnData,
    *,
    label: str = "cell_type",
    unknown_rate: float = 0.05,
    n_top_genes: int = 2000,
    n_neighbors: int = 15,
    min_counts: int = 10,
    markers: Mapping[str, Sequence[str]] | None = None,
    reference_layer: str | None = None,
    layer: str | None = None,
    key_added: str = KEY,
    copy: bool = False,
    random_state: int = 0,
) -> AnnData | None:
    """Annotate cells with the types of a reference.

    :class:`~graphkit.tasks.CellTypes` says how.

    Parameters
    ----------
    reference : AnnData [n, G]
        Raw counts of cells whose types are known.
    query : AnnData [m, H]
        Raw counts. Genes are matched by name, symbol or Ensembl identifier, and between mouse and
        human by capitals.
    label
        Column of ``reference.obs`` with the types.
    unknown_rate
        Share of cells of the reference's types that may be called unknown.
    n_top_genes, n_neighbors
        Most variable of the shared genes, which are read; nearest cells of the reference that vote.
    min_counts
        Cells with fewer counts of shared genes are left out.
    markers
        Marker genes of types that the reference may lack; what it has is told from it.
    reference_layer, layer
        Of the raw counts of each; None for X.
    key_added
        Column of the types; unless it is ``"predicted"``, the other names begin with it.
    copy
        Whether to return a changed copy and leave `query` as it is.
    random_state
        Of all that is random.

    Returns
    -------
    AnnData or None
        The copy, where one is asked for. Added are

        ``obs[key_added]`` : categorical [m]
            Type, or ``"Unknown"``; missing where a cell was left out.
        ``obs["confidence"]`` : float64 [m]
            How likely the type is right, were the cell of a type of the reference.
        ``obs["neighbours_agree"]`` : float64 [m]
            Share of the nearest cells of the reference that are of the likeliest type; NaN where
            markers told it.
        ``obs["oddness"]`` : float64 [m]
            Share of held-out cells of the reference that were less odd.
        ``obsm["X_predicted"]`` : float32 [m, d]
            Principal components of both tables; NaN where a cell was left out.
        ``obsm["nearest_reference"]`` : int64 [m, 5]
            Rows of the nearest cells of the reference; -1 where a cell was left out.
        ``uns[key_added + "_colors"]`` : list of str
            Colours of the types, where scanpy looks for them.
        ``uns[key_added]``
            How well it does on held-out cells of the reference, beside a linear support vector
            machine; how far each type is confirmed by genes that were not read.

    Raises
    ------
    InputError
        If labels or counts are unusable, or too few genes are shared.

    Warns
    -----
    UserWarning
        If cells of the reference have no type, or types are not confirmed.

    Examples
    --------
    >>> import anndata
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> rates = np.repeat([[1.0] * 15 + [5.0] * 15, [5.0] * 15 + [1.0] * 15], 30, axis=0)
    >>> cells = anndata.AnnData(rng.poisson(rates).astype(np.float32))
    >>> cells.obs["cell_type"] = ["one"] * 30 + ["two"] * 30
    >>> new = anndata.AnnData(rng.poisson(rates).astype(np.float32))
    >>> annotate(cells, new)
    >>> new.obs["predicted"].cat.categories.tolist()
    ['one', 'two', 'Unknown']
    """
    query = writable(query, copy=copy)
    model = CellTypes(
        unknown_rate=unknown_rate,
        n_top_genes=n_top_genes,
        n_neighbors=n_neighbors,
        min_counts=min_counts,
        random_state=random_state,
        markers=markers,
    )
    model.fit(reference, label=label, layer=reference_layer)
    model.annotate(query, layer=layer, key_added=key_added)
    return query if copy else None
