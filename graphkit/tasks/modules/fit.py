"""From counts and coordinates to gene modules: denoise, embed, cluster, agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from graphkit.builders.gene_images import SpotRaster
from graphkit.builders.gene_views import GeneImageData, gene_views
from graphkit.builders.neighbors.table import spot_table
from graphkit.errors import InputError
from graphkit.methods.base import with_seed
from graphkit.methods.darlc import DARLC, DARLCParams
from graphkit.methods.mixtures import TMixtureSettings, cluster
from graphkit.methods.spot_denoiser import DenoiserParams
from graphkit.omics import highly_variable
from graphkit.tasks.denoise.denoiser import SpatialDenoiser
from graphkit.tasks.localize.ensemble import member_seed
from graphkit.tasks.modules.consensus import company, consensus, held_out_fit, smallest_within_error
from graphkit.training import TrainSettings, fit

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from graphkit.builders.gene_views import GeneViews

    Embeddings = NDArray[np.float32]

CANDIDATES = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30)
"""Numbers of modules that ``n_modules="auto"`` chooses from."""

_CLUSTERING = 2
_CANDIDATE_RUNS = 5


def left_out(
    counts: sparse.csr_matrix,
    library: NDArray[np.int64],
    *,
    min_counts: int,
    min_spots: int,
    max_genes: int,
) -> NDArray[np.str_]:
    """Return why each gene is not grouped, ``str [G]``, ``""`` where it is.

    Parameters
    ----------
    counts : csr_matrix [n, G]
    library : int64 [n]
        Slide of each spot.
    min_counts, min_spots, max_genes
        As in :class:`~graphkit.tasks.GeneModules`.
    """
    total = np.asarray(counts.sum(axis=0)).ravel()
    found_in = np.asarray((counts > 0).sum(axis=0)).ravel()
    notes = np.full(counts.shape[1], "", dtype="<U60")
    notes[found_in < min_spots] = f"found in fewer than {min_spots} spots"
    notes[total < min_counts] = f"fewer than {min_counts} molecules"
    kept = np.flatnonzero(notes == "")
    if len(kept) > max_genes:
        batch = library if library.any() else None
        top = kept[highly_variable(counts[:, kept], n_top_genes=max_genes, batch=batch)]
        notes[np.setdiff1d(kept, top)] = f"not among the {max_genes} most variable genes"
    return notes


@dataclass(frozen=True)
class ModulesOfGenes:
    """Modules of genes.

    Parameters
    ----------
    labels : int64 [G]
        Module of each gene, the largest first.
    probability : float32 [G, K]
        How often a gene shared a cluster with each module's genes; rows sum to 1.
    embedding : float32 [G, D]
        Of length 1, from the denoised images.
    images
        Slides, height, width of the images.
    held_out : dict of int to float
        Where the number was chosen: mean held-out log-density of each candidate.
    """

    labels: NDArray[np.int64]
    probability: NDArray[np.float32]
    embedding: Embeddings
    images: tuple[int, int, int]
    held_out: dict[int, float]


def fit_modules(
    counts: sparse.csr_matrix,
    points: NDArray[np.float64],
    *,
    n_modules: int | None,
    library: NDArray[np.int64] | None = None,
    seed: int = 0,
    params: DARLCParams | None = None,
    denoiser: DenoiserParams | None = None,
    smallest: int = 5,
    device: str = "auto",
    threads: int | None = None,
    progress: bool = False,
) -> ModulesOfGenes:
    """Cluster genes by where they are expressed.

    Parameters
    ----------
    counts : csr_matrix of float32 [n, G]
        Raw counts of the genes to be clustered.
    points : float64 [n, 2]
        Coordinates.
    n_modules
        How many; None chooses the smallest number within one standard error of the best held-out
        log-density (mixtures fitted to one half of the molecules, judged on the other).
    library : int64 [n], optional
        Slide of each spot.
    seed, params, denoiser
        Of the training; settings of both parts.
    smallest
        Genes a module must have.
    device, threads, progress
        As in :class:`~graphkit.training.TrainSettings`; whether to show progress.

    Raises
    ------
    InputError
        With fewer genes than the modules need.
    """
    p = params or DARLCParams()
    genes = counts.shape[1]
    if genes < smallest * (n_modules or 2):
        raise InputError(
            f"{genes} genes for {n_modules or 2} modules of at least {smallest}",
            slot="n_modules",
            remedy="Keep more genes or ask for fewer modules.",
        )
    recipe = denoiser or DenoiserParams()
    table = spot_table(points, n_neighbors=recipe.n_neighbors, library=library)
    model = SpatialDenoiser(recipe, random_state=seed, device=device, threads=threads)
    model.fit_counts(counts, table, progress=progress)
    views = gene_views(
        counts,
        SpotRaster().raster(points, library=library),
        model.apply(counts, table).rates(),
        n_components=p.n_components,
    )
    method = train_views(
        views,
        n_modules or min(CANDIDATES[-1], genes // smallest),
        seed=seed,
        params=p,
        device=device,
        threads=threads,
        progress=progress,
    )
    return cluster_views(method, views, n_modules=n_modules, seed=seed, smallest=smallest)


def train_views(
    views: GeneViews,
    n_modules: int,
    *,
    seed: int = 0,
    params: DARLCParams | None = None,
    device: str = "auto",
    threads: int | None = None,
    progress: bool = False,
) -> DARLC:
    """Train DARLC on the images of genes; arguments as in :func:`fit_modules`."""
    p = params or DARLCParams()
    method = with_seed(seed, lambda: DARLC(views, n_modules, p, seed=seed))
    if p.epochs:
        settings = TrainSettings(
            epochs=p.epochs,
            batch_size=p.batch_size,
            lr=p.lr,
            warmup_epochs=1,
            decay=2 / p.epochs,
            device=device,
            threads=threads,
        )
        data = GeneImageData(views, seed=seed)
        fit(method, data, settings=settings, seed=seed, progress=progress, name="gene modules")
    return method


def cluster_views(
    method: DARLC,
    views: GeneViews,
    *,
    n_modules: int | None,
    seed: int = 0,
    smallest: int = 5,
) -> ModulesOfGenes:
    """Cluster the embeddings of random halves of the molecules, and agree.

    Parameters
    ----------
    method
        Embeds the images; trained or not.
    views
        The images.
    n_modules, seed, smallest
        As in :func:`fit_modules`.
    """
    p = method.params
    fitting = TMixtureSettings(dof=p.dof, shared=p.shared)
    halves = embed_halves(method, views, seed=seed)
    scores: dict[int, list[float]] = {}
    if n_modules is not None:
        numbers = [n_modules]
    else:
        scores = {
            k: held_out_fit(halves[:_CANDIDATE_RUNS], k, seed=seed, settings=fitting)
            for k in CANDIDATES
            if k <= len(views) // smallest
        }
        best = smallest_within_error(scores)
        numbers = sorted((k for k in scores if k <= best), reverse=True)
    flat = [half for pair in halves for half in pair][: p.members]
    for number in numbers:
        posteriors = [
            cluster(x, number, seed=member_seed(seed, run), settings=fitting)[1]
            for run, x in enumerate(flat)
        ]
        try:
            modules = consensus(company(posteriors), number, smallest=smallest)
            break
        except InputError:
            # A number that nobody asked for gives way to the next smaller one.
            if number == numbers[-1]:
                raise
    return ModulesOfGenes(
        modules.labels,
        modules.probability,
        method.embed(method.images).cpu().numpy(),
        views.raster.shape,
        {k: float(np.mean(values)) for k, values in scores.items()},
    )


def embed_halves(
    method: DARLC, views: GeneViews, *, seed: int
) -> list[tuple[Embeddings, Embeddings]]:
    """Return embeddings of both halves of the molecules, split again and again.

    Each half's images are projected on the denoised tissue's patterns, so that an embedding
    carries the counting noise of its gene.
    """
    pairs = []
    for number in range((method.params.members + 1) // 2):
        generator = np.random.default_rng([seed, _CLUSTERING, number])
        first, second = (
            method.embed(torch.from_numpy(views.project(half)).to(method.images.device))
            for half in views.half(generator)
        )
        pairs.append((first.cpu().numpy(), second.cpu().numpy()))
    return pairs
