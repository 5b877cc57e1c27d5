"""What each method for spots takes, as a simple function of the size of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anndata import AnnData

# Bytes: of the libraries, of a stored count, and copies of the counts that exist at one time.
LIBRARIES = 0.7e9
PER_COUNT = 8
COPIES = 3
# Bytes of a spot whose counts are on the disk: its name, place, neighbours and embeddings.
MAPPED = 1_500
# Seconds until a method begins: imports and reading.
START = 6.0
# Copies of one batch, dense, in a training step.
ACTIVATIONS = 12
# Genes that a model reads, and of those that an evaluation scores.
TOP_GENES, SCORED_GENES = 3_000, 2_000
# Denoiser, seconds of one core: per step; per spot shown, and for it per gene read and predicted.
PER_STEP, PER_SPOT, PER_GENE_READ, PER_GENE = 3e-3, 1.9e-5, 5.8e-8, 1.2e-8
# Networks that an evaluation trains per member: with and without neighbours, and shuffled, for
# each of three splits; and the share of time that its baselines add.
EVALUATED, BASELINES = 9, 1.3
# Domains: seconds per spot, for choosing their number, for scRCL, and per value of the components;
# numbers kept per spot; spots that a fit reads.
PER_RUN, PER_AUTO, PER_EMBEDDING, PER_VALUE, FEATURES = 1.5e-3, 1.3e-3, 2e-3, 5e-7, 3_000
MOST_READ = 50_000
# Modules: pixels of the largest image, seconds per gene and for each pixel of its image; copies of
# the images, and bytes that a batch takes for each pixel.
PIXELS = 64**2
PER_IMAGE, PER_PIXEL, PER_CANDIDATES = 4e-3, 6e-6, 6e-3
IMAGES, PER_BATCH_PIXEL = 10, 6e4
# Clusters of cells: seconds per cell shown and gene, and per cell of four clusterings; copies of
# the scaled genes.
PER_CELL_GENE, PER_CLUSTERED, SCALED = 1.2e-7, 1.5e-3, 3
# Types of cells: cells of the reference that vote, genes that are read, and seconds for each cell
# that votes, and for it per type, that is asked for, and whose label is checked.
VOTERS, READ = 20_000, 2_000
PER_VOTER, PER_TYPE, PER_ASKED, PER_CHECKED = 5e-3, 7e-4, 1.5e-3, 6e-3
# Genes of a domain: seconds per spot and per stored count, of the fit and of each group; numbers
# kept per spot.
PER_FIT, PER_PATH = 2e-4, 2.2e-4
PER_PART, PER_FOLD, KEPT = 2e-6, 4e-7, 600


@dataclass(frozen=True, slots=True)
class Cost:
    """A rough estimate.

    Parameters
    ----------
    memory
        Bytes at the peak.
    seconds
        On one processor core.
    """

    memory: float
    seconds: float


def denoising_cost(adata: AnnData, *, evaluate: bool = False, n_written: int | None = None) -> Cost:
    """Return the cost of ``denoise``, whose result is dense: 4 bytes for each spot and gene.

    Examples
    --------
    >>> import anndata, numpy
    >>> round(denoising_cost(anndata.AnnData(numpy.ones((10, 5)))).memory / 1e9, 1)
    0.7
    """
    from graphkit.methods.spot_denoiser import DenoiserParams
    from graphkit.omics.mapped import is_mapped

    recipe = DenoiserParams()
    n, n_genes = adata.shape
    # One network more tells what each gene gains.
    time = (recipe.members + 1) * _network(n, n_genes)
    if evaluate:
        scored = min(n_genes, SCORED_GENES)
        time += EVALUATED * recipe.members * BASELINES * _network(n, scored)
    batch = 4.0 * ACTIVATIONS * recipe.training(n, device="cpu").batch_size * n_genes
    layer = 0.0 if is_mapped(adata.X) else 4.0 * n * (n_written or n_genes)
    return Cost(table(adata) + layer + batch, START + time)


def domain_cost(adata: AnnData, *, method: str = "mixtures", auto: bool = False) -> Cost:
    """Return the cost of ``domains``: components, clusterings of halves, and a network of scRCL."""
    n, n_genes = adata.shape
    genes = min(n_genes, TOP_GENES)
    read = min(n, MOST_READ)
    time = read * (PER_RUN + PER_AUTO * auto) + n * PER_EMBEDDING * (method == "scrcl")
    return Cost(table(adata) + 4.0 * FEATURES * read, START + read * genes * PER_VALUE + time)


def module_cost(adata: AnnData, *, n_slides: int = 1, auto: bool = False) -> Cost:
    """Return the cost of ``modules``: that of images of so many pixels, for each gene."""
    from graphkit.methods.spot_denoiser import DenoiserParams

    n, n_genes = adata.shape
    genes, pixels = min(n_genes, TOP_GENES), min(n, n_slides * PIXELS)
    time = DenoiserParams().members * _network(n, genes)
    time += genes * (PER_IMAGE + PER_PIXEL * pixels + (PER_CANDIDATES if auto else 0))
    images = 4.0 * IMAGES * genes * pixels + PER_BATCH_PIXEL * pixels
    return Cost(table(adata) + images, START + time)


def cluster_cost(adata: AnnData, *, members: int) -> Cost:
    """Return the cost of ``cluster``: networks, and a table of the variable genes, scaled."""
    from graphkit.methods.cell_autoencoder import CellParams

    recipe = CellParams()
    n, genes = adata.n_obs, min(adata.n_vars, recipe.n_top_genes)
    shown = recipe.training(n, device="cpu").epochs * n
    return Cost(
        table(adata) + 8.0 * SCALED * n * genes,
        START + members * (shown * genes * PER_CELL_GENE + n * PER_CLUSTERED),
    )


def annotation_cost(reference: AnnData, query: AnnData, *, label: str) -> Cost:
    """Return the cost of ``annotate``: of the reference parts are held out, then all votes.

    Each type, of the column `label`, has classifiers of its own.
    """
    types = reference.obs[label].nunique() if label in reference.obs else 1
    known, asked = min(reference.n_obs, VOTERS), query.n_obs
    counts = table(reference) + table(query) - LIBRARIES
    return Cost(
        counts + 8.0 * SCALED * (known + asked) * READ,
        START + known * (PER_VOTER + types * PER_TYPE) + asked * PER_ASKED,
    )


def label_cost(adata: AnnData) -> Cost:
    """Return the cost of ``check-labels``: each cell is told from the others, once or twice."""
    n = adata.n_obs
    return Cost(table(adata) + 8.0 * SCALED * n * READ, START + n * PER_CHECKED)


def ranking_cost(adata: AnnData, *, n_groups: int) -> Cost:
    """Return the cost of ``rank-genes``: a fit, and a path of gradients for each group."""
    n = adata.n_obs
    time = n * (PER_FIT + PER_PATH * n_groups)
    time += stored_values(adata) * (PER_PART + PER_FOLD * n_groups)
    return Cost(table(adata) + 8.0 * KEPT * n, START + time)


def _network(n: int, genes: int) -> float:
    """Return the seconds that one network of the denoiser takes."""
    from graphkit.methods.spot_denoiser import DenoiserParams

    settings = DenoiserParams().training(n, device="cpu")
    shown = settings.epochs * n
    spot = PER_SPOT + PER_GENE_READ * min(genes, TOP_GENES) + PER_GENE * genes
    return shown / settings.batch_size * PER_STEP + shown * spot


def table(adata: AnnData) -> float:
    """Return the bytes for the libraries and the counts."""
    from graphkit.omics.mapped import is_mapped

    if is_mapped(adata.X):
        return LIBRARIES + MAPPED * adata.n_obs
    return LIBRARIES + COPIES * PER_COUNT * stored_values(adata)


def stored_values(adata: AnnData) -> float:
    """Return how many counts are stored: of a sparse table those that are not zero."""
    stored = getattr(adata.X, "nnz", None)
    return float(adata.n_obs * adata.n_vars if stored is None else stored)
