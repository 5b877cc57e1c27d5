"""Cluster cells: the verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.omics import writable
from graphkit.tasks.cells.clusters import LEIDEN, PLAIN, CellClusters

if TYPE_CHECKING:
    from anndata import AnnData

    from graphkit.methods.cell_autoencoder import CellParams


def cluster(
    adata: AnnData,
    *,
    n_clusters: int | str = LEIDEN,
    resolution: float = 1.0,
    batch_key: str | None = None,
    method: str = PLAIN,
    members: int = 3,
    min_counts: int = 10,
    layer: str | None = None,
    key_added: str = "cluster",
    copy: bool = False,
    random_state: int = 0,
    device: str = "auto",
    threads: int | None = None,
    progress: bool = False,
    params: CellParams | None = None,
) -> AnnData | None:
    """Cluster cells by their raw counts: a consensus that reads no labels.

    :class:`~graphkit.tasks.CellClusters` says how.

    Parameters
    ----------
    adata : AnnData [n, G]
        Raw counts.
    n_clusters
        How many; ``"auto"`` for as many as lie clearly apart in held-out molecules, or else for as
        many as Leiden gives; or ``"leiden"`` for as many as `resolution` gives.
    resolution
        Of Leiden's algorithm, where it gives the number.
    batch_key
        Column of ``obs`` that tells batches apart: what each adds is told by clusters it shares
        with others, and taken away. None for one batch.
    method
        What the networks are: ``"autoencoder"``, ``"cicl"``, ``"group"`` or ``"scrcl"``.
    members
        Networks, each of which makes four clusterings.
    min_counts
        Cells with fewer counts are left out: their cluster is missing.
    layer
        Of the raw counts; None for X.
    key_added
        Column of the labels, and stem of all other names.
    copy
        Whether to return a changed copy and leave `adata` as it is.
    random_state
        Of all that is random.
    device, threads, progress
        Where to train, on how many threads, and whether to show progress lines on stderr.
    params
        The recipe.

    Returns
    -------
    AnnData or None
        The copy, where one is asked for. Added are

        ``obs[key_added]`` : categorical [n]
            Clusters, ``"1"`` the largest.
        ``obs[key_added + "_stability"]`` : float64 [n]
            How likely the cell is in that cluster again, were its molecules counted anew.
        ``obs[key_added + "_oddness"]`` : float64 [n]
            How like two cells it is: share of simulated doublets that are less so; NaN where
            doublets cannot be told from these cells.
        ``obs[key_added + "_damaged"]`` : bool [n]
            Whether it has far fewer counts or genes than others, or far more of mitochondria.
        ``obs["total_counts"]``, ``"n_genes_by_counts"``, ``"pct_counts_mt"``... : [n]
            As ``sc.pp.calculate_qc_metrics`` writes them; columns that are there stay.
        ``uns[key_added + "_colors"]`` : list of str [K]
            Colours of the clusters, where scanpy looks for them.
        ``obsm["X_" + key_added]`` : float32 [n, F]
            What networks and components say; ``sc.pp.neighbors(adata, use_rep=...)`` reads it.
        ``obsm["X_cicl"]``, or of the other `method` : float32 [n, F]
            What networks alone say; not for the autoencoder.
        ``uns[key_added]``
            Settings, and how far the clusterings agree, and k-means on components; for ``"auto"``
            the rule, whether the number is ``determined``, and how far apart the two nearest of so
            many groups are (``curve``).

    Raises
    ------
    InputError
        If counts, batches or the number of clusters are unusable.

    Warns
    -----
    UserWarning
        If clusters that were asked for are empty, no number is clear, or the clusterings agree
        little: there may be no clusters. If cells near one another are mostly of one batch, by a
        column of ``obs`` named as batches are, and there is no `batch_key`.

    Examples
    --------
    >>> import anndata
    >>> import numpy as np
    >>> from graphkit.methods import CellParams
    >>> rates = np.repeat([[1.0] * 10 + [9.0] * 10, [9.0] * 10 + [1.0] * 10], 30, axis=0)
    >>> cells = anndata.AnnData(np.random.default_rng(0).poisson(rates).astype(np.float32))
    >>> cluster(cells, n_clusters=2, members=1, params=CellParams(steps=5, min_epochs=1))
    >>> cells.obs["cluster"].value_counts().tolist()
    [30, 30]
    """
    adata = writable(adata, copy=copy)
    model = CellClusters(
        n_clusters,
        resolution=resolution,
        batch_key=batch_key,
        method=method,
        members=members,
        min_counts=min_counts,
        params=params,
        random_state=random_state,
        device=device,
        threads=threads,
    )
    model.fit(adata, layer=layer, progress=progress).annotate(adata, key_added=key_added)
    return adata if copy else None
