"""Colours of classes, groups and letters: the same in every picture and on every page.

The first two of the twenty group colours are the blue and the vermilion of Okabe and Ito
(https://jfly.uni-koeln.de/color/). The other eighteen were searched for, so that the least distance
of all pairs is large: in OKLab (https://bottosson.github.io/posts/oklab/), to normal eyes, where
1.25 counts as 1, and to those without one kind of cones (Machado et al. 2009,
doi:10.1109/TVCG.2009.113, severity 1). Each keeps a contrast of 1.5 with a white and with a dark
page, and as much distance from white and from the grey of no group. Each is as far from those
before it as can be; very dark ones come after the eighth. Least distances, .02 being just seen:

=======  ======  ======  ======  =======
colours  normal  protan  deutan  tritan
=======  ======  ======  ======  =======
2        .311    .218    .281    .308
8        .131    .092    .092    .105
20       .107    .087    .088    .085
=======  ======  ======  ======  =======
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

GROUPS = (
    "#0072B2", "#D55E00", "#75CDFE", "#FFCB0D", "#902044",
    "#44BB6E", "#C67CBD", "#62467E", "#4C1689", "#C6AABC",
    "#F58800", "#91846A", "#905D79", "#A0D38F", "#8375ED",
    "#9E9DFF", "#2E47B4", "#074800", "#A54B23", "#690B56",
)  # fmt: skip
UNKNOWN = "#D9D9D9"
"""Of what is in no group."""
OTHERS = "#7A7A7A"
"""Of all other classes together, where there are more than two."""

BASES = {"A": "#20986C", "C": "#262626", "G": "#BA8E20", "U": "#95266C"}
"""Of letters: green, black, gold and purple-red.

A, G and U are near the green, orange and red of WebLogo, and C is black, not blue: blue and
vermilion are the first two classes.
"""


def group_colors(n: int) -> list[str]:
    """Return a colour for each of `n` groups; past twenty they repeat, and names must tell.

    Examples
    --------
    >>> group_colors(2)
    ['#0072B2', '#D55E00']
    >>> group_colors(21)[20] == group_colors(1)[0]
    True
    """
    return [GROUPS[i % len(GROUPS)] for i in range(n)]


def class_colors(classes: Iterable[str]) -> dict[str, str]:
    """Return the colour of each class, by its place among the sorted names.

    Examples
    --------
    >>> class_colors(["Nucleus", "Cytoplasm"])
    {'Cytoplasm': '#0072B2', 'Nucleus': '#D55E00'}
    """
    names = sorted(classes)
    return dict(zip(names, group_colors(len(names)), strict=True))
