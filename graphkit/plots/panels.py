"""Lay out panels beside one another, and what stands above them."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable

WIDEST, TALLEST = 12.5, 200.0
LARGEST, SMALLEST = 4.2, 1.6
# Width over height of a whole picture: a little wider than high, as a screen is.
SHAPE = 1.5
MARGIN = 0.15
LONGEST_IN_LIST = 18


@dataclass(frozen=True, slots=True)
class Panels:
    """Equal panels in rows; every length in inches.

    Parameters
    ----------
    rows, columns
        How many.
    width, height
        Of one picture.
    cell : (float, float)
        Width and height of a panel: its pictures, and the room for what is written round them.
    """

    rows: int
    columns: int
    width: float
    height: float
    cell: tuple[float, float]

    def corner(self, i: int) -> tuple[float, float]:
        """Return the distances of panel `i` from the left and from the top."""
        down, across = divmod(i, self.columns)
        return MARGIN + across * self.cell[0], MARGIN + down * self.cell[1]

    def figure(self, *, right: float = 0.0) -> Figure:
        """Return an empty figure of their size, with some more room at the right."""
        width, height = self.columns * self.cell[0], self.rows * self.cell[1]
        return Figure(figsize=(width + right + 2 * MARGIN, height + 2 * MARGIN))


def arrange(
    n: int, *, aspect: float, side_by_side: int = 1, room: tuple[float, float] = (0.0, 0.0)
) -> Panels:
    """Return rows and columns for `n` panels that together are readable on a laptop.

    Parameters
    ----------
    n
        Panels, >= 1.
    aspect
        Height over width of a picture.
    side_by_side
        Pictures in a panel.
    room : (float, float)
        Width and height, inches, for what is written round them.

    Examples
    --------
    >>> panels = arrange(12, aspect=1.0)
    >>> panels.rows, panels.columns
    (3, 4)
    """
    aspect = min(max(aspect, 0.1), 10.0)
    wanted = round(math.sqrt(SHAPE * n * aspect / side_by_side))
    columns = min(n, max(1, wanted))
    rows = math.ceil(n / columns)
    widest = (WIDEST / columns - room[0]) / side_by_side
    width = max(min(LARGEST / math.sqrt(aspect), widest), SMALLEST)
    height = min(width * aspect, TALLEST / rows)
    return Panels(rows, columns, width, height, (side_by_side * width + room[0], height + room[1]))


def place(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Add axes at so many inches from the left and from the top."""
    across, down = figure.get_size_inches()
    return figure.add_axes(
        (left / across, 1 - (top + height) / down, width / across, height / down)
    )


def color_bar(scale: ScalarMappable, ax: Axes, *, label: str = "", extend: str = "neither") -> None:
    """Fill `ax` with the colour bar of `scale`."""
    bar = ax.figure.colorbar(scale, cax=ax, extend=extend)
    bar.set_label(label, fontsize=8)
    ax.tick_params(labelsize=7)
    bar.outline.set_visible(False)


def shorten_name(name: str, *, limit: int = 24) -> str:
    """Cut a long name at its end.

    Examples
    --------
    >>> shorten_name("Layer 2/3 of the visual cortex", limit=20)
    'Layer 2/3 of the vi…'
    """
    return name if len(name) <= limit else f"{name[: limit - 1].rstrip()}…"


def listing(names: Sequence[str], *, width: int, lines: int = 2) -> str:
    """Return as many of the names as fit, separated by commas.

    Examples
    --------
    >>> listing(["MBP", "PLP1", "MOBP"], width=10, lines=1)
    'MBP, PLP1'
    """
    short = [shorten_name(name, limit=min(width, LONGEST_IN_LIST)) for name in names]
    for end in range(len(short), 0, -1):
        broken = textwrap.wrap(
            ", ".join(short[:end]), width, break_long_words=False, break_on_hyphens=False
        )
        if len(broken) <= lines:
            return "\n".join(broken)
    return ""
