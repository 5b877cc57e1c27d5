"""How spots tile a slide: their spacing, their lattice, and an outline for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from graphkit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Corners, and distance to them in units of the spacing, that make tiles meet without a gap.
CORNERS = {"hexagon": 6, "square": 4, "circle": 16}
REACH = {"hexagon": 1 / np.sqrt(3), "square": 1 / np.sqrt(2), "circle": 0.5}
# Neighbours of a lattice lie within so much of the nearest one; the next ring does not.
SAME_RING = 1.25
# At least so many spots of a lattice have a full ring; of scattered cells one in twenty has.
INNER_SPOTS = 0.25
# Discs of this share of the distance to the sixth neighbour cover about half of the tissue.
DENSITY = 0.3


@dataclass(frozen=True, slots=True)
class Tiling:
    """The shape in which the spots of one slide are drawn.

    Parameters
    ----------
    shape
        ``"hexagon"``, ``"square"`` or ``"circle"``.
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
    k = min(7, len(places))
    distances, neighbours = cKDTree(places).query(places, k=k)
    near = np.median(distances, axis=0)
    spacing = float(near[1])
    if diameter is not None:
        return Tiling("circle", spacing, diameter / 2)
    shape = _lattice(distances)
    if shape == "circle":
        return Tiling(shape, spacing, max(DENSITY * float(near[-1]), REACH[shape] * spacing))
    n_near = CORNERS[shape]
    steps = places[neighbours[:, 1 : n_near + 1]] - places[:, None, :]
    within = distances[:, 1 : n_near + 1] < SAME_RING * spacing
    direction = np.arctan2(steps[..., 1], steps[..., 0])[within]
    # Directions are equal up to a turn of the lattice, so they are averaged as multiples of it.
    angle = float(np.angle(np.exp(1j * n_near * direction).mean())) / n_near
    return Tiling(shape, spacing, REACH[shape] * spacing, angle + np.pi / n_near)


def _lattice(distances: Floats) -> str:
    """Tell a lattice by the distances to the nearest neighbours, the spot itself first."""
    if distances.shape[1] < 7:
        return "circle"
    within = distances < SAME_RING * distances[:, 1:2]
    if np.mean(within[:, 6]) >= INNER_SPOTS:
        return "hexagon"
    return "square" if np.mean(within[:, 4] & ~within[:, 5]) >= INNER_SPOTS else "circle"


def require_points(points: NDArray[np.floating]) -> Floats:
    """Return `points` as float64 [n, 2]; InputError where they are something else."""
    places = np.asarray(points, dtype=np.float64)
    if places.ndim != 2 or places.shape[1] != 2 or len(places) == 0:
        raise InputError(
            f"has shape {places.shape}", slot="points", remedy="Give one row of x, y per spot."
        )
    if not np.isfinite(places).all():
        raise InputError("missing or infinite coordinates", slot="points", remedy="Remove them.")
    return places
