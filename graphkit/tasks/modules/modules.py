"""Gene modules of a tissue: genes that are expressed in the same places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.omics import writable
from graphkit.tasks.modules.estimator import GeneModules

if TYPE_CHECKING:
    from anndata import AnnData

    from graphkit.methods.darlc import DARLCParams
    from graphkit.methods.spot_denoiser import DenoiserParams


def find_modules(
    adata: AnnData,
    *,
    n_modules: int | str = "auto",
    layer: str | None = None,
    spatial_key: str = "spatial",
    library_key: str | None = None,
    key_added: str = "gene_module",
    max_genes: int = 3000,
    min_counts: int = 30,
    min_spots: int = 10,
    copy: bool = False,
    random_state: int = 0,
    device: str = "auto",
    progress: bool = False,
    params: DARLCParams | None = None,
    denoiser: DenoiserParams | None = None,
) -> AnnData | None:
    """Group genes that are expressed in the same places of a tissue, after DARLC.

    :class:`~graphkit.GeneModules` does it, and can also save and apply what it found.

    Counts are denoised over the neighbour graph; gene images, z-scored so that abundance does not
    group them, are embedded by :class:`~graphkit.methods.darlc.DARLC`; Student's t mixtures
    cluster the embeddings of random halves of the molecules, and the modules are the consensus.

    Parameters
    ----------
    adata : AnnData [n, G]
        Raw counts and ``obsm[spatial_key]``.
    n_modules
        How many, 2 or more; ``"auto"`` takes the smallest candidate within one standard error of
        the best held-out log-density.
    layer
        Layer of the raw counts; None for X.
    spatial_key, library_key
        Where the coordinates and the slide of each spot are.
    key_added
        Stem of the names of what is added.
    max_genes
        Only so many of the most variable genes are grouped, at most 10,000: memory grows with
        their square.
    min_counts, min_spots
        Genes with fewer molecules, or found in fewer spots, are left out.
    copy
        Return a changed copy instead of changing `adata`.
    random_state
        Seed of everything random.
    device
        As in :class:`~graphkit.training.TrainSettings`.
    progress
        Show progress on stderr.
    params, denoiser
        Settings of the method and of the denoiser.

    Returns
    -------
    AnnData or None
        The copy, where one is asked for. Added are

        ``var[key_added]`` : categorical [G]
            ``"module1"`` is the largest; ``"unassigned"`` where a gene was left out, or is of a
            module that is not found again in other molecules.
        ``var[key_added + "_note"]`` : str [G]
            Why it was.
        ``varm[key_added + "_probability"]`` : float32 [G, K]
            Share of the clusterings in which a gene keeps company with each module.
        ``varm[key_added + "_correlation"]`` : float32 [G, K]
            Of a gene's expression over the spots with the activity of each module without it.
        ``varm["X_" + key_added]`` : float32 [G, D]
            Embedding of the genes, rows of length 1; NaN for those left out, as above.
        ``obsm[key_added + "_activity"]`` : float32 [n, K]
            Mean z-scored log-normalised expression of each module's genes.
        ``uns[key_added]``
            Settings; in ``"reproducibility"`` the share of each module's genes that, in one half of
            the molecules, go with their module in the other half most; in ``"agreement"`` the share
            of the genes whose own module is the one that they correlate with most.

    Raises
    ------
    InputError
        If counts, coordinates or slides are unusable, a setting is out of range, there are too few
        genes for the modules, or no module is found again in other molecules.

    Warns
    -----
    UserWarning
        If some of the modules that were asked for are not found again in other molecules.
    """
    adata = writable(adata, copy=copy)
    model = GeneModules(
        n_modules,
        max_genes=max_genes,
        min_counts=min_counts,
        min_spots=min_spots,
        params=params,
        denoiser=denoiser,
        random_state=random_state,
        device=device,
    )
    model.fit(
        adata, layer=layer, spatial_key=spatial_key, library_key=library_key, progress=progress
    )
    model.annotate(adata, layer=layer, library_key=library_key, key_added=key_added)
    return adata if copy else None
