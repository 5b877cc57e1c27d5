"""The sheet on which spots are painted, once for every panel of a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import PolyCollection

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Extent = tuple[float, float, float, float]

OVER_PHOTOGRAPH = 0.75
NAME_SIZE = 8
NAME_COLOR = "0.35"


@dataclass(frozen=True, slots=True)
class Photograph:
    """The picture of a slide that lies beneath its spots.

    Parameters
    ----------
    pixels : ndarray of uint8 or float [height, width, 3 or 4]
        The upper left corner is at x = y = 0.
    scale
        Pixels per coordinate unit.
    diameter
        Of a spot, in coordinate units; None where it is not known.
    """

    pixels: NDArray[np.generic]
    scale: float = 1.0
    diameter: float | None = None


@dataclass(frozen=True, slots=True)
class Tissue:
    """Slides laid out on one sheet, whose unit is the distance between neighbouring spots.

    Parameters
    ----------
    middles : ndarray of float64 [n, 2]
        Where the spots lie.
    slides : ndarray of int64 [n]
        The slide of each spot.
    size : (float, float)
        Width and height.
    outlines : sequence of ndarray of float64 [corners, 2], or None
        The polygon of each spot; None where pixels are painted.
    pixels : ndarray of int64 [rows, columns], or None
        The spot that each pixel of the sheet shows, -1 for none.
    names : tuple of (x, y, str)
        What stands above each slide.
    photographs : tuple of (pixels, extent)
        What lies beneath the spots, and its left, right, bottom and top.
    bar : (length, str) or None
        The scale bar, below the slides.
    """

    middles: Floats
    slides: NDArray[np.int64]
    size: tuple[float, float]
    outlines: list[Floats] | None
    pixels: NDArray[np.int64] | None
    names: tuple[tuple[float, float, str], ...] = ()
    photographs: tuple[tuple[NDArray[np.generic], Extent], ...] = ()
    bar: tuple[float, str] | None = None

    @property
    def aspect(self) -> float:
        """Height over width."""
        return self.size[1] / self.size[0]

    def paint(self, ax: Axes, colors: Floats) -> Axes:
        """Paint every spot in its colour, y downwards, both directions to one scale, no frame.

        Parameters
        ----------
        ax
            Empty axes.
        colors : ndarray of float64 [n, 4]
            Red, green, blue and opacity, 0 to 1.

        Returns
        -------
        Axes
            The same.
        """
        width, height = self.size
        for picture, extent in self.photographs:
            ax.imshow(picture, extent=extent, zorder=0)
        if self.photographs:
            colors = colors * np.array([1, 1, 1, OVER_PHOTOGRAPH])
        if self.outlines is not None:
            edges = "none" if self.photographs else colors
            _paint_polygons(ax, self.outlines, colors, edges=edges)
        elif self.pixels is not None:
            shades = np.round(255 * np.vstack([colors, np.zeros(4)])).astype(np.uint8)
            ax.imshow(shades[self.pixels], extent=(0, width, height, 0), zorder=1)
        for x, y, name in self.names:
            ax.text(x, y, name, ha="center", va="bottom", fontsize=NAME_SIZE, color=NAME_COLOR)
        if self.bar is not None:
            length, text = self.bar
            ax.plot([width - length, width], [0.985 * height] * 2, color=NAME_COLOR, linewidth=1.5)
            place = (width - length / 2, 0.975 * height)
            ax.text(*place, text, ha="center", va="bottom", fontsize=7, color=NAME_COLOR)
        ax.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
        ax.set_axis_off()
        return ax


def _paint_polygons(
    ax: Axes, outlines: list[Floats], colors: Floats, *, edges: Floats | str
) -> None:
    # A hairline of its own colour closes the seams between tiles.
    spots = PolyCollection(outlines, facecolors=colors, edgecolors=edges, linewidths=0.4, zorder=1)
    # Thousands of paths make a vector file that no viewer opens.
    spots.set_rasterized(True)
    ax.add_collection(spots, autolim=False)
