"""Find the spacing and lattice of spots, and an outline for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from graphkit.omics.lattice import RING, find_lattice, spacing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Corners, and distance to them in units of the spacing, that make tiles meet without a gap.
CORNERS = {**RING, "circle": 16}
REACH = {"hexagonal": 1 / np.sqrt(3), "square": 1 / np.sqrt(2), "circle": 0.5}
# Discs of this share of the distance to the sixth neighbour cover about half of the tissue.
DENSITY = 0.3


@dataclass(frozen=True, slots=True)
class Tiling:
    """The shape in which the spots of one slide are drawn.

    Parameters
    ----------
    shape
        ``"hexagonal"``, ``"square"`` or ``"circle"``.
    spacing
        Median distance from a spot to its nearest neighbour, in coordinate units.
    reach
        Distance from the middle of a tile to its corners, in coordinate units.
    angle
        Direction of the first corner, radians.
    """

    shape: str
    spacing: float
    reach: float
    angle: float = 0.0

    def outlines(self, points: Floats) -> Floats:
        """Return the corners of each spot's tile.

        Parameters
        ----------
        points : ndarray of float64 [n, 2]
            Middles of the spots.

        Returns
        -------
        ndarray of float64 [n, corners, 2]
            In order round the tile.
        """
        turn = self.angle + np.arange(CORNERS[self.shape]) * 2 * np.pi / CORNERS[self.shape]
        corners = self.reach * np.column_stack([np.cos(turn), np.sin(turn)])
        return points[:, None, :] + corners


def find_tiling(points: Floats, *, diameter: float | None = None) -> Tiling:
    """Return how to draw the spots of one slide: as tiles of their lattice, else as discs.

    Parameters
    ----------
    points : ndarray of float64 [n, 2]
        Where the spots lie; rotated, shifted and jittered lattices are found.
    diameter
        Of the spots themselves, in coordinate units: they are then drawn as discs of that size,
        and what lies between them shows.

    Returns
    -------
    Tiling
        Shape, size and direction.

    Examples
    --------
    >>> grid = np.argwhere(np.ones((5, 5))).astype(float)
    >>> find_tiling(grid).shape, find_tiling(grid, diameter=0.5).reach
    ('square', 0.25)
    """
    places = np.unique(points, axis=0)
    if len(places) < 2:
        return Tiling("circle", 1.0, 0.5 if diameter is None else diameter / 2)
    if diameter is not None:
        return Tiling("circle", spacing(places), diameter / 2)
    lattice = find_lattice(places)
    if lattice is None:
        near = np.median(cKDTree(places).query(places, k=min(7, len(places)))[0], axis=0)
        reach = max(DENSITY * float(near[-1]), REACH["circle"] * float(near[1]))
        return Tiling("circle", float(near[1]), reach)
    shape, unit, angle, _ = lattice
    return Tiling(shape, unit, REACH[shape] * unit, angle + np.pi / CORNERS[shape])
