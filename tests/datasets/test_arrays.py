import numpy as np
import pytest

from graphkit.datasets.arrays import SPACING, barcodes, hexagonal_array


@pytest.mark.parametrize("n", [1, 2, 37, 400])
def test_neighbours_on_the_array_are_one_spacing_apart(n):
    row, col, coordinates = hexagonal_array(n)
    assert len(row) == n
    assert ((row + col) % 2 == 0).all()
    steps = np.abs(row[:, None] - row), np.abs(col[:, None] - col)
    touching = (steps[0] == 0) & (steps[1] == 2) | (steps[0] == 1) & (steps[1] == 1)
    far = np.linalg.norm(coordinates[:, None] - coordinates, axis=2)
    np.testing.assert_allclose(far[touching], SPACING)
    np.fill_diagonal(far, np.inf)
    assert (far[~touching] > 1.7 * SPACING).all()


def test_about_as_high_as_wide():
    x, y = hexagonal_array(5000)[2].T
    assert 0.9 < x.max() / y.max() < 1.1


def test_barcodes_differ():
    names = barcodes(5000)
    assert len(set(names)) == 5000
    assert set("".join(names)) == set("ACGT")
    assert names[:10] == barcodes(10)
