import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from graphkit.plots.panels import (
    MARGIN,
    SMALLEST,
    WIDEST,
    arrange,
    color_bar,
    listing,
    place,
    shorten_name,
)


@given(
    n=st.integers(1, 100),
    aspect=st.floats(0.01, 100),
    pair=st.sampled_from([1, 2]),
    room=st.floats(0, 1.5),
)
def test_all_panels_have_a_place(n, aspect, pair, room):
    panels = arrange(n, aspect=aspect, side_by_side=pair, room=(room, 0.5))
    assert panels.rows * panels.columns >= n > panels.rows * panels.columns - panels.columns
    corners = [panels.corner(i) for i in range(n)]
    assert len(set(corners)) == n
    width, height = panels.figure().get_size_inches()
    for left, top in corners:
        assert left >= MARGIN
        assert left + panels.cell[0] <= width + 1e-6
        assert top + panels.cell[1] <= height + 1e-6
    assert height * 200 < 2**16
    if panels.width > SMALLEST:
        assert width <= WIDEST + 2 * MARGIN + 1e-6


@pytest.mark.parametrize(
    ("n", "aspect", "columns"), [(1, 1, 1), (2, 1, 2), (12, 1, 4), (2, 0.3, 1)]
)
def test_a_picture_is_a_little_wider_than_high(n, aspect, columns):
    assert arrange(n, aspect=aspect).columns == columns


def test_places_are_inches_from_the_upper_left():
    figure = arrange(1, aspect=1.0).figure()
    ax = place(figure, 0.5, 0.25, 1.0, 2.0)
    box = ax.get_position().transformed(figure.dpi_scale_trans.inverted().inverted())
    width, height = figure.get_size_inches()
    x0, y0, x1, y1 = ax.get_position().extents * np.array([width, height, width, height])
    assert (x0, height - y1, x1 - x0, y1 - y0) == pytest.approx((0.5, 0.25, 1.0, 2.0))
    assert box is not None


def test_a_colour_bar_has_its_label():
    figure = arrange(1, aspect=1.0).figure()
    ax = place(figure, 0.5, 0.5, 0.1, 1.0)
    color_bar(ScalarMappable(Normalize(0, 2)), ax, label="counts", extend="both")
    assert ax.get_ylabel() == "counts"


@given(name=st.text(max_size=60), limit=st.integers(3, 30))
def test_short_names_are_cut_at_their_end(name, limit):
    short = shorten_name(name, limit=limit)
    assert len(short) <= limit
    assert short == name or (short.endswith("…") and name.startswith(short[:-1]))


def test_listings_fit_their_lines():
    names = ["MBP", "ENSG00000197971.17_MBP_intron", "PLP1", "SNAP25", "MOBP"]
    text = listing(names, width=24)
    assert text.splitlines() == ["MBP, ENSG00000197971.1…,", "PLP1, SNAP25, MOBP"]
    assert listing([], width=10) == ""
    assert listing(["abcdefgh"], width=3) == "ab…"
