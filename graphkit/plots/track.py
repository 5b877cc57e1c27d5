"""A whole explained transcript in one figure, whatever its length."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from graphkit.errors import InputError, shorten
from graphkit.plots.bars import (
    draw_ends,
    draw_running_sum,
    draw_track,
    draw_windows,
    value_range,
)
from graphkit.plots.colors import INK, MISSING, NEGATIVE, POSITIVE, UNSIGNED
from graphkit.plots.figure import new_figure
from graphkit.sequences import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from graphkit.motifs import Seqlet
    from graphkit.types import Window

    Floats = NDArray[np.float64]

_WIDTH = 10.0  # inches
_ROW = 100  # letters that can be read side by side
_LONGEST_IN_ROWS = 300
_LONG = 3_000  # from here on most positions score too little to be seen one by one
_NEAR = 0.025  # of the width: names of windows nearer than this would overlap
PER_LETTER = " per nt"
_MARGIN = 0.6  # inches, of title, legend and the label of the last axis


@dataclass(frozen=True, slots=True)
class _Look:
    """What all panels of a figure share: unit, range and colours of the scores."""

    unit: str
    limits: tuple[float, float]
    colors: tuple[str, ...]


def track_figure(
    scores: Floats,
    codes: NDArray[np.uint8],
    *,
    title: str = "",
    seqlets: Sequence[Seqlet] = (),
    unit: str = "log-odds per nt",
    favours: tuple[str, str] = ("the other class", "the class"),
    colors: tuple[str, str] = (NEGATIVE, POSITIVE),
    unsigned: str | None = None,
    start: int = 0,
    max_zooms: int = 3,
    windows: Sequence[Window] = (),
) -> Figure:
    """Draw a transcript's scores with its letters.

    Up to 300 nt, everything is shown, 100 nt to a row. Above, an overview of the whole stands
    over zooms of 100 nt round the strongest seqlets, or round the strongest scores where there
    are no seqlets: those that stand out most of the part they lie in. Parts that the model reads
    by themselves have a named bar under the overview, and dotted lines where they end. From
    3,000 nt on the running sum of scores that add up stands below it.

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
        Of the scores. Those that add up have one that ends in ``per nt``.
    favours
        Classes that scores below and above zero speak for.
    colors
        Of these classes.
    unsigned
        What scores without a sign are; they speak for no class.
    start
        Position of the first letter.
    max_zooms
        Most zooms.
    windows
        What the model reads by itself, in positions from 0; what spans the whole is not drawn.

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
    look = _Look(unit, value_range(scores), colors if unsigned is None else (UNSIGNED,))
    if len(scores) <= _LONGEST_IN_ROWS:
        figure = _rows(scores, codes, seqlets, start, look, windows)
    else:
        breaks = [at - start for window in windows for at in window[1:3]]
        zooms = zoom_windows(scores, seqlets, start=start, most=max_zooms, breaks=breaks)
        figure = _overview(scores, codes, seqlets, start, look, zooms, windows)
    if title:
        figure.suptitle(shorten(title, 90), fontsize=11, x=0.01, ha="left", weight="bold")
    more: list[Patch | Line2D] = []
    if seqlets:
        more.append(Line2D([], [], color=INK, linewidth=3, label="seqlet"))
    if np.isnan(scores).any():
        more.append(Patch(color=MISSING, alpha=0.55, label="no score"))
    meanings = speak_for(favours) if unsigned is None else [shorten(unsigned, 50)]
    legend(figure, zip(look.colors, meanings, strict=True), more)
    figure.axes[-1].set_xlabel("position (nt, from 0)", fontsize=8)
    return figure


