"""Lattices in any frame, and the distance between their spots."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.omics.lattice import distinct, find_lattice, require_points, spacing


def lattice(shape, *, side=9):
    row, column = np.divmod(np.arange(side * side), side)
    if shape == "hexagonal":
        return np.column_stack([column + 0.5 * (row % 2), row * np.sqrt(3) / 2])
    return np.column_stack([column, row]).astype(float)


def turned(points, angle):
    return points @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


@pytest.mark.parametrize("angle", [0.0, 0.3, 1.2, -2.0])
@pytest.mark.parametrize(("shape", "fold"), [("hexagonal", 6), ("square", 4)])
def test_shape_spacing_and_angle_in_any_frame(shape, fold, angle):
    found = find_lattice(turned(lattice(shape), angle) * 130 + [5000, -70])
    assert (found.shape, found.regular) == (shape, True)
    assert found.spacing == pytest.approx(130)
    assert np.exp(1j * fold * found.angle) == pytest.approx(np.exp(1j * fold * angle))


@pytest.mark.parametrize("shape", ["hexagonal", "square"])
def test_a_jittered_lattice_is_not_regular(shape):
    noise = np.random.default_rng(0).normal(0, 0.03, (81, 2))
    assert find_lattice(lattice(shape) + noise)[::3] == (shape, False)


def test_places_that_are_shared_keep_the_lattice_but_not_its_regularity():
    points = lattice("square")
    assert find_lattice(np.vstack([points, points[:5]]))[::3] == ("square", False)


@pytest.mark.parametrize("points", [np.zeros((9, 2)), np.arange(8.0).reshape(4, 2)])
def test_too_few_places_have_none(points):
    assert find_lattice(points) is None


def test_scattered_spots_have_none():
    assert find_lattice(np.random.default_rng(0).uniform(0, 100, (2_000, 2))) is None


def test_spacing_against_all_pairs():
    points = np.random.default_rng(0).random((40, 2))
    far = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(far, np.inf)
    assert spacing(points) == pytest.approx(np.median(far.min(axis=1)))


def test_spots_that_share_a_place_do_not_make_the_spacing_zero():
    points = np.repeat([[0.0, 0], [3, 0], [6, 0]], [5, 1, 1], axis=0)
    assert spacing(points) == 3.0
    first, place = distinct(points)
    assert len(first) == 3
    np.testing.assert_array_equal(points[first][place], points)


def test_all_in_one_place():
    with pytest.raises(InputError, match="same coordinates"):
        spacing(np.ones((4, 2)))


@pytest.mark.parametrize("points", [np.zeros((3, 3)), np.zeros(4), np.zeros((0, 2))])
def test_other_shapes_are_refused(points):
    with pytest.raises(InputError, match="has shape"):
        require_points(points)


def test_missing_coordinates_are_refused():
    with pytest.raises(InputError, match="infinite"):
        require_points(np.array([[0.0, np.nan]]))
