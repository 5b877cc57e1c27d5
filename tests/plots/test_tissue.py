import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from graphkit.plots.sheet import lay_out
from graphkit.plots.tissue import Photograph


def grid(side):
    return np.argwhere(np.ones((side, side)))[:, ::-1] * 10.0


def picture(tissue, colors):
    """Paint alone on a figure and return its pixels."""
    figure = Figure(figsize=(4, 4 * tissue.aspect), dpi=100)
    ax = figure.add_axes((0, 0, 1, 1))
    assert tissue.paint(ax, colors) is ax
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


@pytest.mark.parametrize("side", [8, 100], ids=["polygons", "pixels"])
def test_y_points_down_and_x_to_the_right(side):
    points = grid(side)
    colors = np.ones((side * side, 4))
    colors[(points < 5 * side).all(axis=1), 1:3] = 0  # red, at the upper left
    colors[(points >= 5 * side).all(axis=1), :2] = 0  # blue, at the lower right
    pixels = picture(lay_out(points), colors).astype(int)
    height, width = pixels.shape[:2]
    corner = pixels[height // 8, width // 8]
    assert corner[0] > 250
    assert corner[2] < 5
    corner = pixels[-height // 8, -width // 8]
    assert corner[2] > 250
    assert corner[0] < 5
    assert (pixels[height // 8, -width // 8] > 250).all()


def test_tiles_leave_no_seams():
    points = grid(8)
    pixels = picture(lay_out(points), np.tile([0, 0, 0, 1.0], (64, 1)))
    assert pixels[4:-4, 4:-4].max() < 40


def test_both_directions_have_one_scale():
    tissue = lay_out(np.column_stack([np.arange(40.0) * 7, np.zeros(40)]))
    figure = Figure()
    ax = tissue.paint(figure.subplots(), np.ones((40, 4)))
    assert ax.get_aspect() == 1
    assert not ax.axison


def test_the_photograph_shows_through():
    points = grid(8) + 10
    photograph = Photograph(np.zeros((90, 90, 3)), diameter=5.0)
    pixels = picture(lay_out(points, photographs=[photograph]), np.ones((64, 4)))
    values = np.unique(pixels)
    assert values.min() == 0
    assert 150 < values.max() < 230


def test_spots_are_rasterised_in_vector_formats(tmp_path):
    tissue = lay_out(grid(30))
    figure = Figure()
    tissue.paint(figure.subplots(), np.random.default_rng(0).uniform(size=(900, 4)))
    figure.savefig(tmp_path / "x.svg")
    assert (tmp_path / "x.svg").stat().st_size < 60_000
