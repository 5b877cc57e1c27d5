"""Sequence logos: what a motif's columns say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import logomaker
import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from graphkit.errors import shorten
from graphkit.palette import BASES
from graphkit.plots.figure import axes_or_new, clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
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
    columns = np.arange(1, len(heights) + 1)
    width = 1.0 + _INCHES_PER_COLUMN * len(heights)
    ax = axes_or_new(ax, width=float(np.clip(width, *_WIDTHS)), height=1.6)
    if heights.any():  # logomaker cannot scale an axis on which nothing stands
        frame = pd.DataFrame(heights, columns=list("ACGU"), index=columns)
        logomaker.Logo(frame, ax=ax, color_scheme=BASES, show_spines=False, baseline_width=0)
    clean(ax)
    ax.spines[["left", "bottom"]].set_visible(True)
    ax.set(xlim=(0.5, len(heights) + 0.5), ylim=(0, 2), yticks=[0, 1, 2])
    ax.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True))
    ax.set_ylabel("bits", fontsize=8)
    name = f"{motif.name}   {motif.n_sites:,.0f} sites" if title is None else title
    ax.set_title(shorten(name, 60), fontsize=9, loc="left")
    return ax
