import numpy as np
import pytest
from matplotlib.figure import Figure

from graphkit.errors import InputError
from graphkit.plots.sheet import MOST_POLYGONS, lay_out
from graphkit.plots.tissue import Photograph


def grid(side=5, *, step=100.0, at=(0.0, 0.0)):
    return np.argwhere(np.ones((side, side))) * step + np.array(at)


def test_distances_are_kept_in_units_of_the_spacing():
    points = grid(6, step=137.0, at=(9_000, -40))
    tissue = lay_out(points)
    moved = tissue.middles - tissue.middles[0]
    np.testing.assert_allclose(moved, (points - points[0]) / 137, atol=1e-9)
    assert tissue.size == pytest.approx((6, 6))
    assert tissue.aspect == pytest.approx(1)


@pytest.mark.parametrize("kind", ["scattered", "turned grid", "jittered grid"])
def test_every_tile_is_on_the_sheet(kind):
    rng, turn = np.random.default_rng(0), np.array([[0.8, -0.6], [0.6, 0.8]])
    points = {
        "scattered": rng.uniform(0, 10, (300, 2)),
        "turned grid": grid(7) @ turn,
        "jittered grid": grid(7) + rng.normal(0, 3, (49, 2)),
    }[kind]
    tissue = lay_out(points)
    corners = np.concatenate(tissue.outlines)
    assert (corners >= -1e-9).all()
    assert (corners <= np.array(tissue.size) + 1e-9).all()


def test_a_scale_bar_has_a_round_length_where_micrometres_are_known():
    points = grid(12, step=137.0)
    plain, tissue = lay_out(points), lay_out(points, microns=[100 / 137])
    assert plain.bar is None
    assert tissue.bar == (pytest.approx(2.0), "200 µm")
    assert tissue.size[1] > plain.size[1]  # it stands below the spots
    assert lay_out(points, microns=[5000 / 137]).bar == (pytest.approx(2.0), "10 mm")
    ax = Figure().subplots()
    tissue.paint(ax, np.zeros((144, 4)))
    (line,) = ax.lines
    assert np.ptp(line.get_xdata()) == pytest.approx(2.0)
    assert [text.get_text() for text in ax.texts] == ["200 µm"]
    assert tissue.middles[:, 1].max() + 0.5 < line.get_ydata()[0] < tissue.size[1]


def test_slides_of_other_spacings_or_unknown_ones_have_no_scale_bar():
    points, slides = np.vstack([grid(5), grid(5)]), np.repeat([0, 1], 25)
    assert lay_out(points, slides=slides, microns=[1.0, 1.0]).bar is not None
    assert lay_out(points, slides=slides, microns=[1.0, 2.0]).bar is None
    assert lay_out(points, slides=slides, microns=[1.0, None]).bar is None


def test_slides_stand_beside_one_another():
    # Both use the same coordinates, one in other units; on the sheet they must not overlap.
    points = np.vstack([grid(5), grid(5, step=1.0)])
    slides = np.repeat([0, 1], 25)
    tissue = lay_out(points, slides=slides, names=["first", "second"])
    first, second = tissue.middles[slides == 0], tissue.middles[slides == 1]
    assert first[:, 0].max() + 1 <= second[:, 0].min()
    np.testing.assert_allclose(np.ptp(first, axis=0), np.ptp(second, axis=0))
    assert [name for *_, name in tissue.names] == ["first", "second"]
    assert tissue.size[0] > 10


def test_many_slides_stand_in_rows():
    points, slides = np.tile(grid(4), (7, 1)), np.repeat(np.arange(7), 16)
    tissue = lay_out(points, slides=slides, names="abcdefg")
    corners = np.array([tissue.middles[slides == s].min(axis=0) for s in range(7)])
    assert len(np.unique(corners[:, 0].round(6))) == 3
    assert len(np.unique(corners[:, 1].round(6))) == 3
    places = np.unique(tissue.middles.round(6), axis=0)
    assert len(places) == len(points)


def test_the_order_of_the_spots_does_not_matter():
    points, slides = np.vstack([grid(4), grid(4)]), np.repeat([0, 1], 16)
    order = np.random.default_rng(0).permutation(32)
    tissue, mixed = lay_out(points, slides=slides), lay_out(points[order], slides=slides[order])
    np.testing.assert_allclose(mixed.middles, tissue.middles[order])


def test_a_single_slide_has_no_name():
    assert lay_out(grid(), names=["all"]).names == ()


def test_pixels_show_what_the_polygons_show():
    side = 100
    points = grid(side, step=3.0)
    assert len(points) > MOST_POLYGONS
    tissue = lay_out(points)
    assert tissue.outlines is None
    rows, columns = tissue.pixels.shape
    # The pixel in the middle of a spot shows this spot, and all pixels of a full grid show one.
    at = (tissue.middles / tissue.size * [columns, rows]).astype(int)
    np.testing.assert_array_equal(tissue.pixels[at[:, 1], at[:, 0]], np.arange(side * side))
    assert (tissue.pixels >= 0).all()
    assert np.ptp(np.bincount(tissue.pixels.ravel())) <= 30


def test_holes_stay_empty():
    points = grid(100)
    hole = (np.abs(points - 5_000) < 1_000).all(axis=1)
    tissue = lay_out(points[~hole])
    rows, columns = tissue.pixels.shape
    assert tissue.pixels[rows // 2, columns // 2] == -1


def test_a_photograph_lies_where_its_pixels_belong():
    # The photograph has half the resolution of the coordinates, and a bright pixel under a spot.
    points = grid(5, step=10.0, at=(20, 40))
    pixels = np.zeros((60, 50, 3))
    x, y = points[7] / 2
    pixels[int(y), int(x)] = 1
    tissue = lay_out(points, photographs=[Photograph(pixels, scale=0.5, diameter=6.0)])
    ((cropped, (left, right, bottom, top)),) = tissue.photographs
    row, column = np.argwhere(cropped[..., 0])[0]
    here = [
        left + (column + 0.0) * (right - left) / cropped.shape[1],
        top + (row + 0.0) * (bottom - top) / cropped.shape[0],
    ]
    np.testing.assert_allclose(here, tissue.middles[7], atol=0.11)
    assert tissue.outlines[0].shape == (16, 2)


def test_a_photograph_of_another_place_is_left_out():
    tissue = lay_out(grid(at=(1e6, 1e6)), photographs=[Photograph(np.zeros((9, 9, 3)))])
    assert tissue.photographs == ()


def test_one_spot():
    assert len(lay_out(np.array([[3.0, 4.0]])).outlines) == 1


def test_slides_of_another_length_are_refused():
    with pytest.raises(InputError, match="slides: has shape"):
        lay_out(grid(), slides=np.zeros(3, dtype=int))
