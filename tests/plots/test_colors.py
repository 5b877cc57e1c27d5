import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from graphkit.palette import GROUPS
from graphkit.plots.colors import MISSING, NEGATIVE, NEUTRAL, POSITIVE, centred, diverging


def luminance(colour):
    return np.dot(to_rgb(colour), (0.299, 0.587, 0.114))


@pytest.mark.parametrize("ends", [(NEGATIVE, POSITIVE), GROUPS[2:4]])
def test_ends_and_middle(ends):
    colours = diverging(*ends)
    for x, colour in ((0.0, ends[0]), (0.5, NEUTRAL), (1.0, ends[1])):
        assert colours(x)[:3] == pytest.approx(to_rgb(colour), abs=0.01)
    assert colours(np.nan)[:3] == pytest.approx(to_rgb(MISSING))


def test_stronger_is_darker_on_both_sides():
    light = [luminance(diverging()(x)[:3]) for x in np.linspace(0, 1, 11)]
    assert light[:6] == sorted(light[:6])
    assert light[5:] == sorted(light[5:], reverse=True)


@given(st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), max_size=9))
def test_zero_is_the_middle(values):
    norm = centred(values)
    assert norm(0.0) == 0.5
    assert norm.vmax == -norm.vmin > 0
    assert all(0 <= norm(v) <= 1 for v in values if v == v)
