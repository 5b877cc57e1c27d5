"""Rasters of spots: lattices come out exactly, averages equal a loop, whatever the frame."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from graphkit.builders.gene_images import Raster, SpotRaster
from graphkit.errors import InputError


def hexagonal(rows, columns, unit=1.0):
    row, column = np.divmod(np.arange(rows * columns), columns)
    return unit * np.stack([column + 0.5 * (row % 2), row * math.sqrt(3) / 2], axis=1), row, column


def turned(points, angle):
    c, s = math.cos(angle), math.sin(angle)
    return points @ np.array([[c, s], [-s, c]])


@pytest.mark.parametrize("unit", [1.0, 137.0])
@pytest.mark.parametrize("angle", [0.0, 0.02, -0.2])
def test_hexagonal_grid_gives_its_rows_and_columns(unit, angle):
    points, row, column = hexagonal(12, 9, unit)
    raster = SpotRaster().raster(turned(points, angle) + 55.0)
    assert raster.shape == (1, 12, 9)
    assert raster.pixel.tolist() == (row * 9 + column).tolist()


def test_square_grid_with_holes_and_noise():
    row, column = np.divmod(np.arange(80), 10)
    kept = np.random.default_rng(0).random(80) < 0.9
    kept[:10] = kept[::10] = True
    points = np.stack([column, row], axis=1)[kept] * 2.0
    points += np.random.default_rng(1).normal(scale=0.01, size=points.shape)
    raster = SpotRaster().raster(points)
    assert raster.shape == (1, 8, 10)
    assert raster.pixel.tolist() == (row * 10 + column)[kept].tolist()
    assert raster.mask.sum() == kept.sum()


def test_whole_pixel_coordinates_do_not_drift():
    points, row, _ = hexagonal(78, 64, 137.0)
    raster = SpotRaster(max_side=128).raster(np.rint(turned(points, 0.004)))
    assert raster.shape == (1, 78, 64)
    assert (raster.pixel // 64).tolist() == row.tolist()


def test_large_slides_are_binned_by_whole_pixels():
    points, row, column = hexagonal(20, 9)
    raster = SpotRaster(max_side=10).raster(points)
    assert raster.shape == (1, 10, 5)
    assert raster.pixel.tolist() == (row // 2 * 5 + column // 2).tolist()


def test_scattered_spots_fill_their_pixels():
    points = np.random.default_rng(0).random((900, 2)) * 5.0
    raster = SpotRaster().raster(points)
    share = raster.mask.mean()
    assert 0.4 < share < 0.8  # one per pixel on average leaves 1/e of the pixels empty
    assert 0.5 < 900 / (raster.shape[1] * raster.shape[2]) < 2


def test_slides_are_channels():
    points = hexagonal(6, 5)[0]
    both = np.concatenate([points, points[:15] + 1000.0])
    raster = SpotRaster().raster(both, library=np.repeat([3, 1], [30, 15]))
    assert raster.shape == (2, 6, 5)
    assert raster.mask[1].all()
    assert raster.mask[0].sum() == 15
    assert raster.mask[0, :3].all()


@given(seed=st.integers(0, 100))
def test_images_equal_a_loop(seed):
    rng = np.random.default_rng(seed)
    raster = Raster(rng.integers(0, 6, 9), (1, 2, 3))
    values = rng.poisson(1.0, (9, 4)).astype(np.float32)
    expected = np.zeros((4, 6))
    for gene in range(4):
        for pixel in range(6):
            inside = [values[i, gene] for i in range(9) if raster.pixel[i] == pixel]
            if inside:
                expected[gene, pixel] = sum(inside) / len(inside)
    for given_as in (values, sparse.csr_matrix(values)):
        np.testing.assert_allclose(raster.images(given_as), expected.reshape(4, 1, 2, 3), rtol=1e-6)


@pytest.mark.parametrize("points", [np.zeros((1, 2)), np.ones((5, 2))])
def test_one_place_is_one_pixel(points):
    assert SpotRaster().raster(points).shape == (1, 1, 1)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.zeros((0, 2)), "has shape"),
        (np.zeros((3, 3)), "has shape"),
        (np.array([[0.0, np.nan]]), "missing or infinite"),
    ],
)
def test_bad_points(points, message):
    with pytest.raises(InputError, match=f"points: {message}"):
        SpotRaster().raster(points)


def test_bad_sizes():
    with pytest.raises(InputError, match="max_side: is 1"):
        SpotRaster(max_side=1)
    with pytest.raises(InputError, match="values: 2 rows for 1 spots"):
        Raster(np.array([0]), (1, 1, 1)).images(np.ones((2, 1)))


def test_params_are_json_ready():
    assert SpotRaster().params() == {"max_side": 64}
