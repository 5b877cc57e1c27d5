"""``denoise``: expected counts into an AnnData, with what they are worth gene by gene."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from graphkit.builders.spot_table import spot_table
from graphkit.evaluation.thinning import gene_frequencies, gene_losses, mean_losses, thin
from graphkit.methods.denoiser_params import DenoiserParams
from graphkit.methods.spatial_denoiser import SpatialDenoiser
from graphkit.omics import coordinates, libraries, raw_counts, writable

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray

    from graphkit.builders.spot_table import SpotTable

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
    n_top_genes: int = 3000,
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
    n_top_genes
        Genes that are read. Every gene that occurs is predicted.
    copy
        Whether to return a changed copy and leave `adata` as it is.
    random_state
        Seed. Same machine, threads and seed: the same bytes.
    device
        ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"`` or ``"mps"``.
    progress
        Whether to show progress lines on stderr.
    params
        The recipe; `n_top_genes` is taken from the argument of that name.
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
    >>> from graphkit.omics import tissue_adata
    >>> tissue = tissue_adata(simulate_tissue(TissueParams(n_spots=60), seed=0))
    >>> denoise(tissue, params=DenoiserParams(steps=2, min_epochs=1, members=1))
    >>> tissue.layers["denoised"].shape == tissue.shape
    True
    """
    adata = writable(adata, copy=copy)
    counts = raw_counts(adata, layer=layer)
    points = coordinates(adata, spatial_key=spatial_key, library_key=library_key)
    library = libraries(adata, library_key=library_key).codes
    recipe = replace(params or DenoiserParams(), n_top_genes=n_top_genes)
    table = spot_table(points, n_neighbors=recipe.n_neighbors, library=library)
    genes = tuple(map(str, range(counts.shape[1])))
    model = SpatialDenoiser(recipe, seed=random_state, device=device)
    model.fit_counts(counts, table, genes=genes, progress=progress)
    seen = np.array(model.genes_, dtype=np.int64)
    kept = sparse.csr_matrix(counts[:, seen])
    about: dict[str, Any] = {
        "params": asdict(recipe),
        "seed": random_state,
        "layer": "X" if layer is None else layer,
        "scale": SCALE,
        "warning": WARNING,
        "smoothing": float(model.smoothing(kept, table).mean()),
    }
    if gain:
        gains, about["gain"] = _gains(
            counts, table, replace(recipe, members=1), (random_state, device, progress)
        )
        adata.var["denoise_gain"] = gains
    adata.layers[key_added] = _expected(model, kept, table, (seen, counts.shape))
    adata.obsm["X_denoiser"] = model.latent(kept, table)
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
        Neighbours of each spot; :func:`graphkit.builders.spot_table.isolated` for none.
    seed, params, device, threads, progress
        As in :class:`~graphkit.methods.SpatialDenoiser`.

    Returns
    -------
    ndarray of float32 [n, G]
        Rows add up to 1; 0 for genes that do not occur.
    """
    recipe = params or DenoiserParams()
    model = SpatialDenoiser(recipe, seed=seed, device=device, threads=threads)
    genes = tuple(map(str, range(counts.shape[1])))
    model.fit_counts(counts, table, genes=genes, progress=progress)
    seen = np.array(model.genes_, dtype=np.int64)
    rates = np.zeros(counts.shape, dtype=np.float32)
    for rows, block in model.rates(sparse.csr_matrix(counts[:, seen]), table):
        rates[rows, seen] = block
    return rates


def _expected(
    model: SpatialDenoiser,
    kept: sparse.csr_matrix,
    table: SpotTable,
    place: tuple[NDArray[np.int64], tuple[int, int]],
) -> NDArray[np.float32]:
    seen, shape = place
    depth = np.asarray(kept.sum(axis=1), dtype=np.float32).reshape(-1, 1)
    expected = np.zeros(shape, dtype=np.float32)
    for rows, block in model.rates(kept, table):
        expected[rows, seen] = block * depth[rows]
    return expected


def _gains(
    counts: sparse.csr_matrix,
    table: SpotTable,
    recipe: DenoiserParams,
    how: tuple[int, str, bool],
) -> tuple[NDArray[np.float64], float]:
    """Return the held-out gain of each gene over its mean, and that of all together."""
    seed, device, progress = how
    train, held = thin(counts, seed=seed)
    model = SpatialDenoiser(recipe, seed=seed, device=device)
    genes = tuple(map(str, range(counts.shape[1])))
    model.fit_counts(train, table, genes=genes, progress=progress)
    seen = np.array(model.genes_, dtype=np.int64)
    train, held = sparse.csr_matrix(train[:, seen]), sparse.csr_matrix(held[:, seen])
    frequencies = gene_frequencies(train)
    mean = mean_losses(held, frequencies)
    found = gene_losses(model.rates(train, table), held, frequencies)
    gains = np.full(counts.shape[1], np.nan)
    gains[seen] = mean.per_gene - found.per_gene
    return gains, mean.total - found.total
