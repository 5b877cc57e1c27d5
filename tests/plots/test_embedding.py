import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from graphkit.errors import InputError
from graphkit.palette import UNKNOWN
from graphkit.plots.embedding import draw_embedding, embedding_figure

POINTS = np.random.default_rng(0).normal(size=(90, 2))
GROUPS = np.repeat([0, 1, -1], 30)


def test_each_point_has_the_colour_of_its_group():
    ax = Figure().subplots()
    assert draw_embedding(ax, POINTS, GROUPS, ["a", "b"], colors=["#FF0000", "#0000FF"]) is ax
    drawn = ax.collections[0]
    order = [int(np.argmin(np.linalg.norm(POINTS - p, axis=1))) for p in drawn.get_offsets()]
    wanted = [to_rgba({0: "#FF0000", 1: "#0000FF", -1: UNKNOWN}[GROUPS[i]]) for i in order]
    np.testing.assert_allclose(drawn.get_facecolors(), wanted)
    assert sorted(order) == list(range(90))
    assert order != sorted(order)


def test_names_stand_at_the_medians():
    ax = Figure().subplots()
    draw_embedding(ax, POINTS, GROUPS, ["a", "b", "empty"], colors=["r", "g", "b"])
    assert [text.get_text() for text in ax.texts] == ["a", "b"]
    np.testing.assert_allclose(ax.texts[0].get_position(), np.median(POINTS[:30], axis=0))


def test_a_figure_with_its_legend(tmp_path):
    figure = embedding_figure(POINTS, GROUPS, ["a", "b"], title="cell type", axes=("PC 1", "PC 2"))
    (ax,) = figure.axes
    assert ax.get_legend().get_title().get_text() == "cell type"
    assert ax.get_xlabel() == "PC 1"
    figure.savefig(tmp_path / "x.png", dpi=40)


def test_dots_shrink_with_their_number():
    def size(n):
        ax = Figure().subplots()
        points = np.random.default_rng(0).normal(size=(n, 2))
        draw_embedding(ax, points, np.zeros(n, dtype=int), ["a"], colors=["r"])
        return ax.collections[0].get_sizes()[0]

    assert size(100) > size(10_000) > size(100_000) > 0


def test_groups_of_another_length_are_refused():
    with pytest.raises(InputError, match="groups: has shape"):
        draw_embedding(Figure().subplots(), POINTS, GROUPS[:4], ["a"], colors=["r"])
