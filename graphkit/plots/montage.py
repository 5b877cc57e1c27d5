"""Gene modules: where on the tissue each is expressed, and by which genes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.plots.panels import arrange, color_bar, listing, place, shorten_name
from graphkit.plots.spatial import draw_values, symmetric_scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from graphkit.plots.tissue import Tissue

    Floats = NDArray[np.float64]

COLORMAP = "RdBu_r"
ROOM_FOR_TITLES = 0.65
ROOM_FOR_SCALE = 0.8
GAP = 0.15
LETTERS_PER_INCH = 12


def module_images(expression: NDArray[np.floating], modules: NDArray[np.integer]) -> Floats:
    """Return the mean of the standardised images of the genes of each module.

    Parameters
    ----------
    expression : csr_matrix or ndarray of float [n, G]
        Normalised expression; a sparse matrix stays sparse.
    modules : ndarray of int [G]
        Module of each gene, counted from 0; -1 for none.

    Returns
    -------
    ndarray of float64 [n, K]
        In standard deviations; a gene that does not vary counts as zero.

    Examples
    --------
    >>> x = np.array([[0.0, 1.0, 5.0], [2.0, 3.0, 5.0]])
    >>> module_images(x, np.array([0, 0, 1])).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    modules = np.asarray(modules)
    n = expression.shape[0]
    mean = np.asarray(expression.sum(axis=0), dtype=np.float64).ravel() / n
    power = expression.multiply(expression) if hasattr(expression, "multiply") else expression**2
    variance = np.asarray(power.sum(axis=0), dtype=np.float64).ravel() / n - mean**2
    varies = variance > 1e-9 * (mean**2 + 1e-12)
    weight = np.where(varies, 1 / np.sqrt(np.where(varies, variance, 1)), 0)
    kept = np.flatnonzero(modules >= 0)
    loadings = np.zeros((len(modules), int(modules.max(initial=-1)) + 1))
    loadings[kept, modules[kept]] = weight[kept]
    loadings /= np.maximum(np.bincount(modules[kept], minlength=loadings.shape[1]), 1)
    return np.asarray(expression @ loadings, dtype=np.float64) - mean @ loadings


def module_montage(
    tissue: Tissue,
    images: NDArray[np.floating],
    names: Sequence[str],
    *,
    sizes: Sequence[int],
    top_genes: Sequence[Sequence[str]],
) -> Figure:
    """Draw one panel per module, all on one scale.

    Parameters
    ----------
    tissue
        From :func:`lay_out`.
    images : ndarray of float [n, K]
        Mean image of each module, as :func:`module_images` gives it.
    names : sequence of str [K]
        Of the modules.
    sizes : sequence of int [K]
        Genes in each.
    top_genes : sequence of sequence of str [K]
        The most typical genes, best first; as many are written as there is room for.

    Returns
    -------
    Figure
        Not shown, not saved.

    Raises
    ------
    InputError
        If there is no module, or the lengths differ.
    """
    k = len(names)
    if k == 0:
        raise InputError("no modules", slot="names", remedy="Name one at least.")
    if np.shape(images) != (len(tissue.middles), k) or len(sizes) != k or len(top_genes) != k:
        raise InputError(
            f"{k} names, {len(sizes)} sizes, {len(top_genes)} lists of genes for images of shape"
            f" {np.shape(images)}",
            slot="modules",
            remedy="Give one of each per module.",
        )
    panels = arrange(k, aspect=tissue.aspect, room=(GAP, ROOM_FOR_TITLES))
    figure = panels.figure(right=ROOM_FOR_SCALE)
    norm = symmetric_scale(images)
    letters = int(panels.width * LETTERS_PER_INCH)
    for i, name in enumerate(names):
        left, top = panels.corner(i)
        ax = place(figure, left, top + ROOM_FOR_TITLES, panels.width, panels.height)
        scale = draw_values(ax, tissue, images[:, i], norm=norm, colormap=COLORMAP)
        genes = "gene" if sizes[i] == 1 else "genes"
        title = f"{shorten_name(name, limit=letters // 2)} · {sizes[i]:,} {genes}"
        ax.set_title(title, fontsize=9, pad=27)
        below = listing(top_genes[i], width=letters)
        ax.annotate(
            below,
            (0.5, 1),
            (0, 24),
            "axes fraction",
            "offset points",
            ha="center",
            va="top",
            fontsize=7,
        )
    across, down = figure.get_size_inches()
    length = min(3.0, 0.8 * panels.height * panels.rows)
    bar = place(figure, across - ROOM_FOR_SCALE, (down - length) / 2, 0.13, length)
    color_bar(scale, bar, label="mean expression, standard deviations", extend="both")
    return figure
