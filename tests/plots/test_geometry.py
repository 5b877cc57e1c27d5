import numpy as np
import pytest

from graphkit.plots.geometry import find_tiling


def lattice(shape, *, side=9):
    row, column = np.divmod(np.arange(side * side), side)
    if shape == "hexagonal":
        return np.column_stack([column + 0.5 * (row % 2), row * np.sqrt(3) / 2])
    return np.column_stack([column, row]).astype(float)


def turned(points, angle):
    return points @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def area(outline):
    x, y = outline.T
    return abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2


@pytest.mark.parametrize("angle", [0.0, 0.3, 1.2, -2.0])
@pytest.mark.parametrize(("shape", "unit_area"), [("hexagonal", np.sqrt(3) / 2), ("square", 1.0)])
def test_tiles_of_a_lattice_meet_without_gap_or_overlap(shape, unit_area, angle):
    points = turned(lattice(shape), angle) * 130 + [5000, -70]
    tiling = find_tiling(points)
    assert tiling.shape == shape
    assert tiling.spacing == pytest.approx(130)
    outlines = tiling.outlines(points)
    # Each tile has the area of one spot of the lattice, and neighbours share two corners.
    np.testing.assert_allclose([area(one) for one in outlines], unit_area * 130**2, rtol=1e-9)
    distance = np.linalg.norm(outlines[40, :, None] - outlines[41][None], axis=-1)
    assert (distance < 1e-6 * 130).sum() == 2


@pytest.mark.parametrize("shape", ["hexagonal", "square"])
def test_a_jittered_lattice_is_one(shape):
    noise = np.random.default_rng(0).normal(0, 0.03, (81, 2))
    assert find_tiling(lattice(shape) + noise).shape == shape


def test_scattered_cells_are_discs_that_cover_part_of_the_tissue():
    points = np.random.default_rng(0).uniform(0, 100, (2_000, 2))
    tiling = find_tiling(points)
    assert tiling.shape == "circle"
    covered = 2_000 * np.pi * tiling.reach**2 / 100**2
    assert 0.3 < covered < 0.9


def test_a_known_diameter_decides():
    tiling = find_tiling(lattice("hexagonal") * 100, diameter=55.0)
    assert (tiling.shape, tiling.reach) == ("circle", 27.5)


@pytest.mark.parametrize("n", range(1, 7))
def test_too_few_spots_to_tell(n):
    points = np.arange(2.0 * n).reshape(n, 2)
    tiling = find_tiling(points)
    assert tiling.shape == "circle"
    assert tiling.reach > 0
    assert np.isfinite(tiling.outlines(points)).all()


def test_duplicates_do_not_shrink_the_tiles():
    points = lattice("square")
    twice = np.vstack([points, points])
    assert find_tiling(twice) == find_tiling(points)
