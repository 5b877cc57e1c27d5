import numpy as np
import pytest
from matplotlib.colors import Normalize, to_rgba
from matplotlib.figure import Figure

from graphkit.errors import InputError
from graphkit.palette import UNKNOWN
from graphkit.plots.sheet import lay_out
from graphkit.plots.spatial import draw_groups, draw_values, shared_scale, symmetric_scale

TISSUE = lay_out(np.argwhere(np.ones((10, 10))))


@pytest.fixture
def ax():
    return Figure().subplots()


def test_values_get_the_colours_of_the_scale(ax):
    values = np.linspace(0, 1, 100)
    values[3] = np.nan
    scale = draw_values(ax, TISSUE, values, norm=Normalize(0, 1))
    colors = ax.collections[0].get_facecolor()
    np.testing.assert_allclose(colors[50], scale.get_cmap()(values[50]))
    np.testing.assert_allclose(colors[3], to_rgba(UNKNOWN))


def test_groups_get_their_colours_and_no_group_is_grey(ax):
    groups = np.repeat([0, 1, -1, 1], 25)
    draw_groups(ax, TISSUE, groups, colors=["#FF0000", "#0000FF"])
    colors = ax.collections[0].get_facecolor()
    for spot, color in ((0, "#FF0000"), (30, "#0000FF"), (60, UNKNOWN)):
        np.testing.assert_allclose(colors[spot], to_rgba(color))


def test_labels_stand_inside_their_groups_and_long_or_empty_ones_nowhere(ax):
    groups = (np.arange(100) % 10 >= 3).astype(int)
    draw_groups(
        ax, TISSUE, groups, colors=["r", "g", "b", "y"], labels=["a", "b", "none", "long one"]
    )
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert set(places) == {"a", "b"}
    for label, group in (("a", 0), ("b", 1)):
        distance = np.linalg.norm(TISSUE.middles - places[label], axis=1)
        assert groups[np.argmin(distance)] == group
    # In the middle of the group and not at the border of the tissue.
    assert 2 < places["b"][0] < 8


@pytest.mark.parametrize("scattered", [False, True])
def test_every_large_piece_of_a_group_has_a_label(ax, scattered):
    points = np.argwhere(np.ones((20, 20))).astype(float)
    if scattered:
        points += np.random.default_rng(0).uniform(-0.4, 0.4, points.shape)
    x, y = points.T
    groups = ((x < 4) | (x > 14) | ((x == 9) & (y == 9))).astype(int)
    tissue = lay_out(points)
    draw_groups(ax, tissue, groups, colors="rg", labels=["a", "b"])
    labels = [text.get_text() for text in ax.texts]
    assert sorted(labels) == ["a", "b", "b"]
    for text in ax.texts:
        distance = np.linalg.norm(tissue.middles - text.get_position(), axis=1)
        assert "ab"[groups[np.argmin(distance)]] == text.get_text()


def test_a_label_is_put_inside_a_ring(ax):
    side = 41
    tissue = lay_out(np.argwhere(np.ones((side, side))))
    radius = np.linalg.norm(tissue.middles - side / 2, axis=1)
    draw_groups(
        ax, tissue, ((radius > 8) & (radius < 16)).astype(int), colors="rg", labels=["", "1"]
    )
    where = np.linalg.norm(np.array(ax.texts[-1].get_position()) - side / 2)
    assert 8 < where < 16


def test_each_slide_has_its_own_labels(ax):
    points = np.argwhere(np.ones((10, 10)))
    slides = np.repeat([0, 1, 2], 100)
    tissue = lay_out(np.vstack([points] * 3), slides=slides, names=["x", "y", "z"])
    groups = (np.arange(300) % 10 >= 5).astype(int)
    groups[slides == 2] = 1
    draw_groups(ax, tissue, groups, colors="rg", labels=["a", "b"])
    labels = [t for t in ax.texts if t.get_text() in "ab"]
    assert [t.get_text() for t in labels] == ["a", "b", "a", "b", "b"]
    for text, slide in zip(labels, (0, 0, 1, 1, 2), strict=True):
        nearest = np.argmin(np.linalg.norm(tissue.middles - text.get_position(), axis=1))
        assert slides[nearest] == slide
        assert "ab"[groups[nearest]] == text.get_text()


def test_a_label_stands_in_the_middle_of_a_band(ax):
    tissue = lay_out(np.argwhere(np.ones((40, 40))))
    across = np.argwhere(np.ones((40, 40)))[:, 0]
    draw_groups(ax, tissue, (across // 8).astype(int), colors="rgbyk", labels=list("01234"))
    for text in ax.texts:
        nearest = np.argmin(np.linalg.norm(tissue.middles - text.get_position(), axis=1))
        assert 2 <= across[nearest] - 8 * int(text.get_text()) <= 5


def test_values_of_another_length_are_refused(ax):
    with pytest.raises(InputError, match=r"\(3,\) for 100 spots"):
        draw_values(ax, TISSUE, np.ones(3), norm=Normalize(0, 1))


def test_the_scale_leaves_out_the_tails():
    values = np.arange(1_001.0)
    values[-1] = 2e4
    norm = shared_scale(values)
    assert (norm.vmin, norm.vmax) == pytest.approx((10, 990), abs=1)


@pytest.mark.parametrize(
    "values", [np.zeros(5), np.full(5, 3.0), np.array([]), np.full(4, np.nan), np.array([-2.0])]
)
def test_every_scale_has_an_extent(values):
    norm = shared_scale(values)
    assert np.isfinite([norm.vmin, norm.vmax]).all()
    assert norm.vmin < norm.vmax


def test_a_gene_without_a_pattern_looks_like_one():
    values = np.random.default_rng(0).normal(100, 0.5, 1_000)
    norm = shared_scale(values)
    assert np.ptp(norm(values)) < 0.1


def test_counts_do_not_begin_below_zero():
    norm = shared_scale(np.array([0.0, 0.0, 0.0, 0.1]))
    assert norm.vmin >= 0


def test_symmetric_scales():
    norm = symmetric_scale(np.array([-1.0, 3.0, np.nan]))
    assert norm.vmin == -norm.vmax
    assert symmetric_scale(np.zeros(3)).vmax == 1
    assert symmetric_scale(np.array([])).vmax == 1
