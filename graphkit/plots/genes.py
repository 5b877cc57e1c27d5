"""Genes on the tissue, before and after denoising."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.plots.panels import arrange, color_bar, place, shorten_name
from graphkit.plots.spatial import draw_values, shared_scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from graphkit.plots.tissue import Tissue

ROOM_FOR_TITLES = 0.55
ROOM_FOR_SCALE = 1.0
GAP = 0.12


def gene_figure(
    tissue: Tissue,
    genes: Sequence[str],
    *,
    before: NDArray[np.floating],
    after: NDArray[np.floating],
    notes: Sequence[str] = (),
    labels: tuple[str, str] = ("measured", "denoised"),
    unit: str = "",
) -> Figure:
    """Draw each gene twice, before and after denoising, on one scale of colours.

    The scale is that of the denoised values. Measured values beyond it keep the colour of its
    ends, which the arrows of the colour bar say.

    Parameters
    ----------
    tissue
        From :func:`lay_out`.
    genes : sequence of str [m]
        Names, at least one.
    before, after : ndarray of float [n, m]
        One column per gene, in the same unit.
    notes : sequence of str [m], optional
        Written after the names.
    labels
        What the two panels are called.
    unit
        Beside the colour bar.

    Returns
    -------
    Figure
        Not shown, not saved.

    Raises
    ------
    InputError
        If there is no gene, or the arrays are not [n, m].
    """
    n, m = len(tissue.middles), len(genes)
    if m == 0:
        raise InputError("no genes", slot="genes", remedy="Name one at least.")
    for slot, values in (("before", before), ("after", after)):
        if np.shape(values) != (n, m):
            raise InputError(
                f"has shape {np.shape(values)}, not ({n}, {m})",
                slot=slot,
                remedy="Give spots x genes.",
            )
    panels = arrange(
        m, aspect=tissue.aspect, side_by_side=2, room=(ROOM_FOR_SCALE, ROOM_FOR_TITLES)
    )
    figure = panels.figure()
    for i, gene in enumerate(genes):
        left, top = panels.corner(i)
        top += ROOM_FOR_TITLES
        norm = shared_scale(after[:, i])
        for side, (values, label) in enumerate(zip((before, after), labels, strict=True)):
            ax = place(figure, left + side * (panels.width + GAP), top, panels.width, panels.height)
            scale = draw_values(ax, tissue, values[:, i], norm=norm)
            ax.set_title(label, fontsize=8, color="0.35", pad=3)
        bar = place(
            figure,
            left + 2 * panels.width + GAP + 0.08,
            top + 0.15 * panels.height,
            0.11,
            0.7 * panels.height,
        )
        color_bar(scale, bar, label=unit, extend="both")
        note = f"   {notes[i]}" if i < len(notes) and notes[i] else ""
        middle = (left + panels.width + GAP / 2) / figure.get_figwidth()
        above = 1 - (top - 0.27) / figure.get_figheight()
        figure.text(middle, above, shorten_name(gene) + note, ha="center", va="bottom", fontsize=10)
    return figure
