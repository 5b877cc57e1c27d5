"""Spots or cells as points of a plane: UMAP, principal components."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from graphkit.errors import InputError
from graphkit.omics.lattice import require_points
from graphkit.palette import UNKNOWN, group_colors
from graphkit.plots.domains import add_legend, legend_width
from graphkit.plots.panels import place, shorten_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

SIDE = 4.6
# Points cover about so much of the picture, square points (1/72 inch).
INK = 25_000
LARGEST_DOT, SMALLEST_DOT = 30.0, 0.4


def draw_embedding(
    ax: Axes,
    points: NDArray[np.floating],
    groups: NDArray[np.integer],
    names: Sequence[str],
    *,
    colors: Sequence[str],
    axes: tuple[str, str] = ("UMAP 1", "UMAP 2"),
    seed: int = 0,
) -> Axes:
    """Draw each point in the colour of its group, and the names where the groups are.

    Points are drawn in random order: in that of the table the last group would hide the others.

    Parameters
    ----------
    ax
        Empty axes.
    points : ndarray of float [n, 2]
        Positions.
    groups : ndarray of int [n]
        Position in `names`; -1 is no group, drawn grey.
    names, colors : sequence of str [K]
        Of the groups.
    axes
        Names of the axes.
    seed
        Of the order.

    Returns
    -------
    Axes
        The same.

    Raises
    ------
    InputError
        If the points are no finite [n, 2] array or `groups` has another length.
    """
    places, codes = require_points(points), np.asarray(groups)
    if codes.shape != (len(places),):
        raise InputError(
            f"has shape {codes.shape}", slot="groups", remedy="Give one number per point."
        )
    order = np.random.default_rng(seed).permutation(len(places))
    ax.scatter(
        places[order, 0],
        places[order, 1],
        s=float(np.clip(INK / len(places), SMALLEST_DOT, LARGEST_DOT)),
        c=to_rgba_array([*colors, UNKNOWN])[codes[order]],
        linewidths=0,
        rasterized=True,
    )
    for code, name in enumerate(names):
        inside = codes == code
        if inside.any():
            x, y = np.median(places[inside], axis=0)
            text = ax.text(x, y, shorten_name(name, limit=12), ha="center", va="center", fontsize=8)
            text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])
    ax.set(xticks=[], yticks=[])
    ax.set_xlabel(axes[0], fontsize=8, loc="left")
    ax.set_ylabel(axes[1], fontsize=8, loc="bottom")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def embedding_figure(
    points: NDArray[np.floating],
    groups: NDArray[np.integer],
    names: Sequence[str],
    *,
    title: str = "domain",
    axes: tuple[str, str] = ("UMAP 1", "UMAP 2"),
) -> Figure:
    """Draw an embedding with its legend.

    Parameters
    ----------
    points : ndarray of float [n, 2]
        Positions.
    groups : ndarray of int [n]
        Position in `names`; -1 is no group.
    names : sequence of str [K]
        Of the groups.
    title
        Above the legend.
    axes
        Names of the axes.

    Returns
    -------
    Figure
        Not shown, not saved.
    """
    room = legend_width(names)
    figure = Figure(figsize=(SIDE + room + 0.4, SIDE + 0.4))
    ax = place(figure, 0.3, 0.1, SIDE, SIDE)
    colors = group_colors(len(names))
    draw_embedding(ax, points, groups, names, colors=colors, axes=axes)
    add_legend(ax, np.asarray(groups), names, colors=colors, title=title)
    return figure
