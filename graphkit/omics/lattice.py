"""How spots tile a slide: their spacing, and the regular lattice that they lie on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from graphkit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RING = {"hexagonal": 6, "square": 4}
"""Nearest neighbours of a spot inside the lattice."""

REACH = {"hexagonal": (1 + math.sqrt(3)) / 2, "square": (1 + math.sqrt(2)) / 2}
"""Half-way between the first and the second ring, in spacings."""

# Coordinates closer than this share of the slide's extent are one place.
SAME_PLACE = 1e-9
# Neighbours of a jittered lattice lie within so much of the nearest one; the next ring does not.
_SAME_RING = 1.25
# At least so many spots of a jittered lattice have a full ring; of scattered cells one in twenty.
_INNER_SPOTS = 0.25
# Distances of a regular lattice differ by less than this share, all but so many of them.
_EVEN, _ODD_ONES = 0.05, 0.05


class Lattice(NamedTuple):
    """The lattice that the spots of one slide lie on.

    Parameters
    ----------
    shape
        ``"hexagonal"`` or ``"square"``.
    spacing
        Median distance to the nearest neighbour, in coordinate units.
    angle
        Direction of a neighbour, radians; another may be a turn of the lattice away.
    regular
        Whether nearly all neighbours are one spacing away, and no spot has too many of them: rows
        and columns can be counted. Otherwise the lattice is jittered.
    """

    shape: str
    spacing: float
    angle: float
    regular: bool


def find_lattice(points: Floats) -> Lattice | None:
    """Return the lattice of the spots of one slide, or None where they are scattered.

    Parameters
    ----------
    points : ndarray of float64 [n, 2]
        Coordinates; turned, shifted and jittered lattices are found.

    Examples
    --------
    >>> find_lattice(np.argwhere(np.ones((3, 3))) * 2.0)[:2]
    ('square', 2.0)
    """
    first, _ = distinct(points)
    if len(first) <= RING["square"]:
        return None
    places = points[first]
    k = min(RING["hexagonal"] + 2, len(places))
    distance, neighbor = (part[:, 1:] for part in cKDTree(places).query(places, k=k))
    unit = float(np.median(distance[:, 0]))
    near = distance <= REACH["square"] * unit
    most = int(near.sum(axis=1).max())
    even = np.abs(distance[near] / unit - 1) < _EVEN
    regular = len(places) == len(points) and most in RING.values() and even.mean() >= 1 - _ODD_ONES
    ring = (distance < _SAME_RING * distance[:, :1]).sum(axis=1)
    if regular:
        shape = next(name for name, size in RING.items() if size == most)
    elif np.mean(ring >= RING["hexagonal"]) >= _INNER_SPOTS:
        shape = "hexagonal"
    elif np.mean(ring == RING["square"]) >= _INNER_SPOTS:
        shape = "square"
    else:
        return None
    x, y = (places[neighbor] - places[:, None])[distance <= REACH[shape] * unit].T
    # Directions are equal up to a turn of the lattice, so they are averaged as multiples of it.
    turn = float(np.angle(np.exp(1j * RING[shape] * np.arctan2(y, x)).mean()))
    # Half a turn and minus half a turn are one lattice: rounding must not choose.
    turn = turn + 2 * np.pi if turn < 1e-6 - np.pi else turn
    return Lattice(shape, unit, turn / RING[shape], regular)


def spacing(points: Floats) -> float:
    """Return the median distance between a place and the nearest other one.

    Parameters
    ----------
    points : ndarray of float64 [n, d]
        Coordinates, n >= 2.

    Returns
    -------
    float
        In the units of `points`. Turning and moving the slide leaves it as it is.

    Raises
    ------
    InputError
        If all points are one place.

    Examples
    --------
    >>> spacing(np.array([[0.0, 0.0], [0.0, 2.0], [0.0, 2.0], [0.0, 5.0]]))
    2.0
    """
    first = distinct(points)[0]
    if len(first) < 2:
        raise InputError(
            "all spots of a slide have the same coordinates",
            slot="points",
            remedy="Check that the coordinates were read.",
        )
    places = points[first]
    return float(np.median(cKDTree(places).query(places, k=2)[0][:, 1]))


def distinct(points: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first point of each place, and which place each point is at.

    Parameters
    ----------
    points : ndarray of float64 [n, d]
        Coordinates.

    Returns
    -------
    first : ndarray of int64 [m]
        A point of each place.
    place : ndarray of int64 [n]
        Position in `first`.
    """
    centred = points - points.mean(axis=0)
    extent = np.sqrt((centred**2).sum(axis=1)).max()
    grid = np.round(centred / (extent * SAME_PLACE)) if extent > 0 else centred
    _, first, place = np.unique(grid, axis=0, return_index=True, return_inverse=True)
    return first.astype(np.int64), place.ravel().astype(np.int64)


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
