"""Numbers and groups painted on a tissue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_rgba_array
from matplotlib.patheffects import withStroke
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from graphkit.errors import InputError
from graphkit.palette import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from graphkit.plots.tissue import Tissue

COLORMAP = "viridis"
# A scale follows the middle 98 % of the values, but spans half of their mean at least: a gene
# without a pattern must look like one.
TAILS = (1, 99)
LEAST_SPAN = 0.5
LONGEST_LABEL = 4
# Of a slide: a group of fewer spots has no room for its name.
LEAST_SHARE = 0.005
CANDIDATES = 500
HEART = 0.4
# Spots of one piece are not farther apart than this many times the distance of the sixth nearest;
# pieces of fewer spots, and smaller ones beside the largest, have no label of their own.
TOUCHING, FEWEST_SPOTS, LEAST_PIECE = 1.25, 5, 0.2


def draw_values(
    ax: Axes,
    tissue: Tissue,
    values: NDArray[np.floating],
    *,
    norm: Normalize,
    colormap: str = COLORMAP,
) -> ScalarMappable:
    """Paint one number per spot.

    Parameters
    ----------
    ax
        Empty axes.
    tissue
        From :func:`lay_out`.
    values : ndarray of float [n]
        NaN is painted grey.
    norm
        Its ends are the ends of the colours.
    colormap
        A colormap of matplotlib.

    Returns
    -------
    ScalarMappable
        What a colour bar shows.
    """
    scale = ScalarMappable(norm, colormap)
    scale.set_cmap(scale.get_cmap().with_extremes(bad=UNKNOWN))
    numbers = np.asarray(_per_spot(values, tissue), dtype=np.float64)
    tissue.paint(ax, scale.to_rgba(np.ma.masked_invalid(numbers)))
    return scale


def draw_groups(
    ax: Axes,
    tissue: Tissue,
    groups: NDArray[np.integer],
    *,
    colors: Sequence[str],
    labels: Sequence[str] = (),
) -> Axes:
    """Paint the group of each spot.

    Parameters
    ----------
    ax
        Empty axes.
    tissue
        From :func:`lay_out`.
    groups : ndarray of int [n]
        Position in `colors`; -1 is no group, painted grey.
    colors : sequence of str
        One per group.
    labels : sequence of str, optional
        Short names, written in the middle of each piece of a group on each slide that is not too
        small: no eye tells twenty colours apart.

    Returns
    -------
    Axes
        The same.
    """
    codes = np.asarray(_per_spot(groups, tissue))
    tissue.paint(ax, to_rgba_array([*colors, UNKNOWN])[codes])
    for slide in np.unique(tissue.slides):
        here = tissue.slides == slide
        points, of_spot = tissue.middles[here], codes[here]
        near = cKDTree(points).query(points, k=min(7, len(points)))[0].reshape(len(points), -1)
        reach = TOUCHING * float(np.median(near[:, -1]))
        for code, label in enumerate(labels):
            inside = of_spot == code
            if inside.mean() < LEAST_SHARE or not inside.any() or len(label) > LONGEST_LABEL:
                continue
            for piece in _pieces(points, inside, reach):
                x, y = _heart(points, piece)
                text = ax.text(x, y, label, ha="center", va="center", fontsize=9, weight="bold")
                text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])
    return ax


def shared_scale(values: NDArray[np.floating]) -> Normalize:
    """Return the scale on which to compare panels.

    Parameters
    ----------
    values : ndarray of float
        Of the panel without noise, whose range decides; NaN does not count.

    Returns
    -------
    Normalize
        Of positive extent, whatever the values.

    Examples
    --------
    >>> flat = shared_scale(np.full(9, 10.0))
    >>> flat.vmin, flat.vmax
    (7.5, 12.5)
    """
    numbers = np.asarray(values, dtype=np.float64)
    numbers = numbers[np.isfinite(numbers)]
    if not numbers.size:
        return Normalize(0, 1)
    low, high = np.percentile(numbers, TAILS)
    missing = LEAST_SPAN * abs(float(numbers.mean())) - (high - low)
    if missing > 0:
        low, high = low - missing / 2, high + missing / 2
    if numbers.min() >= 0 > low:
        low, high = 0.0, high - low
    return Normalize(float(low), float(high) if high > low else float(low) + 1)


def symmetric_scale(values: NDArray[np.floating]) -> Normalize:
    """Return a scale round zero that holds 98 % of the values.

    Parameters
    ----------
    values : ndarray of float
        NaN does not count.

    Examples
    --------
    >>> symmetric_scale(np.array([-2.0, 2.0])).vmin
    -2.0
    """
    sizes = np.abs(np.asarray(values, dtype=np.float64))
    sizes = sizes[np.isfinite(sizes)]
    end = float(np.percentile(sizes, TAILS[1])) if sizes.size else 0.0
    return Normalize(-end, end) if end > 0 else Normalize(-1, 1)


def _per_spot(values: NDArray[np.generic], tissue: Tissue) -> NDArray[np.generic]:
    array = np.asarray(values)
    if array.shape != (len(tissue.middles),):
        raise InputError(
            f"has shape {array.shape} for {len(tissue.middles):,} spots",
            slot="values",
            remedy="Give one value per spot.",
        )
    return array


def _pieces(
    points: NDArray[np.float64], inside: NDArray[np.bool_], reach: float
) -> Iterator[NDArray[np.bool_]]:
    """Yield the pieces of a group that have a label: the largest, and others that are large too."""
    members = np.flatnonzero(inside)
    pairs = cKDTree(points[members]).query_pairs(reach, output_type="ndarray")
    graph = sparse.coo_array((np.ones(len(pairs)), pairs.T), shape=(len(members),) * 2)
    _, piece = connected_components(graph, directed=False)
    sizes = np.bincount(piece)
    least = max(LEAST_PIECE * sizes.max(), LEAST_SHARE * len(points), FEWEST_SPOTS)
    for number in np.argsort(-sizes, kind="stable"):
        if sizes[number] >= least or sizes[number] == sizes.max():
            found = np.zeros(len(points), dtype=bool)
            found[members[piece == number]] = True
            yield found


def _heart(points: NDArray[np.float64], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the point of a group that has most of the group, and no other group, round it."""
    members, others = points[inside], points[~inside]
    some = members[:: -(-len(members) // CANDIDATES)]
    # Spots are a distance of 1 apart: a disc of this radius would hold most of a round group.
    reach = HEART * len(members) ** 0.5
    if len(others):
        # Of a band no disc is wider than the band.
        reach = min(reach, max(1.0, 0.99 * float(cKDTree(others).query(some)[0].max())))
    within = cKDTree(members).query_ball_point(some, reach, return_length=True)
    return some[int(np.argmax(within))]
