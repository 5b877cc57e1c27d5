"""Tables of neighbours against distances between all spots."""

import numpy as np
import pytest

from graphkit.builders import isolated, spot_table
from graphkit.builders.neighbors import spacing


def test_nearest_of_all_with_distances_in_spacings():
    points = np.random.default_rng(0).uniform(size=(40, 2)) * 300
    table = spot_table(points, n_neighbors=5)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    unit = np.median(apart.min(axis=1))
    for i in range(40):
        found = table.index[i][table.mask[i]]
        nearest = np.argsort(apart[i])[: len(found)]
        assert set(found) == set(nearest)
        assert len(found) >= 5
        np.testing.assert_allclose(table.distance[i][table.mask[i]], apart[i][found] / unit, 1e-5)


def test_two_rings_of_a_hexagonal_grid_are_18():
    row, column = np.divmod(np.arange(144), 12)
    points = np.column_stack([column + row % 2 / 2, row * 3**0.5 / 2])
    table = spot_table(points)
    assert table.mask.sum(axis=1).min() == 18
    assert table.mask[6 * 12 + 6].sum() == 18
    np.testing.assert_allclose(
        table.distance[6 * 12 + 6][table.mask[6 * 12 + 6]], [1] * 6 + [3**0.5] * 6 + [2] * 6, 1e-5
    )


def test_slides_are_apart_and_each_has_its_own_unit():
    generator = np.random.default_rng(1)
    one, two = generator.uniform(size=(20, 2)), generator.uniform(size=(25, 2))
    library = np.repeat([0, 1], [20, 25])
    both = spot_table(np.vstack([one, two * 50]), n_neighbors=4, library=library)
    alone = spot_table(two, n_neighbors=4)
    width = alone.index.shape[1]
    assert (both.index[:20] < 20).all()
    assert (both.index[20:, :width] == alone.index + 20).all()
    np.testing.assert_allclose(both.distance[20:, :width], alone.distance, rtol=1e-5)


@pytest.mark.parametrize("angle", [0.3, 1.0, 2.5])
def test_turning_and_rescaling_change_nothing(angle):
    points = np.random.default_rng(2).uniform(size=(60, 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    before, after = spot_table(points), spot_table(points @ turn * 77 + 5)
    assert (before.index == after.index).all()
    np.testing.assert_allclose(before.distance, after.distance, rtol=1e-4)


@pytest.mark.parametrize("angle", [0.3, 1.0, 2.5])
def test_ties_come_in_the_order_of_the_spots(angle):
    row, place = np.divmod(np.arange(80), 8)
    points = np.column_stack([place + 0.5 * (row % 2), row * np.sqrt(3) / 2])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    before, after = spot_table(points), spot_table(points @ turn * 77 + 5)
    assert (before.index == after.index).all()
    inside = 44
    ring = before.index[inside, :6]
    assert (np.diff(ring) > 0).all()
    np.testing.assert_allclose(before.distance[inside, :6], 1, rtol=1e-6)


def test_no_neighbors():
    for table in (isolated(3), spot_table(np.eye(3), n_neighbors=0)):
        assert table.index.shape == table.mask.shape == table.distance.shape == (3, 0)
        assert len(table) == 3


def test_fewer_spots_than_neighbors_warn():
    with pytest.warns(UserWarning, match="cut to 2"):
        table = spot_table(np.array([[0.0, 0], [1, 0], [3, 0]]))
    assert table.mask.sum() == 6


def test_nearest_keeps_the_first():
    table = spot_table(np.random.default_rng(0).uniform(size=(30, 2)), n_neighbors=8)
    few = table.nearest(3)
    assert few.index.shape == (30, 3)
    assert few.distance.max() <= table.distance[:, 2].max()


@pytest.mark.parametrize("slide", ["hexagonal", "scattered", "two"])
def test_blocks_of_spots_give_what_the_whole_gives(monkeypatch, slide):
    row, column = np.divmod(np.arange(90), 9)
    grid = np.column_stack([column + row % 2 / 2, row * 3**0.5 / 2])
    cells = np.random.default_rng(0).uniform(size=(70, 2)) * 30
    points = {"hexagonal": grid, "scattered": cells, "two": np.vstack([grid, cells])}[slide]
    library = np.arange(len(points)) >= len(grid)
    whole = spot_table(points, library=library)
    monkeypatch.setattr(spacing, "_BLOCK", 7)
    blocks = spot_table(points, library=library)
    for part in ("index", "mask", "distance"):
        np.testing.assert_array_equal(getattr(blocks, part), getattr(whole, part))
