"""Draw the genes that tell each domain, as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgba

from graphkit.errors import InputError
from graphkit.plots.colors import INK
from graphkit.plots.figure import clean
from graphkit.plots.panels import arrange, place, shorten_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

# Inches: of a bar, of a letter, and of what is written above and below the bars.
BAR, LETTER, ROOM = 0.2, 0.075, 0.75
LONGEST_NAME = 18
FAINT = 0.4


def ranking_figure(
    domains: Mapping[str, tuple[Sequence[str], ArrayLike, ArrayLike]], *, colors: Sequence[str]
) -> Figure:
    """Draw a panel for each domain: its genes, best above, and what each adds to the log-odds.

    Parameters
    ----------
    domains : mapping of str to (sequence of str [m], float [m], float [m])
        Of each domain the names of its genes, and their parts through the spots' own expression
        and through the spots around, log-odds per spot.
    colors : sequence of str [K]
        Of the domains.

    Returns
    -------
    Figure
        Not shown, not saved. Bars of what the spots around add are faint.

    Raises
    ------
    InputError
        If there are no genes.
    """
    most = max((len(names) for names, *_ in domains.values()), default=0)
    if most == 0:
        raise InputError("no genes", slot="domains", remedy="Give one at least.")
    shown = {
        domain: [shorten_name(name, limit=LONGEST_NAME) for name in names]
        for domain, (names, *_) in domains.items()
    }
    room = LETTER * max(len(name) for names in shown.values() for name in names) + 0.25
    panels = arrange(len(domains), aspect=BAR * most / 2, room=(room, ROOM))
    figure = panels.figure()
    for i, (domain, (_, *parts)) in enumerate(domains.items()):
        left, top = panels.corner(i)
        ax = place(figure, left + room, top + 0.3, panels.width - 0.1, panels.height)
        own, neighbors = (np.asarray(part, dtype=np.float64) for part in parts)
        rows = np.arange(len(own))
        ax.barh(rows, own, color=colors[i], label="the spot itself")
        # Parts of one sign stand beside each other, and of two on both sides of zero.
        start = np.where(own * neighbors > 0, own, 0.0)
        color = to_rgba(colors[i], FAINT)
        ax.barh(rows, neighbors, left=start, color=color, label="its neighbours")
        ax.set_yticks(rows, shown[domain])
        ax.set_ylim(most - 0.5, -0.5)
        ax.axvline(0, color=INK, linewidth=0.6)
        ax.set_title(shorten_name(domain), fontsize=9)
        ax.set_xlabel("log-odds per spot", fontsize=8)
        clean(ax)
        if i == 0:
            ax.legend(fontsize=7, frameon=False, loc="lower right")
    return figure
