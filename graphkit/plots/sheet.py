"""Place slides and spots on the sheet of a figure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from graphkit.errors import InputError
from graphkit.omics.lattice import require_points
from graphkit.plots.geometry import Tiling, find_tiling
from graphkit.plots.tissue import Photograph, Tissue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.plots.tissue import Extent

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Above it a spot is a few pixels wide: painting pixels looks the same and is much faster.
MOST_POLYGONS = 8_000
PIXELS_PER_SPOT = 5
MOST_PIXELS = 1_000
# Of the size of a slide.
GAP = 0.06
ROOM_FOR_NAME = 0.09
IN_ONE_ROW = 3
# Of the width of the sheet and of its height; and how far spacings of slides may differ.
BAR, ROOM_FOR_BAR = 0.25, 0.08
SAME_SPACING = 1.05


def lay_out(
    points: NDArray[np.floating],
    *,
    slides: NDArray[np.integer] | None = None,
    names: Sequence[str] = (),
    photographs: Sequence[Photograph | None] = (),
    microns: Sequence[float | None] = (),
) -> Tissue:
    """Lay out the spots of one or more slides on one sheet.

    Several slides stand in rows, scaled so that spots are equally far apart on all of them.

    Parameters
    ----------
    points : ndarray of float [n, 2]
        Where the spots lie, y downwards as in images.
    slides : ndarray of int [n], optional
        Slide of each spot, counted from 0; one slide where it is missing.
    names : sequence of str [S]
        Written above the slides where there are several.
    photographs : sequence of Photograph or None [S]
        What lies beneath the spots of each slide.
    microns : sequence of float or None [S]
        Micrometres per unit of the coordinates, for a scale bar; it is left out where they are not
        known, or spots are not equally far apart on all slides.

    Returns
    -------
    Tissue
        Ready to be painted.

    Raises
    ------
    InputError
        If the points are no finite [n, 2] array or `slides` has another length.

    Examples
    --------
    >>> tissue = lay_out(np.argwhere(np.ones((6, 4))) * 100.0)
    >>> tissue.size, len(tissue.outlines)
    ((6.0, 4.0), 24)
    """
    places = require_points(points)
    codes = np.zeros(len(places), dtype=np.int64) if slides is None else np.asarray(slides)
    if codes.shape != (len(places),):
        raise InputError(
            f"has shape {codes.shape}", slot="slides", remedy="Give one number per spot."
        )
    present = np.unique(codes)
    rows = [np.flatnonzero(codes == code) for code in present]
    parts = [
        _piece(
            places[row],
            photographs[code] if code < len(photographs) else None,
            microns[code] if code < len(microns) else None,
        )
        for row, code in zip(rows, present, strict=True)
    ]
    labels = [names[code] if code < len(names) else "" for code in present]
    return _sheet(parts, rows, labels if len(parts) > 1 else [""])


@dataclass(frozen=True, slots=True)
class _Piece:
    """One slide, its upper left corner at the origin and its spots a distance of 1 apart."""

    middles: Floats
    size: Floats
    tiling: Tiling
    picture: NDArray[np.generic] | None
    extent: Extent
    microns: float | None  # between neighbouring spots


def _piece(points: Floats, photograph: Photograph | None, microns: float | None) -> _Piece:
    found = find_tiling(points, diameter=None if photograph is None else photograph.diameter)
    tiling = Tiling(found.shape, 1.0, found.reach / found.spacing, found.angle)
    # Tiles at the border are whole, whichever way they are turned.
    margin = np.maximum(np.abs(tiling.outlines(np.zeros((1, 2)))[0]).max(axis=0), 0.5)
    corner = points.min(axis=0) - margin * found.spacing
    middles = (points - corner) / found.spacing
    size = middles.max(axis=0) + margin
    spacing = None if microns is None else microns * found.spacing
    if photograph is None:
        return _Piece(middles, size, tiling, None, (0.0, 0.0, 0.0, 0.0), spacing)
    cropped, extent = _crop(photograph, corner, corner + size * found.spacing)
    left, right, bottom, top = extent
    x, y = -corner / found.spacing
    unit = 1 / found.spacing
    place = (left * unit + x, right * unit + x, bottom * unit + y, top * unit + y)
    return _Piece(middles, size, tiling, cropped, place, spacing)


def _crop(
    photograph: Photograph, low: Floats, high: Floats
) -> tuple[NDArray[np.generic] | None, Extent]:
    """Return the pixels between two corners and where they lie, in coordinate units."""
    scale = photograph.scale
    limits = np.array(photograph.pixels.shape[1::-1])
    first = np.clip(np.floor(low * scale).astype(np.int64), 0, limits)
    last = np.clip(np.ceil(high * scale).astype(np.int64), 0, limits)
    (left, top), (right, bottom) = first, last
    if left >= right or top >= bottom:
        return None, (0.0, 0.0, 0.0, 0.0)
    picture = photograph.pixels[top:bottom, left:right]
    return picture, (left / scale, right / scale, bottom / scale, top / scale)


def _sheet(pieces: list[_Piece], rows: list[Ints], labels: list[str]) -> Tissue:
    columns = len(pieces) if len(pieces) <= IN_ONE_ROW else math.ceil(math.sqrt(len(pieces)))
    cell = np.max([piece.size for piece in pieces], axis=0)
    above = ROOM_FOR_NAME * cell[1] if any(labels) else 0.0
    step = cell * (1 + GAP) + [0, above]
    n = sum(map(len, rows))
    middles, reach, slides = np.empty((n, 2)), np.empty(n), np.empty(n, dtype=np.int64)
    outlines: list[Floats] = [np.empty((0, 2))] * n
    names, photographs = [], []
    for i, (piece, row, label) in enumerate(zip(pieces, rows, labels, strict=True)):
        down, across = divmod(i, columns)
        corner = step * [across, down] + [(cell[0] - piece.size[0]) / 2, above]
        middles[row] = piece.middles + corner
        reach[row] = piece.tiling.reach
        slides[row] = i
        if n <= MOST_POLYGONS:
            for spot, outline in zip(row, piece.tiling.outlines(middles[row]), strict=True):
                outlines[spot] = outline
        if label:
            names.append((corner[0] + piece.size[0] / 2, corner[1] - 0.1 * above, label))
        if piece.picture is not None:
            left, right, bottom, top = piece.extent
            place = (left + corner[0], right + corner[0], bottom + corner[1], top + corner[1])
            photographs.append((piece.picture, place))
    n_rows = math.ceil(len(pieces) / columns)
    width, height = step * [min(columns, len(pieces)), n_rows] - cell * GAP
    bar = _scale_bar([piece.microns for piece in pieces], float(width))
    size = (float(width), float(height) * (1 + ROOM_FOR_BAR * (bar is not None)))
    small = n <= MOST_POLYGONS
    return Tissue(
        middles,
        slides,
        size,
        outlines if small else None,
        None if small else _pixels(middles, reach, size),
        tuple(names),
        tuple(photographs),
        bar,
    )


def _scale_bar(spacings: list[float | None], width: float) -> tuple[float, str] | None:
    """Return the length of a bar, in spacings, and what stands below it."""
    known = [spacing for spacing in spacings if spacing is not None]
    if len(known) < len(spacings) or max(known) > SAME_SPACING * min(known):
        return None
    unit = float(np.median(known))
    most = BAR * width * unit
    power = 10.0 ** math.floor(math.log10(most))
    microns = power * max(step for step in (1, 2, 5) if step * power <= most)
    text = f"{microns:g} µm" if microns < 1000 else f"{microns / 1000:g} mm"
    return microns / unit, text


def _pixels(middles: Floats, reach: Floats, size: tuple[float, float]) -> Ints:
    """Return the spot that each pixel shows: the nearest, which makes the tiles of a lattice."""
    finest = min(PIXELS_PER_SPOT, MOST_PIXELS / max(size))
    columns, rows = (max(1, round(finest * side)) for side in size)
    x = (np.arange(columns) + 0.5) * size[0] / columns
    y = (np.arange(rows) + 0.5) * size[1] / rows
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    distance, nearest = cKDTree(middles).query(grid, distance_upper_bound=reach.max() * 1.001)
    shown = np.isfinite(distance)
    shown[shown] = distance[shown] <= reach[nearest[shown]] * 1.001
    return np.where(shown, nearest, -1).astype(np.int64).reshape(rows, columns)
