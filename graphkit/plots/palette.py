"""Colours of groups that most eyes can tell apart."""

from __future__ import annotations

import colorsys

# Okabe and Ito 2008, jfly.uni-koeln.de/color; dark grey in place of black.
OKABE_ITO = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
    "#333333",
)
UNKNOWN = "#D9D9D9"
# Lightness of the second and the third round through the hues.
DARK, LIGHT = 0.30, 0.78


def group_colors(n: int) -> list[str]:
    """Return a colour for each of `n` groups.

    The first eight are told apart with every common kind of colour blindness; further ones are
    darker and lighter forms of them, and past 22 they repeat: such a picture needs its labels.

    Examples
    --------
    >>> group_colors(2)
    ['#0072B2', '#E69F00']
    >>> len(set(group_colors(22))), group_colors(23)[22] == group_colors(1)[0]
    (22, True)
    """
    hues = OKABE_ITO[:-1]
    shades = [*OKABE_ITO, *(_shade(hue, part) for part in (DARK, LIGHT) for hue in hues)]
    return [shades[i % len(shades)] for i in range(n)]


def _shade(color: str, lightness: float) -> str:
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    shade = colorsys.hls_to_rgb(hue, lightness, saturation)
    return "#" + "".join(f"{round(255 * part):02X}" for part in shade)
