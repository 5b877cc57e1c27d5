"""Colours that stay apart for colour-blind readers, and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from numpy.typing import ArrayLike

# After Okabe and Ito (https://jfly.uni-koeln.de/color/).
POSITIVE = "#D55E00"
NEGATIVE = "#0072B2"
UNSIGNED = "#6B5B95"
NEUTRAL = "#E8E8E8"
MISSING = "#BDBDBD"
INK = "#222222"
FAINT = "#8A8A8A"

BASES: dict[str, str] = {"A": "#009E73", "C": "#0072B2", "G": "#E69F00", "U": "#D55E00"}
"""Colour of each base."""

SERIES: tuple[str, ...] = (POSITIVE, NEGATIVE, "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Colours of lines, in order of use."""


def diverging() -> Colormap:
    """Return blue through light grey to vermilion, grey for what has no value.

    Examples
    --------
    >>> diverging()(0.5)[:3] == diverging()(0.5)[2::-1]
    True
    """
    # An odd number of steps, so that one of them is the middle.
    return LinearSegmentedColormap.from_list(
        "signed", [NEGATIVE, NEUTRAL, POSITIVE], N=255
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
