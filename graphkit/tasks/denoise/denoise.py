"""``denoise``: expected counts into an AnnData, with what they are worth gene by gene."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.evaluation.tissues.thinning import gene_frequencies, gene_losses, mean_losses, thin
from graphkit.omics import writable
from graphkit.tasks.denoise.denoiser import SpatialDenoiser

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray
    from scipy import sparse

    from graphkit.builders.neighbors.table import SpotTable
    from graphkit.methods.spot_denoiser import DenoiserParams
    from graphkit.tasks.denoise.networks import Denoised

SCALE = "expected counts at each spot's own depth: shares of the genes times the spot's total"
WARNING = (
    "Spots of this layer borrowed from one another and are not independent: differential tests on "
    "it find far too many genes. Test on the raw counts."
)


def denoise(
    adata: AnnData,
    *,
    layer: str | None = None,
    spatial_key: str = "spatial",
    library_key: str | None = None,
    key_added: str = "denoised",
    copy: bool = False,
    random_state: int = 0,
    device: str = "auto",
    progress: bool = False,
    params: DenoiserParams | None = None,
    gain: bool = True,
) -> AnnData | None:
    """Replace noisy counts by expected ones, learnt from the slide itself.

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
        Name of the new layer, and of its description in ``uns``.
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

    Returns
    -------
    AnnData or None
        The copy, where one is asked for. Added are

        ``layers[key_added]`` : float32 [n, G]
            Expected counts at each spot's own depth; 0 for genes and spots without counts.
        ``var["denoise_gain"]`` : float64 [G]
            Nats per held-out molecule by which one network, trained on a random half of the
            molecules, predicts the other half better than the gene's mean does. At or below 0 the
            layer says nothing about the gene; NaN where nothing was held out.
        ``obsm["X_denoiser"]`` : float32 [n, d]
            Embedding of the spots.
        ``uns[key_added]``
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
    model = SpatialDenoiser(params, seed=random_state, device=device)
    counts, table = model.read(adata, layer, spatial_key, library_key)
    model.fit_counts(counts, table, progress=progress)
    denoised = model.apply(model.select(counts), table)
    about: dict[str, Any] = {
        "params": asdict(model.params),
        "seed": random_state,
        "layer": "X" if layer is None else layer,
        "scale": SCALE,
        "warning": WARNING,
        "smoothing": float(denoised.smoothing.mean()),
    }
    if gain:
        single = SpatialDenoiser(replace(model.params, members=1), seed=random_state, device=device)
        adata.var["denoise_gain"], about["gain"] = _gains(single, counts, table, progress=progress)
    depth = np.asarray(counts.sum(axis=1), dtype=np.float32).reshape(-1, 1)
    adata.layers[key_added] = _all_rates(denoised, model.columns_, counts.shape) * depth
    adata.obsm["X_denoiser"] = denoised.latent
    adata.uns[key_added] = about
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
    model = SpatialDenoiser(params, seed=seed, device=device, threads=threads)
    model.fit_counts(counts, table, progress=progress)
    return _all_rates(model.apply(model.select(counts), table), model.columns_, counts.shape)


def _all_rates(
    denoised: Denoised, columns: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.float32]:
    rates = np.zeros(shape, dtype=np.float32)
    for rows, block in denoised.rates():
        rates[rows, columns] = block
    return rates


def _gains(
    model: SpatialDenoiser, counts: sparse.csr_matrix, table: SpotTable, *, progress: bool
) -> tuple[NDArray[np.float64], float]:
    """Return the held-out gain of each gene over its mean, and that of all together."""
    train, held = thin(counts, seed=model.seed)
    model.fit_counts(train, table, progress=progress)
    train, held = model.select(train), model.select(held)
    frequencies = gene_frequencies(train)
    mean = mean_losses(held, frequencies)
    losses = gene_losses(model.apply(train, table).rates(), held, frequencies)
    gains = np.full(counts.shape[1], np.nan)
    gains[model.columns_] = mean.per_gene - losses.per_gene
    return gains, mean.total - losses.total