def zoom_windows(
    scores: Floats,
    seqlets: Sequence[Seqlet],
    *,
    start: int = 0,
    most: int = 3,
    width: int = _ROW,
    breaks: Iterable[int] = (),
) -> list[tuple[int, int]]:
    """Choose stretches round the strongest seqlets, or scores, that do not overlap.

    Strong is what is many times the typical score of the part it lies in: `breaks` are indices into
    `scores` that parts end at.

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
    size = np.abs(np.nan_to_num(scores))
    parts = np.split(size, sorted({at for at in breaks if 0 < at < len(size)}))
    typical = np.repeat([part.mean() or 1.0 for part in parts], [len(part) for part in parts])
    if seqlets:
        ranked = sorted(seqlets, key=lambda s: (-abs(s.score) / typical[s.start - start], s.start))
        middles = [(s.start + s.end) // 2 - start for s in ranked]
    else:
        size /= typical
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
    start: int,
    look: _Look,
    windows: Sequence[Window],
) -> Figure:
    n_rows = -(-len(scores) // _ROW)
    figure = new_figure(_WIDTH, 1.5 * n_rows + _MARGIN)
    for number, ax in enumerate(_stack(figure, [1.0] * n_rows)):
        span = slice(number * _ROW, (number + 1) * _ROW)
        _panel(ax, scores[span], codes[span], seqlets, start + number * _ROW, look)
        draw_ends(ax, windows)
        # Rows are one scale of letters, so the last is as wide as the others.
        ax.set_xlim(right=start + (number + (n_rows > 1)) * _ROW - 0.5 if n_rows > 1 else None)
    return figure


def _overview(
    scores: Floats,
    codes: NDArray[np.uint8],
    seqlets: Sequence[Seqlet],
    start: int,
    look: _Look,
    zooms: list[tuple[int, int]],
    windows: Sequence[Window],
) -> Figure:
    adds_up = look.unit.endswith(PER_LETTER)
    parts = [window for window in windows if window.end - window.start < len(scores)]
    heights = [1.3]
    heights += [0.13 * len(parts)] if parts else []
    heights += [0.8] if adds_up and len(scores) >= _LONG else []
    figure = new_figure(_WIDTH, 1.5 * (sum(heights) + len(zooms)) + _MARGIN)
    whole, *others = _stack(figure, heights + [1.0] * len(zooms))
    _panel(whole, scores, None, seqlets, start, look)
    if parts:
        draw_ends(whole, parts)
        draw_windows(others.pop(0), parts, span=(start, start + len(scores)))
    if len(others) > len(zooms):
        total = look.unit.removesuffix(PER_LETTER)
        draw_running_sum(others.pop(0), scores, start=start, unit=total, colors=look.colors)
    for letter, ax, (first, last) in zip("abcdefghijklmnopqrstuvwxyz", others, zooms, strict=False):
        # A part that is read by itself may score far above the others: each zoom has its own scale.
        own = replace(look, limits=value_range(scores[first:last]))
        _panel(ax, scores[first:last], codes[first:last], seqlets, start + first, own)
        draw_ends(ax, parts)
        ax.set_title(
            f"{letter}   {start + first:,}\u2013{start + last:,}", fontsize=8, loc="left", pad=3
        )
    name_zooms(whole, zooms, start=start, length=len(scores))
    return figure


def name_zooms(ax: Axes, zooms: Sequence[tuple[int, int]], *, start: int = 0, length: int) -> None:
    """Shade in an overview of `length` letters what is zoomed in on, and write a, b, c above it."""
    for first, last in zooms:
        ax.axvspan(start + first, start + last, color=INK, alpha=0.10, linewidth=0, zorder=0)
    for name, place in _names(zooms, length):
        ax.annotate(
            name, (start + place, 1.0), xycoords=("data", "axes fraction"),
            ha="center", va="bottom", fontsize=8, annotation_clip=False,
        )  # fmt: skip


def _names(windows: Sequence[tuple[int, int]], length: int) -> list[tuple[str, float]]:
    """Return the letters of windows and where they stand; neighbours share a place."""
    names: list[tuple[str, float]] = []
    for letter, (first, last) in zip("abcdefghijklmnopqrstuvwxyz", windows, strict=False):
        middle = (first + last) / 2
        if names and middle - names[-1][1] < _NEAR * length:
            middle = names[-1][1]
            names[-1] = (f"{names[-1][0]} {letter}", middle)
        else:
            names.append((letter, middle))
    return names


def _panel(
    ax: Axes,
    scores: Floats,
    letters: NDArray[np.uint8] | None,
    seqlets: Sequence[Seqlet],
    start: int,
    look: _Look,
) -> None:
    draw_track(
        ax, scores, seqlets=seqlets, start=start, unit=look.unit, limits=look.limits,
        letters=None if letters is None else decode(letters), colors=look.colors,
    )  # fmt: skip


def _stack(figure: Figure, heights: list[float]) -> list[Axes]:
    grid = figure.add_gridspec(len(heights), 1, height_ratios=heights)
    return [figure.add_subplot(grid[row]) for row in range(len(heights))]


def speak_for(favours: tuple[str, str]) -> list[str]:
    """Return what scores below and above zero mean, in words."""
    return [f"speaks for {shorten(name, 25)}" for name in favours]


def legend(
    figure: Figure, meanings: Iterable[tuple[str, str]], more: Iterable[Patch | Line2D] = ()
) -> None:
    """Say below a figure what colours of scores mean, those above zero first, and `more`."""
    handles: list[Patch | Line2D] = [Patch(color=color, label=text) for color, text in meanings]
    handles = [*reversed(handles), *more]
    figure.legend(
        handles=handles, loc="outside lower right", ncols=len(handles), fontsize=8, frameon=False
    )
