"""One signed track on one pair of axes: bars, gaps, seqlets and letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.ticker import FixedLocator, MaxNLocator, StrMethodFormatter

from graphkit.errors import InputError
from graphkit.palette import BASES
from graphkit.plots.colors import FAINT, INK, MISSING, NEGATIVE, POSITIVE, centred, diverging
from graphkit.plots.figure import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from graphkit.motifs import Seqlet
    from graphkit.types import Window

    Floats = NDArray[np.float64]

_COLUMNS = 1200  # about the pixels of a panel on paper: more bars than this are one smear
_LETTERS = 0.20  # height of the strip of letters, as a share of that of the scores
_MARKS = 0.10  # and of that of the seqlets
_ROOM = 0.05  # above and below the bars, where nothing else stands there
_SHADE = 0.45
_EM = 0.62  # width of a monospaced letter, as a share of its size


def draw_track(
    ax: Axes,
    scores: Floats,
    *,
    seqlets: Sequence[Seqlet] = (),
    start: int = 0,
    unit: str = "log-odds per nt",
    limits: tuple[float, float] | None = None,
    letters: str | None = None,
    colors: tuple[str, ...] = (NEGATIVE, POSITIVE),
) -> Axes:
    """Draw signed position scores.

    A track longer than 1,200 nt is drawn by its largest and its smallest score in each of 1,200
    columns, so that no peak is lost. Positions without a score are shaded.

    Parameters
    ----------
    ax
        To draw on.
    scores : float [L]
        NaN where there is none.
    seqlets
        Marked above the track; those outside `start` to `start + L` are left out.
    start
        Position of the first score.
    unit
        Of the scores.
    limits
        Smallest and largest score of the y axis; by default those of `scores`.
    letters
        To write under the track, one per score.
    colors
        Of scores below and above zero, the stronger the fuller; one, for scores without a sign.

    Raises
    ------
    InputError
        If there are no scores.
    """
    if len(scores) == 0:
        raise InputError("nothing to draw", slot="scores", remedy="Give at least one score.")
    low, high = value_range(scores) if limits is None else limits
    span = high - low
    edges, top, bottom = _columns(scores)
    norm = centred([low, high])
    for values in (top, bottom):
        # One collection: a patch for each bar would take a minute to lay out.
        bars = PolyCollection([*_boxes(start + edges - 0.5, values)], linewidth=0, zorder=2)
        bars.set_facecolor(colors[0] if len(colors) == 1 else diverging(*colors)(norm(values)))
        ax.add_collection(bars, autolim=False)
    shade_gaps(ax, scores, start=start)
    ax.axhline(0, color=INK, linewidth=0.6, zorder=3)
    floor = low - (_LETTERS * span if letters is not None else _ROOM * span)
    ceiling = high + (_MARKS if seqlets else _ROOM) * span
    ax.set_xlim(start - 0.5, start + len(scores) - 0.5)
    ax.set_ylim(floor, ceiling)
    if letters is not None:
        write_letters(ax, letters, start=start, y=low - _LETTERS / 2 * span)
    mark_seqlets(ax, seqlets, y=high + _MARKS / 2 * span, first=start, last=start + len(scores))
    _dress(ax, unit, low, high)
    return ax


def draw_running_sum(
    ax: Axes,
    scores: Floats,
    *,
    start: int = 0,
    unit: str = "log-odds",
    colors: tuple[str, ...] = (NEGATIVE, POSITIVE),
) -> Axes:
    """Draw what signed position scores add up to, from the first position on.

    Where tens of thousands of positions have small scores, none of them is seen beside a peak;
    their sum is.

    Parameters
    ----------
    ax
        To draw on.
    scores : float [L]
        NaN where there is none: it adds nothing.
    start
        Position of the first score.
    unit
        Of a sum.
    colors
        Of the area below and above zero.

    Raises
    ------
    InputError
        If there are no scores.
    """
    if len(scores) == 0:
        raise InputError("nothing to draw", slot="scores", remedy="Give at least one score.")
    sums = np.concatenate([[0.0], np.cumsum(np.nan_to_num(scores))])
    edges = np.linspace(0, len(scores), min(len(scores), _COLUMNS) + 1).astype(np.int64)
    places, values = start + edges - 0.5, sums[edges]
    low, high = value_range(values)
    for sign, color in ((-1, colors[0]), (1, colors[-1])):
        side = np.maximum(sign * values, 0) * sign
        ax.fill_between(places, side, color=color, alpha=_SHADE, linewidth=0, zorder=2)
    ax.plot(places, values, color=INK, linewidth=1, zorder=3)
    ax.axhline(0, color=INK, linewidth=0.6, zorder=3)
    ax.set_xlim(start - 0.5, start + len(scores) - 0.5)
    ax.set_ylim(low - _ROOM * (high - low), high + _ROOM * (high - low))
    _dress(ax, unit, low, high)
    ax.set_ylabel(f"sum so far\n({unit})", fontsize=8)
    return ax


def value_range(scores: Floats) -> tuple[float, float]:
    """Return the smallest and largest score, 0 among them; never an empty range.

    Examples
    --------
    >>> value_range(np.array([np.nan, 2.0])), value_range(np.array([0.0]))
    ((0.0, 2.0), (-1.0, 1.0))
    """
    known = ~np.isnan(scores)
    low = float(np.min(scores, initial=0.0, where=known))
    high = float(np.max(scores, initial=0.0, where=known))
    return (low, high) if high > low else (-1.0, 1.0)


def write_letters(ax: Axes, letters: str, *, start: int, y: float) -> None:
    """Write bases in a row at height `y`, as large as the axes let them be."""
    inches = ax.get_window_extent().width / ax.figure.dpi
    size = min(72 * inches / max(len(letters), 1) / _EM * 0.9, 11)
    for place, letter in enumerate(letters, start=start):
        ax.text(
            place, y, letter, ha="center", va="center", family="monospace", fontsize=size,
            color=BASES.get(letter, FAINT), weight="bold", clip_on=True,
        ).set_in_layout(False)  # fmt: skip


def mark_seqlets(ax: Axes, seqlets: Sequence[Seqlet], *, y: float, first: int, last: int) -> None:
    """Draw a bar at height `y` over each seqlet, at least a pixel or two wide."""
    least = (last - first) / _COLUMNS * 3
    lines = []
    for seqlet in seqlets:
        if seqlet.end > first and seqlet.start < last:
            middle, width = (seqlet.start + seqlet.end - 1) / 2, seqlet.end - seqlet.start
            reach = max(width, least) / 2
            lines.append([(middle - reach, y), (middle + reach, y)])
    ax.add_collection(
        LineCollection(lines, colors=INK, linewidths=3, capstyle="butt", zorder=4), autolim=False
    )


def shade_gaps(ax: Axes, scores: Floats, *, start: int) -> None:
    """Shade runs of positions without a score."""
    missing = np.concatenate(([False], np.isnan(scores), [False]))
    edges = np.flatnonzero(np.diff(missing.astype(np.int8))).reshape(-1, 2)
    least = len(scores) / _COLUMNS
    for first, last in edges.tolist():
        end = max(last, first + least)
        ax.axvspan(start + first - 0.5, start + end - 0.5, color=MISSING, alpha=0.55,
                   linewidth=0, zorder=1)  # fmt: skip


def draw_windows(ax: Axes, windows: Sequence[Window], *, span: tuple[int, int]) -> None:
    """Draw a named bar for each part that a model reads by itself, one below the other.

    Parameters
    ----------
    ax
        To draw on; gets no axis.
    windows
        0-based, half-open.
    span
        First position and the one behind the last, of the track above.
    """
    ax.set_axis_off()
    ax.set(xlim=(span[0] - 0.5, span[1] - 0.5), ylim=(len(windows), 0), xticks=(), yticks=())
    for row, (name, start, end, _) in enumerate(windows):
        ax.broken_barh([(start - 0.5, end - start)], (row + 0.25, 0.5), color=INK, alpha=0.35)
        # Beside the bar, on the side where there is more room.
        left = start - span[0] > span[1] - end
        ax.annotate(
            name, ((start if left else end) - 0.5, row + 0.5), (-3 if left else 3, 0),
            textcoords="offset points", ha="right" if left else "left", va="center", fontsize=7,
        )  # fmt: skip


def draw_ends(ax: Axes, windows: Sequence[Window]) -> None:
    """Draw a dotted line where a part that is read by itself begins or ends within the axes."""
    low, high = ax.get_xlim()
    for at in {at for window in windows for at in window[1:3]}:
        if low < at - 0.5 < high:
            ax.axvline(at - 0.5, color=INK, linewidth=0.8, linestyle=":", zorder=1)


def _boxes(edges: Floats, values: Floats) -> NDArray[np.float64]:
    """Corners of bars from zero: float [m, 4, 2]."""
    left, right, zero = edges[:-1], edges[1:], np.zeros_like(values)
    x = np.stack([left, right, right, left], axis=1)
    y = np.stack([zero, zero, values, values], axis=1)
    return np.stack([x, y], axis=2)


def _columns(scores: Floats) -> tuple[Floats, Floats, Floats]:
    """Return column edges [m + 1] and the largest positive and smallest negative score in each."""
    filled = np.nan_to_num(scores)
    n = min(len(filled), _COLUMNS)
    edges = np.linspace(0, len(filled), n + 1).astype(np.int64)
    top = np.maximum(np.maximum.reduceat(filled, edges[:-1]), 0)
    bottom = np.minimum(np.minimum.reduceat(filled, edges[:-1]), 0)
    return edges.astype(np.float64), top, bottom


def _dress(ax: Axes, unit: str, low: float, high: float) -> None:
    clean(ax)
    ticks = np.asarray(MaxNLocator(nbins=4).tick_values(low, high))
    slack = 1e-9 * (high - low)
    ax.yaxis.set_major_locator(
        FixedLocator([t for t in ticks.tolist() if low - slack <= t <= high + slack])
    )
    ax.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    ax.set_ylabel(f"score\n({unit})", fontsize=8)
