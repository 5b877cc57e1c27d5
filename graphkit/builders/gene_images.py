"""Spots rasterised on their array grid, so that a gene is an image."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from graphkit.builders.neighbors.grid import MAX_CROWDED
from graphkit.errors import InputError
from graphkit.omics.lattice import find_lattice, require_points, spacing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.omics.lattice import Lattice

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

# The density of irregular spots is read off the distance to this neighbour.
_DENSITY_NEIGHBOR = 6


@dataclass(frozen=True)
class Raster:
    """Pixel of each spot; the provenance of gene images.

    Parameters
    ----------
    pixel : int64 [n]
        Pixel of each spot, as an index into the flattened ``[slides, height, width]``.
    shape
        Slides, height, width: slides are stacked as channels of one size.

    Examples
    --------
    >>> raster = Raster(np.array([0, 3, 3]), (1, 2, 2))
    >>> raster.images(np.array([[1.0], [2.0], [4.0]]))[0, 0]
    array([[1., 0.],
           [0., 3.]], dtype=float32)
    """

    pixel: Ints
    shape: tuple[int, int, int]

    @property
    def mask(self) -> NDArray[np.bool_]:
        """Pixels that hold a spot, [slides, height, width]."""
        found = np.zeros(math.prod(self.shape), dtype=bool)
        found[self.pixel] = True
        return found.reshape(self.shape)

    def images(self, values: NDArray[Any] | sparse.spmatrix) -> NDArray[np.float32]:
        """Return one image per column of `values`.

        Parameters
        ----------
        values : ndarray or sparse [n, G]
            What each spot has; spots of one pixel are averaged.

        Returns
        -------
        ndarray of float32 [G, slides, height, width]
            0 where no spot is.
        """
        if values.shape[0] != len(self.pixel):
            raise InputError(
                f"{values.shape[0]} rows for {len(self.pixel)} spots",
                slot="values",
                remedy="Give one row per spot.",
            )
        size = np.bincount(self.pixel, minlength=math.prod(self.shape))
        share = (1 / size[self.pixel]).astype(np.float32)
        spots = np.arange(len(self.pixel))
        average = sparse.csr_matrix((share, (self.pixel, spots)), (len(size), len(spots)))
        summed = average @ values.astype(np.float32)
        dense = summed.toarray() if sparse.issparse(summed) else summed
        return np.ascontiguousarray(dense.T, dtype=np.float32).reshape(-1, *self.shape)


@dataclass(frozen=True)
class SpotRaster:
    """Lays spots out on pixels, one slide at a time.

    Spots on a hexagonal or square grid get a pixel each (rows of a hexagonal grid are shifted by
    half a spot); other spots are binned into squares that hold one spot on average.

    Parameters
    ----------
    max_side
        Most pixels along a side; larger slides are binned by a whole number of pixels.

    Examples
    --------
    >>> points = np.array([[0.0, 0], [2, 0], [1, 3**0.5], [3, 3**0.5], [0, 12**0.5], [2, 12**0.5]])
    >>> points = np.concatenate([points, points + [4, 0]])  # a hexagonal grid
    >>> SpotRaster().raster(points).shape
    (1, 3, 4)
    """

    max_side: int = 64

    def __post_init__(self) -> None:
        if self.max_side < 2:
            raise InputError(f"is {self.max_side}", slot="max_side", remedy="Give 2 or more.")

    def params(self) -> dict[str, Any]:
        """Return the parameters as JSON-ready values."""
        return {"max_side": self.max_side}

    def raster(self, points: Floats, *, library: Ints | None = None) -> Raster:
        """Lay spots out.

        Parameters
        ----------
        points : ndarray of float64 [n, 2]
            Coordinates, of any unit, turned by any angle.
        library : ndarray of int [n], optional
            Slide of each spot.

        Raises
        ------
        InputError
            Without spots, or where the coordinates are not [n, 2] and finite.
        """
        points = require_points(points)
        slides = np.zeros(len(points), dtype=np.int64) if library is None else library
        names, slide = np.unique(slides, return_inverse=True)
        cell = np.zeros((len(points), 2), dtype=np.int64)
        for number in range(len(names)):
            cell[slide == number] = _cells(points[slide == number])
        factor = math.ceil((int(cell.max()) + 1) / self.max_side)
        cell //= factor
        height, width = (int(side) + 1 for side in cell.max(axis=0))
        pixel = (slide * height + cell[:, 0]) * width + cell[:, 1]
        return Raster(pixel.astype(np.int64), (len(names), height, width))


def _cells(points: Floats) -> Ints:
    """Return row and column of each spot of one slide, [n, 2], from 0."""
    if len(points) == 1 or not np.ptp(points, axis=0).any():
        return np.zeros((len(points), 2), dtype=np.int64)
    lattice = find_lattice(points)
    if lattice is not None and lattice.regular:
        cells = _lattice_cells(points, lattice)
        if len(np.unique(cells, axis=0)) >= (1 - MAX_CROWDED) * len(points):
            return cells
    side = _mean_spacing(points)
    return np.floor((points - points.min(axis=0)) / side).astype(np.int64)[:, ::-1]


def _mean_spacing(points: Floats) -> float:
    """Return the side of a square that holds one spot, on average."""
    k = min(_DENSITY_NEIGHBOR, len(points) - 1)
    reach = float(np.median(cKDTree(points).query(points, k=k + 1)[0][:, -1]))
    # Where most spots lie on top of each other that distance is 0.
    return max(reach * math.sqrt(math.pi / k), spacing(points))


def _lattice_cells(points: Floats, lattice: Lattice) -> Ints:
    shape, unit, angle, _ = lattice
    across = points @ [np.cos(angle), np.sin(angle)]
    down = points @ [-np.sin(angle), np.cos(angle)]
    if shape == "square":
        return np.stack([_levels(down, unit), _levels(across, unit)], axis=1)
    row, half = _levels(down, unit * math.sqrt(3) / 2), _levels(across, unit / 2)
    return np.stack([row, half // 2], axis=1)


def _levels(values: Floats, step: float) -> Ints:
    """Return the number of the level each value lies on; drift over many levels is harmless."""
    order = np.argsort(values, kind="stable")
    jumps = np.rint(np.diff(values[order]) / step).astype(np.int64)
    level = np.zeros(len(values), dtype=np.int64)
    level[order[1:]] = np.cumsum(jumps)
    return level
