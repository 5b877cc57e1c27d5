"""Colours of scores and of ink; those of classes and letters are in :mod:`graphkit.palette`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm

from graphkit.palette import GROUPS

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from numpy.typing import ArrayLike

# Of two classes the second is explained, where none is asked for.
NEGATIVE, POSITIVE = GROUPS[:2]
UNSIGNED = "#6B5B95"
NEUTRAL = "#E8E8E8"
MISSING = "#BDBDBD"
INK = "#222222"
FAINT = "#8A8A8A"


def diverging(below: str = NEGATIVE, above: str = POSITIVE) -> Colormap:
    """Return one colour through light grey to another, grey for what has no value.

    Examples
    --------
    >>> diverging()(0.5)[:3] == diverging()(0.5)[2::-1]
    True
    """
    # An odd number of steps, so that one of them is the middle.
    return LinearSegmentedColormap.from_list(
        "signed", [below, NEUTRAL, above], N=255
    ).with_extremes(bad=MISSING)


def centred(values: ArrayLike) -> TwoSlopeNorm:
    """Return the scale that puts 0 in the middle and the largest absolute value at an end.

    Parameters
    ----------
    values : float [...]
        NaN is left out.

    Examples
    --------
    >>> norm = centred([-1.0, 3.0, np.nan])
    >>> [float(norm(x)) for x in (-3.0, 0.0, 3.0)]
    [0.0, 0.5, 1.0]
    """
    sizes = np.abs(np.asarray(values, dtype=np.float64))
    largest = float(np.max(sizes, initial=0.0, where=~np.isnan(sizes))) or 1.0
    return TwoSlopeNorm(0.0, -largest, largest)
