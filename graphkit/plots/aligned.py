"""Explained transcripts under one another, column by column of their alignment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Patch

from graphkit.errors import InputError, shorten
from graphkit.plots.bars import draw_track, value_range
from graphkit.plots.colors import FAINT, NEGATIVE, POSITIVE
from graphkit.plots.figure import new_figure
from graphkit.plots.track import legend, name_zooms, speak_for, zoom_windows
from graphkit.sequences import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

_WIDTH = 10.0  # inches
_HEIGHT = 1.05  # of one track
_ROW = 100  # columns that can be read side by side
_LONGEST_IN_ROWS = 300
_PIXELS = 1200  # of an overview
_FAINTEST = 0.05  # of the largest difference: less is not zoomed in on
# The colour of cautions on the page, and of no class.
_DIFFERS: dict[str, Any] = {"color": "#E69F00", "alpha": 0.35}
_NO_LETTER: dict[str, Any] = {"facecolor": "white", "edgecolor": FAINT, "hatch": "////"}


def aligned_figure(
    tracks: Sequence[tuple[str, NDArray[np.uint8], Floats]],
    positions: NDArray[np.int64],
    *,
    title: str = "",
    unit: str = "log-odds per nt",
    favours: tuple[str, str] = ("the other class", "the class"),
    colors: tuple[str, str] = (NEGATIVE, POSITIVE),
    max_zooms: int = 3,
) -> Figure:
    """Draw the scores of aligned transcripts under one another.

    Up to 300 columns, every letter is shown, 100 to a row. Above, an overview stands over zooms of
    100 columns where scores differ most. Columns where letters differ are shaded; where a
    transcript has no letter, its track is hatched.

    Parameters
    ----------
    tracks : sequence of (str, uint8 [L], float [L]) [n]
        Name, letters and scores of each; NaN where there is no score.
    positions : int64 [n, C]
        Letter of each transcript in each column, -1 where it has none.
    title
        Above the figure.
    unit, favours, colors
        As in :func:`track_figure`.
    max_zooms
        Most zooms.

    Raises
    ------
    InputError
        If there is not one row of positions per track, or no column.

    Examples
    --------
    >>> from graphkit.sequences import align, encode
    >>> pair = encode("ACGGUUA"), encode("ACGUUA")
    >>> tracks = [(name, one, np.ones(len(one))) for name, one in zip("ab", pair)]
    >>> len(aligned_figure(tracks, align(*pair)).axes)
    2
    """
    if len(positions) != len(tracks) or positions.size == 0:
        shape = " x ".join(map(str, positions.shape))
        raise InputError(f"{shape} positions for {len(tracks)} tracks", slot="positions")
    rows = [_Row(*track, place) for track, place in zip(tracks, positions, strict=True)]
    letters = np.stack([row.codes for row in rows])
    unlike = (letters != letters[0]).any(axis=0)
    columns = positions.shape[1]
    if columns <= _LONGEST_IN_ROWS:
        parts = [(first, min(first + _ROW, columns)) for first in range(0, columns, _ROW)]
        whole: list[tuple[int, int]] = []
    else:
        scores = np.stack([np.nan_to_num(row.scores) for row in rows])
        # A closer look is worth it where something differs, and not amid letters without partners.
        paired = ~np.any([row.gaps for row in rows], axis=0)
        near = _near(unlike, _ROW // 10) & _near(paired, _ROW // 2)
        spread = np.where(near, np.ptp(scores, axis=0), 0.0)
        spread[spread < _FAINTEST * spread.max()] = 0.0
        parts = zoom_windows(spread, (), most=max_zooms, width=_ROW)
        whole = [(0, columns)]
    figure = new_figure(_WIDTH, (_HEIGHT * len(rows) + 0.35) * len(whole + parts) + 0.8)
    names = [""] * len(whole) + [f"{letter}   " for letter in "abcdefgh"[: len(parts)]]
    for sub, name, (first, last) in zip(
        figure.subfigures(len(whole + parts), 1, squeeze=False).flat,
        names if whole else [""] * len(parts),
        whole + parts,
        strict=True,
    ):
        look: dict[str, Any] = {"unit": unit, "colors": colors}
        look["limits"] = value_range(np.concatenate([row.scores[first:last] for row in rows]))
        axes = sub.subplots(len(rows), 1, sharex=True, squeeze=False).flat
        for row, ax in zip(rows, axes, strict=True):
            # Rows are one scale of columns, so the last is as wide as the others.
            row.draw(ax, (first, last), wide=0 if whole else min(columns, _ROW), **look)
            _shade(ax, (unlike & ~row.gaps)[first:last], start=first, **_DIFFERS)
            _shade(ax, row.gaps[first:last], start=first, share=0.5, **_NO_LETTER)
            ax.set_title(name + row.says(first, last), fontsize=8, loc="left", pad=3)
            ax.set_ylabel("")
        sub.supylabel(f"score ({unit})", fontsize=8)
    if whole:
        name_zooms(figure.axes[0], parts, length=columns)
        figure.axes[0].set_title(rows[0].says(*whole[0]), fontsize=8, loc="left", pad=13)
    figure.axes[-1].set_xlabel("column of the alignment (from 0)", fontsize=8)
    if title:
        figure.suptitle(shorten(title, 90), fontsize=11, x=0.01, ha="left", weight="bold")
    more = [Patch(label="letters differ", **_DIFFERS), Patch(label="no letter", **_NO_LETTER)]
    legend(figure, zip(colors, speak_for(favours), strict=True), more)
    return figure


class _Row:
    """One transcript as it stands in the columns of the alignment."""

    def __init__(
        self, name: str, codes: NDArray[np.uint8], scores: Floats, positions: NDArray[np.int64]
    ) -> None:
        self.name, self.positions = name, positions
        self.gaps: Mask = positions < 0
        self.codes = np.where(self.gaps, np.uint8(255), codes[positions])
        self.scores = np.where(self.gaps, 0.0, scores[positions])

    def draw(self, ax: Axes, span: tuple[int, int], *, wide: int, **look: Any) -> None:
        first, last = span
        letters = None
        if last - first <= _ROW:
            text = decode(self.codes[first:last])
            gaps = self.gaps[first:last]
            letters = "".join("-" if gap else one for gap, one in zip(gaps, text, strict=True))
            letters = letters.ljust(wide)
        draw_track(ax, self.scores[first:last], start=first, letters=letters, **look)
        ax.set_xlim(right=first + max(wide, last - first) - 0.5)

    def says(self, first: int, last: int) -> str:
        """Return the name, and which letters stand in these columns."""
        held = self.positions[first:last][~self.gaps[first:last]]
        where = f"{held[0]:,}\u2013{held[-1] + 1:,}" if len(held) else "no letter here"
        return f"{shorten(self.name, 60)}   {where}"


def _shade(ax: Axes, mask: Mask, *, start: int, share: float = 0.0, **look: Any) -> None:
    """Shade columns over the whole height; of many, the pixels of which more than `share` are."""
    edges = np.linspace(0, len(mask), min(len(mask), _PIXELS) + 1).astype(np.int64)
    held = np.add.reduceat(mask, edges[:-1], dtype=np.int64) > share * np.diff(edges)
    runs = np.flatnonzero(np.diff(held, prepend=False, append=False)).reshape(-1, 2)
    spans = [(start + edges[a] - 0.5, edges[b] - edges[a]) for a, b in runs]
    low, high = ax.get_ylim()
    ax.broken_barh(spans, (low, high - low), linewidth=0, zorder=0.5, **look)


def _near(mask: Mask, reach: int) -> Mask:
    """Return what lies within `reach` columns of a mask."""
    return np.convolve(mask, np.ones(2 * reach + 1), mode="same") > 0.5
