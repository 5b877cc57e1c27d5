import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from graphkit.plots.colors import BASES, MISSING, NEGATIVE, NEUTRAL, POSITIVE, centred, diverging


def luminance(colour):
    return np.dot(to_rgb(colour), (0.299, 0.587, 0.114))


def test_ends_and_middle():
    colours = diverging()
    for x, colour in ((0.0, NEGATIVE), (0.5, NEUTRAL), (1.0, POSITIVE)):
        assert colours(x)[:3] == pytest.approx(to_rgb(colour), abs=0.01)
    assert colours(np.nan)[:3] == pytest.approx(to_rgb(MISSING))


def test_stronger_is_darker_on_both_sides():
    light = [luminance(diverging()(x)[:3]) for x in np.linspace(0, 1, 11)]
    assert light[:6] == sorted(light[:6])
    assert light[5:] == sorted(light[5:], reverse=True)


def test_bases_are_told_apart_without_red_and_green():
    # What remains to deuteranopes: blue, and the mean of red and green.
    seen = [((r + g) / 2, b) for r, g, b in map(to_rgb, BASES.values())]
    for i, one in enumerate(seen):
        for other in seen[i + 1 :]:
            assert np.hypot(*np.subtract(one, other)) > 0.1


@given(st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), max_size=9))
def test_zero_is_the_middle(values):
    norm = centred(values)
    assert norm(0.0) == 0.5
    assert norm.vmax == -norm.vmin > 0
    assert all(0 <= norm(v) <= 1 for v in values if v == v)
