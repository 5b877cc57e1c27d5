"""``denoise``: denoised expression into an AnnData, with what they are worth gene by gene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.omics import writable
from graphkit.tasks.denoise.denoiser import SpatialDenoiser

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from anndata import AnnData
    from numpy.typing import NDArray
    from scipy import sparse

    from graphkit.builders.neighbors.table import SpotTable
    from graphkit.methods.spot_denoiser import DenoiserParams


def denoise(
    adata: AnnData,
    *,
    layer: str | None = None,
    spatial_key: str = "spatial",
    library_key: str | None = None,
    key_added: str | None = None,
    copy: bool = False,
    random_state: int = 0,
    device: str = "auto",
    progress: bool = False,
    params: DenoiserParams | None = None,
    gain: bool = True,
    expected_counts: bool = False,
    genes: Sequence[str] | int | None = None,
) -> AnnData | None:
    """Denoise the expression of spots or cells with the help of their neighbours.

    **Do not run differential tests on the result**: its spots borrowed from one another, so p
    values are far too small. It is for looking, for gene modules and for embeddings.

    Parameters
    ----------
    adata : AnnData [n, G]
        Raw counts and ``obsm[spatial_key]``.
    layer
        Layer of the raw counts; None for X.
    spatial_key
        ``obsm`` key of the coordinates.
    library_key
        ``obs`` column that tells slides apart; spots borrow within a slide only.
    key_added
        Name of the new layer, and stem of all other names; None for those below.
    copy
        Whether to return a changed copy and leave `adata` as it is.
    random_state
        Seed. Same machine, threads and seed: the same bytes.
    device
        ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"`` or ``"mps"``.
    progress
        Whether to show progress lines on stderr.
    params
        The recipe: how many genes are read, among others. Every gene that occurs is predicted.
    gain
        Whether to measure what each gene gains; this trains one network more.
    expected_counts
        Whether the layer holds expected counts at each spot's own depth in place of shares. A map
        of them shows the depth first.
    genes
        Only these are in the layer, or only so many of those that gain most; the layer is then
        sparse. None for all.

    Returns
    -------
    AnnData or None
        The copy, where one is asked for. Added are

        ``layers["denoised"]`` : float32 [n, G]
            ``log(1 + counts per 10,000)``, as ``scanpy.pp.normalize_total`` and ``log1p`` give it,
            of the expected counts; 0 for genes and spots without counts.
        ``var["denoise_gain"]`` : float64 [G], or ``var[key_added + "_gain"]``
            Nats per held-out molecule by which one network, trained on a random half of the
            molecules, predicts the other half better than the gene's mean does; NaN where nothing
            was held out.
        ``var["denoise_gain_se"]`` : float64 [G]
            Its standard error: with another random half it comes out so far off.
        ``var["denoise_verdict"]`` : categorical [G]
            ``"yes"`` where the gain is shown to be above 0 (5 % false discoveries), ``"no"`` where
            below, else ``"not shown"``: the layer then says nothing that is known of the gene.
        ``var["denoise_molecules"]`` : int64 [G]
            Molecules of the gene; few show nothing.
        ``var["denoise_morans_i"]``, ``var["denoise_morans_fdr"]`` : float64 [G]
            Moran's I of the measured, log-normalised gene over the six nearest neighbours, and the
            false discovery rate of "more than spots in any order": genes that vary over the tissue.
        ``obsm["X_denoised"]`` : float32 [n, d]
            Embedding of the spots.
        ``uns["denoised"]``
            Settings, scale, warning, mean smoothing and overall gain.

    Raises
    ------
    InputError
        If counts, coordinates or slides are unusable.

    Examples
    --------
    >>> from graphkit.datasets import TissueParams, simulate_tissue
    >>> from graphkit.methods import DenoiserParams
    >>> from graphkit.omics import tissue_adata
    >>> tissue = tissue_adata(simulate_tissue(TissueParams(n_spots=60), seed=0))
    >>> denoise(tissue, params=DenoiserParams(steps=2, min_epochs=1, members=1))
    >>> tissue.layers["denoised"].shape == tissue.shape
    True
    """
    adata = writable(adata, copy=copy)
    slots: dict[str, Any] = {"layer": layer, "spatial_key": spatial_key, "library_key": library_key}
    model = SpatialDenoiser(params, random_state=random_state, device=device)
    model.fit(adata, **slots, progress=progress)
    model.annotate(
        adata,
        **slots,
        key_added=key_added,
        gain=gain,
        expected_counts=expected_counts,
        genes=genes,
        progress=progress,
    )
    return adata if copy else None


def denoiser_rates(
    counts: sparse.csr_matrix,
    table: SpotTable,
    *,
    seed: int = 0,
    params: DenoiserParams | None = None,
    device: str = "auto",
    threads: int | None = None,
    progress: bool = False,
) -> NDArray[np.float32]:
    """Train on counts and return the share of every gene in every spot.

    Parameters
    ----------
    counts : csr_matrix of float32 [n, G]
        Raw counts.
    table
        Neighbours of each spot; :func:`graphkit.builders.neighbors.table.isolated` for none.
    seed, params, device, threads, progress
        As in :class:`~graphkit.tasks.SpatialDenoiser`.

    Returns
    -------
    ndarray of float32 [n, G]
        Rows add up to 1; 0 for genes that do not occur.
    """
    model = SpatialDenoiser(params, random_state=seed, device=device, threads=threads)
    model.fit_counts(counts, table, progress=progress)
    return model.apply(model.select(counts), table).spread(model.columns_, counts.shape[1])
