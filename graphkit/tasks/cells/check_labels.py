"""Check the labels of cells: the verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.omics import writable
from graphkit.tasks.cells.check import KEY, LabelCheck

if TYPE_CHECKING:
    from anndata import AnnData


def check_labels(
    adata: AnnData,
    *,
    label: str = "cell_type",
    n_top_genes: int = 2000,
    n_neighbors: int = 15,
    min_counts: int = 10,
    layer: str | None = None,
    key_added: str = KEY,
    copy: bool = False,
    random_state: int = 0,
) -> AnnData | None:
    """Find the cells whose label is likely wrong, and suggest another.

    :class:`~graphkit.tasks.LabelCheck` says how.

    Parameters
    ----------
    adata : AnnData [n, G]
        Raw counts.
    label
        Column of ``obs`` with the labels.
    n_top_genes, n_neighbors
        Most variable genes, which are read; nearest cells that vote.
    min_counts
        Cells with fewer counts are not checked.
    layer
        Of the raw counts; None for X.
    key_added
        Column of the labels; unless it is ``"suggested"``, the other names begin with it.
    copy
        Whether to return a changed copy and leave `adata` as it is.
    random_state
        Of all that is random.

    Returns
    -------
    AnnData or None
        The copy, where one is asked for. Added are

        ``obs[key_added]`` : categorical [n]
            Another label where the given one is likely wrong, else the given one.
        ``obs["suspicion"]`` : float64 [n]
            How likely the label is wrong; NaN where a cell was not checked.
        ``obs["was_anchor"]`` : bool [n]
            Whether the cell voted in the end.
        ``uns[key_added]``
            Estimated share of wrong labels, how many were changed, and how many not checked.

    Raises
    ------
    InputError
        If labels or counts are unusable.

    Warns
    -----
    UserWarning
        If cells have no label, or a label a single cell.

    Examples
    --------
    >>> from graphkit import simulate_cells
    >>> from graphkit.datasets import CellsParams
    >>> from graphkit.omics import cells_adata
    >>> cells = cells_adata(simulate_cells(CellsParams(n_cells=300, wrong_labels=0.1)))
    >>> check_labels(cells, label="label")
    >>> bool((cells.obs["suggested"] == cells.obs["cell_type"]).mean() > 0.97)
    True
    """
    adata = writable(adata, copy=copy)
    model = LabelCheck(
        n_top_genes=n_top_genes,
        n_neighbors=n_neighbors,
        min_counts=min_counts,
        random_state=random_state,
    )
    model.fit(adata, label=label, layer=layer).annotate(adata, key_added=key_added)
    return adata if copy else None
