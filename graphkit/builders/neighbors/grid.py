"""Neighbours on a regular grid of spots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import sparse

from graphkit.builders.neighbors.base import SpatialBuilder
from graphkit.builders.neighbors.graph import Pairs
from graphkit.builders.neighbors.spacing import lengths, within
from graphkit.errors import InputError
from graphkit.omics.lattice import REACH, RING, find_lattice, spacing

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Share of spots that may have too many neighbours (torn slides, spots that share a place).
MAX_CROWDED = 0.05
# Share of neighbours that may be a quarter nearer or farther than one spacing.
MAX_UNEVEN = 0.2
# Share of spots that may have no neighbour, unless distances are as even as those of a grid of
# which spots are missing.
MAX_ISOLATED = 0.05
EVEN = 0.05


@dataclass(frozen=True)
class Grid(SpatialBuilder):
    """Spots that touch on a hexagonal (Visium) or a square grid (Visium HD, Stereo-seq).

    Spots at the border have fewer neighbours than those inside, which is what sets a grid apart
    from :class:`~graphkit.builders.KNN`.

    Parameters
    ----------
    shape
        ``"hexagonal"`` (six neighbours) or ``"square"`` (four).
    n_rings
        Steps along the grid that a neighbour may be away, >= 1.

    Examples
    --------
    >>> points = np.array([[x, y] for x in range(3) for y in range(3)])
    >>> Grid("square").graph(points).n_neighbors.tolist()
    [2, 3, 2, 3, 4, 3, 2, 3, 2]
    """

    shape: str = "hexagonal"
    n_rings: int = field(default=1, kw_only=True)

    coord_type: ClassVar[str] = "grid"

    def __post_init__(self) -> None:
        if self.shape not in RING:
            raise InputError(
                f"is {self.shape!r}", slot="shape", remedy=f"Choose {' or '.join(RING)}."
            )
        if self.n_rings < 1:
            raise InputError(f"is {self.n_rings}", slot="n_rings", remedy="Give 1 or more.")

    def pairs(self, points: NDArray[np.float64]) -> Pairs:
        """Return the neighbours among the points [n, 2] of one slide."""
        unit = spacing(points)
        pairs = within(points, REACH[self.shape] * unit)
        number = np.bincount(pairs.spot, minlength=len(points))
        crowded, isolated = (number > RING[self.shape]).mean(), (number == 0).mean()
        off = np.abs(pairs.distance / unit - 1)
        uneven, scattered = (off > 0.25).mean(), (off > EVEN).mean() > MAX_UNEVEN
        if crowded > MAX_CROWDED or uneven > MAX_UNEVEN or (scattered and isolated > MAX_ISOLATED):
            raise InputError(
                f"the spots do not lie on a {self.shape} grid ({isolated:.0%} have none next to "
                f"them, {crowded:.0%} more than {RING[self.shape]}; {uneven:.0%} of distances are "
                "off)",
                slot="points",
                remedy="Use KNN, which needs no grid.",
            )
        return pairs if self.n_rings == 1 else _farther(pairs, points, self.n_rings)


def lattice_shape(
    points: NDArray[np.float64], *, library: NDArray[np.integer] | None = None
) -> str | None:
    """Return which regular grid the spots lie on.

    Parameters
    ----------
    points : ndarray [n, 2]
        Coordinates.
    library : ndarray of int [n]
        Slide of each spot; None where there is one.

    Returns
    -------
    str or None
        ``"hexagonal"`` or ``"square"`` if that is so on every slide, else None.

    Examples
    --------
    >>> lattice_shape(np.array([[x, y] for x in range(3) for y in range(3)]))
    'square'
    """
    points = np.asarray(points, dtype=np.float64)
    library = np.zeros(len(points), dtype=np.int64) if library is None else library
    each = [find_lattice(points[library == slide]) for slide in np.unique(library)]
    shapes = {lattice.shape if lattice and lattice.regular else None for lattice in each}
    return shapes.pop() if len(shapes) == 1 else None


def _farther(pairs: Pairs, points: NDArray[np.float64], n_rings: int) -> Pairs:
    n = len(points)
    step = sparse.csr_matrix((np.ones(len(pairs.spot)), (pairs.spot, pairs.neighbor)), (n, n))
    reached = step
    for _ in range(n_rings - 1):
        reached = reached + reached @ step
        reached.data[:] = 1.0  # paths are not counted, or the numbers would overflow
    spot, neighbor = (index.astype(np.int64) for index in reached.nonzero())
    return Pairs(spot, neighbor, lengths(points, spot, neighbor))
