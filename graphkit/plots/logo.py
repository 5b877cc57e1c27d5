"""Sequence logos: what a motif's columns say, and what single letters contribute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import logomaker
import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from graphkit.errors import InputError, shorten
from graphkit.palette import BASES
from graphkit.plots.colors import INK
from graphkit.plots.figure import axes_or_new, clean, new_figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from graphkit.motifs import Motif

    Floats = NDArray[np.float64]

_INCHES_PER_COLUMN = 0.32
_WIDTHS = 3.0, 12.0


def information_logo(motif: Motif, *, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw a motif: each column as high as its information, letters by their share.

    Parameters
    ----------
    motif
        Its matrix; U is written for T.
    ax
        To draw on; by default a new figure's.
    title
        By default name and number of sites.

    Examples
    --------
    >>> from graphkit.motifs import Motif
    >>> information_logo(Motif.from_consensus("UGUANAUA", n_sites=9)).get_title("left")
    'UGUANAUA   9 sites'
    """
    heights = motif.probabilities() * motif.information()[:, None]
    ax = _draw(heights, ax, start=1)
    ax.set_ylim(0, 2)
    ax.set_yticks([0, 1, 2])
    ax.set_ylabel("bits", fontsize=8)
    name = f"{motif.name}   {motif.n_sites:,.0f} sites" if title is None else title
    ax.set_title(shorten(name, 60), fontsize=9, loc="left")
    return ax


def score_logo(
    scores: Floats,
    codes: NDArray[np.uint8],
    *,
    ax: Axes | None = None,
    start: int = 0,
    unit: str = "log-odds per nt",
) -> Axes:
    """Draw a stretch of a transcript: each letter as high as its score, upside down below zero.

    Parameters
    ----------
    scores : float [w]
        NaN and letters that are no base leave a gap.
    codes : uint8 [w]
    ax
        To draw on; by default a new figure's.
    start
        Position of the first letter.
    unit
        Of the scores.

    Raises
    ------
    InputError
        If there is not one score per letter, or no letter.
    """
    if np.shape(scores) != np.shape(codes) or len(scores) == 0:
        raise InputError(f"{len(scores)} scores for {len(codes)} letters", slot="scores")
    hot = codes[:, None] == np.arange(4)
    ax = _draw(hot * np.nan_to_num(scores)[:, None], ax, start=start)
    ax.axhline(0, color=INK, linewidth=0.6)
    ax.set_ylabel(f"score\n({unit})", fontsize=8)
    ax.set_xlabel("position (nt, from 0)", fontsize=8)
    return ax


def motif_figure(motifs: Sequence[Motif], *, titles: Sequence[str] | None = None) -> Figure:
    """Draw several motifs one under another, columns equally wide.

    Parameters
    ----------
    motifs
        At least one.
    titles
        One per motif; by default as :func:`information_logo`.

    Raises
    ------
    InputError
        If there is no motif.
    """
    if not motifs:
        raise InputError("no motifs to draw", slot="motifs")
    widest = max(12, *(motif.width for motif in motifs))
    figure = new_figure(1.0 + _INCHES_PER_COLUMN * widest, 1.15 * len(motifs) + 0.1)
    axes = figure.subplots(len(motifs), 1, squeeze=False)[:, 0]
    for number, (ax, motif) in enumerate(zip(axes, motifs, strict=True)):
        information_logo(motif, ax=ax, title=None if titles is None else titles[number])
        ax.set_xlim(0.5, widest + 0.5)
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)
    return figure


def _draw(heights: Floats, ax: Axes | None, *, start: int = 0) -> Axes:
    width = 1.0 + _INCHES_PER_COLUMN * len(heights)
    ax = axes_or_new(ax, width=float(np.clip(width, *_WIDTHS)), height=1.6)
    frame = pd.DataFrame(
        heights, columns=list("ACGU"), index=np.arange(start, start + len(heights))
    )
    if heights.any():  # logomaker cannot scale an axis on which nothing stands
        logomaker.Logo(frame, ax=ax, color_scheme=BASES, show_spines=False, baseline_width=0)
    ax.set_xlim(start - 0.5, start + len(heights) - 0.5)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(True)
    clean(ax)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True))
    return ax
