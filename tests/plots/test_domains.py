import numpy as np
import pytest

from graphkit.plots.domains import ROWS_IN_LEGEND, domain_figure, legend_width
from graphkit.plots.sheet import lay_out

TISSUE = lay_out(np.argwhere(np.ones((8, 8))))
GROUPS = np.arange(64) // 16


def legend(figure):
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def test_the_legend_names_groups_and_their_sizes():
    groups = GROUPS.copy()
    groups[:3] = -1
    figure = domain_figure(TISSUE, groups, ["1", "2", "3", "4"])
    assert legend(figure) == ["1  (13)", "2  (16)", "3  (16)", "4  (16)", "none  (3)"]
    assert len(figure.axes) == 1


def test_stability_is_drawn_where_it_is_known():
    figure = domain_figure(TISSUE, GROUPS, list("abcd"), stability=np.full(64, 0.5))
    assert len(figure.axes) == 3
    assert "stability" in figure.axes[1].get_title()


@pytest.mark.parametrize("n", [1, 8, 60])
def test_the_legend_lies_outside_the_tissue_and_inside_the_figure(n):
    names = [f"a rather long name of domain {i}" for i in range(n)]
    figure = domain_figure(TISSUE, np.arange(64) % n, names)
    figure.draw_without_rendering()
    box = figure.axes[0].get_legend().get_window_extent()
    assert box.x0 > figure.axes[0].get_window_extent().x1
    assert box.x1 <= figure.bbox.x1
    assert box.height <= figure.bbox.height or n > ROWS_IN_LEGEND


def test_the_room_for_a_legend_grows_with_its_names():
    assert legend_width(["1"]) < legend_width(["a long name"]) < legend_width(["a long name"] * 40)
