"""AnnData in, AnnData out: the only room that knows slot names."""

from graphkit.omics.anndata_files import write_h5ad
from graphkit.omics.components import Components, pca, principal_components
from graphkit.omics.counts import raw_counts
from graphkit.omics.genes import gene_index, gene_symbols
from graphkit.omics.images import SlideImage, slide_images
from graphkit.omics.preprocess import log_normalise
from graphkit.omics.readers import read_spatial
from graphkit.omics.simulated import tissue_adata
from graphkit.omics.slots import Libraries, coordinates, libraries, writable
from graphkit.omics.storage import as_csr
from graphkit.omics.variable import highly_variable, standardised_variance

__all__ = [
    "Components",
    "Libraries",
    "SlideImage",
    "as_csr",
    "coordinates",
    "gene_index",
    "gene_symbols",
    "highly_variable",
    "libraries",
    "log_normalise",
    "pca",
    "principal_components",
    "raw_counts",
    "read_spatial",
    "slide_images",
    "standardised_variance",
    "tissue_adata",
    "writable",
    "write_h5ad",
]
