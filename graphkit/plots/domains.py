"""Domains on the tissue, and how sure they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D

from graphkit.palette import UNKNOWN, group_colors
from graphkit.plots.panels import arrange, color_bar, place, shorten_name
from graphkit.plots.spatial import draw_groups, draw_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from graphkit.plots.tissue import Tissue

ROWS_IN_LEGEND = 18
LONGEST_NAME = 26
# Inches.
WIDTH_OF_LETTER, BESIDE_NAME = 0.075, 1.05
ROOM_FOR_TITLE, ROOM_FOR_SCALE = 0.3, 0.7


def domain_figure(
    tissue: Tissue,
    groups: NDArray[np.integer],
    names: Sequence[str],
    *,
    stability: NDArray[np.floating] | None = None,
    title: str = "domain",
    meaning: str = "how likely the domain is right",
    colors: Sequence[str] | None = None,
) -> Figure:
    """Draw the domain of each spot and, where it is known, how stable it is.

    Parameters
    ----------
    tissue
        From :func:`lay_out`.
    groups : ndarray of int [n]
        Position in `names`; -1 is no domain.
    names : sequence of str [K]
        Of the domains.
    stability : ndarray of float [n], optional
        How likely the domain is right, 0 to 1; NaN where nobody knows.
    title
        Above the legend.
    meaning
        Of the stability, in words.
    colors : sequence of str [K], optional
        Of the domains; by default those of the palette.

    Returns
    -------
    Figure
        Not shown, not saved.
    """
    groups = np.asarray(groups)
    colors = group_colors(len(names)) if colors is None else colors
    room = max(legend_width(names), ROOM_FOR_SCALE)
    n = 1 if stability is None else 2
    panels = arrange(n, aspect=tissue.aspect, room=(room, ROOM_FOR_TITLE))
    # Beside the last of two columns stands a narrow colour bar, no legend.
    figure = panels.figure(right=0 if panels.columns == 1 else ROOM_FOR_SCALE - room)
    left, top = panels.corner(0)
    ax = place(figure, left, top + ROOM_FOR_TITLE, panels.width, panels.height)
    draw_groups(ax, tissue, groups, colors=colors, labels=names)
    add_legend(ax, groups, names, colors=colors, title=title)
    if stability is not None:
        left, top = panels.corner(1)
        top += ROOM_FOR_TITLE
        ax = place(figure, left, top, panels.width, panels.height)
        scale = draw_values(ax, tissue, stability, norm=Normalize(0, 1), colormap="cividis")
        ax.set_title(f"stability: {meaning}", fontsize=9, color="0.35")
        bar = (left + panels.width + 0.1, top + 0.15 * panels.height, 0.12, 0.7 * panels.height)
        color_bar(scale, place(figure, *bar))
    return figure


def add_legend(
    ax: Axes,
    groups: NDArray[np.integer],
    names: Sequence[str],
    *,
    colors: Sequence[str],
    title: str,
) -> None:
    """Name the groups and their sizes to the right of `ax`.

    Parameters
    ----------
    ax
        Where the groups are drawn.
    groups : ndarray of int [n]
        Position in `names`; -1 is no group.
    names, colors : sequence of str [K]
        Of the groups.
    title
        Above the names.
    """
    sizes = np.bincount(groups[groups >= 0], minlength=len(names))
    entries = [
        (f"{shorten_name(name, limit=LONGEST_NAME)}  ({size:,})", color)
        for name, size, color in zip(names, sizes, colors, strict=True)
    ]
    if (groups < 0).any():
        entries.append((f"none  ({int((groups < 0).sum()):,})", UNKNOWN))
    handles = [
        Line2D([], [], linestyle="", marker="s", markersize=8, color=color, label=label)
        for label, color in entries
    ]
    ax.legend(
        handles=handles,
        title=title,
        loc="center left",
        bbox_to_anchor=(1.01, 0.5),
        ncols=_columns(len(entries)),
        frameon=False,
        fontsize=8,
        title_fontsize=9,
        handletextpad=0.3,
        columnspacing=1.0,
    )


def legend_width(names: Sequence[str]) -> float:
    """Return the room, inches, for the legend of these groups."""
    letters = max((min(len(name), LONGEST_NAME) for name in names), default=0)
    return _columns(len(names) + 1) * (BESIDE_NAME + letters * WIDTH_OF_LETTER)


def _columns(n: int) -> int:
    return max(1, math.ceil(n / ROWS_IN_LEGEND))
