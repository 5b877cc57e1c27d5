"""Figures of a table of spots: from its slots to what the plots take."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from graphkit.cli import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from anndata import AnnData
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from graphkit.cli.spatial_run import Slots
    from graphkit.plots import Tissue

TOP_GENES = 12


def tissue_of(adata: AnnData, slots: Slots, *, photograph: bool = False) -> Tissue:
    """Return the sheet on which the spots of a table are painted.

    Parameters
    ----------
    adata : AnnData [n, G]
        Has these slots.
    slots
        Where coordinates and slides are.
    photograph
        Whether the images in ``uns["spatial"]`` lie beneath.
    """
    from graphkit.omics import coordinates, libraries, slide_images
    from graphkit.plots import Photograph, lay_out

    slides = libraries(adata, library_key=slots.library_key)
    with warnings.catch_warnings():
        # Whoever read the table was warned of spots that share coordinates.
        warnings.simplefilter("ignore")
        points = coordinates(
            adata, spatial_key=slots.spatial_key, library_key=slots.library_key, allow_3d=True
        )
    found = slide_images(adata, slides.names) if photograph else []
    images = [None if image is None else Photograph(*image) for image in found]
    if photograph and not any(images):
        console.warn("no tissue image in uns['spatial']: drawn without one")
    return lay_out(points[:, :2], slides=slides.codes, names=slides.names, photographs=images)


def columns(matrix: Any, places: Sequence[int]) -> NDArray[np.float64]:
    """Return some columns of a matrix, however it is stored, as a dense array."""
    import numpy as np

    picked = matrix[:, list(places)]
    return np.asarray(picked.toarray() if hasattr(picked, "toarray") else picked, dtype=np.float64)


def domain_picture(adata: AnnData, tissue: Tissue, *, key: str) -> Figure:
    """Draw the domains of ``obs[key]`` and, where it is known, their stability."""
    from graphkit.plots import domain_figure

    column = adata.obs[key].astype("category").cat
    stability = adata.obs.get(f"{key}_stability")
    return domain_figure(
        tissue,
        column.codes.to_numpy().astype("int64"),
        [str(name) for name in column.categories],
        stability=None if stability is None else stability.to_numpy(dtype=float),
        title=key,
    )


def module_picture(adata: AnnData, tissue: Tissue, *, key: str, layer: str | None) -> Figure:
    """Draw the mean image of each module of ``var[key]``, its most typical genes named."""
    import numpy as np

    from graphkit.omics import gene_symbols, log_normalise, raw_counts
    from graphkit.plots import module_images, module_montage

    probability = np.asarray(adata.varm[f"{key}_probability"], dtype=np.float64)
    n_modules = probability.shape[1]
    column = adata.var[key].astype("category").cat
    codes, symbols = column.codes.to_numpy().astype(np.int64), gene_symbols(adata)
    # Genes of no module come after the modules.
    codes[codes >= n_modules] = -1
    images = module_images(log_normalise(raw_counts(adata, layer=layer)), codes)
    top = []
    for code in range(n_modules):
        members = np.flatnonzero(codes == code)
        typical = members[np.argsort(-probability[members, code], kind="stable")]
        top.append([str(symbols[i]) for i in typical[:TOP_GENES]])
    return module_montage(
        tissue,
        images,
        [str(name) for name in column.categories[:n_modules]],
        sizes=np.bincount(codes[codes >= 0], minlength=n_modules).tolist(),
        top_genes=top,
    )
