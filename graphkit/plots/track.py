"""A whole explained transcript in one figure, whatever its length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from graphkit.errors import InputError, shorten
from graphkit.plots.bars import draw_track, value_range
from graphkit.plots.colors import INK, MISSING, NEGATIVE, POSITIVE
from graphkit.plots.figure import new_figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from graphkit.motifs import Seqlet

    Floats = NDArray[np.float64]

_WIDTH = 10.0  # inches
_ROW = 100  # letters that can be read side by side
_LONGEST_IN_ROWS = 300
_MARGIN = 0.6  # inches, of title, legend and the label of the last axis


def track_figure(
    scores: Floats,
    codes: NDArray[np.uint8],
    *,
    title: str = "",
    seqlets: Sequence[Seqlet] = (),
    unit: str = "log-odds per nt",
    favours: tuple[str, str] | None = None,
    start: int = 0,
    max_zooms: int = 3,
) -> Figure:
    """Draw a transcript's scores with its letters.

    Up to 300 nt, everything is shown, 100 nt to a row. Above, an overview of the whole stands
    over windows of 100 nt round the strongest seqlets, or round the strongest scores where there
    are no seqlets.

    Parameters
    ----------
    scores : float [L]
        NaN where there is none: shaded.
    codes : uint8 [L]
        Its letters.
    title
        Identifier; cut where it is too long for the figure.
    seqlets
        Marked by bars above the track, positions counted from `start`.
    unit
        Of the scores.
    favours
        Classes that scores below and above zero speak for.
    start
        Position of the first letter.
    max_zooms
        Most windows.

    Raises
    ------
    InputError
        If there is not one score per letter, or no letter at all.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> figure = track_figure(np.linspace(-1, 1, 250), encode("ACGUU" * 50), title="x")
    >>> len(figure.axes)
    3
    """
    scores = np.asarray(scores, dtype=np.float64)
    if scores.shape != np.shape(codes):
        raise InputError(f"{len(scores)} scores for {len(codes)} letters", slot="scores")
    if len(scores) == 0:
        raise InputError("the transcript has no letters", slot="codes")
    limits = value_range(scores)
    if len(scores) <= _LONGEST_IN_ROWS:
        figure = _rows(scores, codes, seqlets, unit, start, limits)
    else:
        windows = zoom_windows(scores, seqlets, start=start, most=max_zooms)
        figure = _overview(scores, codes, seqlets, unit, start, limits, windows)
    if title:
        figure.suptitle(shorten(title, 90), fontsize=11, x=0.01, ha="left", weight="bold")
    _legend(figure, favours, gaps=bool(np.isnan(scores).any()), seqlets=bool(seqlets))
    figure.axes[-1].set_xlabel("position (nt, from 0)", fontsize=8)
    return figure


def zoom_windows(
    scores: Floats, seqlets: Sequence[Seqlet], *, start: int = 0, most: int = 3, width: int = _ROW
) -> list[tuple[int, int]]:
    """Choose windows round the strongest seqlets, or scores, that do not overlap.

    Returns
    -------
    list of (int, int)
        0-based half-open indices into `scores`, in order.

    Examples
    --------
    >>> scores = np.zeros(1000)
    >>> scores[[100, 120, 990]] = 2.0, 1.0, -3.0
    >>> zoom_windows(scores, (), most=2)
    [(50, 150), (900, 1000)]
    """
    if seqlets:
        ranked = sorted(seqlets, key=lambda s: (-abs(s.score), s.start))
        middles = [(s.start + s.end) // 2 - start for s in ranked]
    else:
        size = np.abs(np.nan_to_num(scores))
        strongest = np.argsort(-size, kind="stable")[: 20 * max(most, 1)]
        middles = [int(t) for t in strongest if size[t] > 0]
    chosen: list[tuple[int, int]] = []
    for middle in middles:
        first = int(np.clip(middle - width // 2, 0, max(len(scores) - width, 0)))
        window = first, min(first + width, len(scores))
        if len(chosen) < most and all(window[1] <= a or b <= window[0] for a, b in chosen):
            chosen.append(window)
    return sorted(chosen)


def _rows(
    scores: Floats,
    codes: NDArray[np.uint8],
    seqlets: Sequence[Seqlet],
    unit: str,
    start: int,
    limits: tuple[float, float],
) -> Figure:
    n_rows = -(-len(scores) // _ROW)
    figure = new_figure(_WIDTH, 1.5 * n_rows + _MARGIN)
    for number, ax in enumerate(_stack(figure, [1.0] * n_rows)):
        span = slice(number * _ROW, (number + 1) * _ROW)
        _panel(ax, scores[span], codes[span], seqlets, unit, start + number * _ROW, limits)
        # Rows are one scale of letters, so the last is as wide as the others.
        ax.set_xlim(right=start + (number + (n_rows > 1)) * _ROW - 0.5 if n_rows > 1 else None)
    return figure


def _overview(
    scores: Floats,
    codes: NDArray[np.uint8],
    seqlets: Sequence[Seqlet],
    unit: str,
    start: int,
    limits: tuple[float, float],
    windows: list[tuple[int, int]],
) -> Figure:
    figure = new_figure(_WIDTH, 1.9 + 1.5 * len(windows) + _MARGIN)
    whole, *zooms = _stack(figure, [1.3] + [1.0] * len(windows))
    draw_track(whole, scores, seqlets=seqlets, start=start, unit=unit, limits=limits)
    for letter, ax, (first, last) in zip(
        "abcdefghijklmnopqrstuvwxyz", zooms, windows, strict=False
    ):
        _panel(ax, scores[first:last], codes[first:last], seqlets, unit, start + first, limits)
        ax.set_title(
            f"{letter}   {start + first:,} to {start + last - 1:,}", fontsize=8, loc="left", pad=3
        )
        whole.axvspan(start + first, start + last, color=INK, alpha=0.10, linewidth=0, zorder=0)
        whole.annotate(
            letter, ((2 * start + first + last) / 2, 1.0), xycoords=("data", "axes fraction"),
            ha="center", va="bottom", fontsize=8, annotation_clip=False,
        )  # fmt: skip
    return figure


def _panel(
    ax: Axes,
    scores: Floats,
    codes: NDArray[np.uint8],
    seqlets: Sequence[Seqlet],
    unit: str,
    start: int,
    limits: tuple[float, float],
) -> None:
    draw_track(ax, scores, seqlets=seqlets, start=start, unit=unit, limits=limits, letters=codes)


def _stack(figure: Figure, heights: list[float]) -> list[Axes]:
    grid = figure.add_gridspec(len(heights), 1, height_ratios=heights)
    return [figure.add_subplot(grid[row]) for row in range(len(heights))]


def _legend(figure: Figure, favours: tuple[str, str] | None, *, gaps: bool, seqlets: bool) -> None:
    below, above = favours or ("the other class", "the class")
    handles: list[Patch | Line2D] = [
        Patch(color=POSITIVE, label=f"speaks for {shorten(above, 25)}"),
        Patch(color=NEGATIVE, label=f"speaks for {shorten(below, 25)}"),
    ]
    if seqlets:
        handles.append(Line2D([], [], color=INK, linewidth=3, label="seqlet"))
    if gaps:
        handles.append(Patch(color=MISSING, alpha=0.55, label="no score"))
    figure.legend(
        handles=handles, loc="outside lower right", ncols=len(handles), fontsize=8, frameon=False
    )
