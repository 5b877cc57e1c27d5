import numpy as np
import pytest

from graphkit.builders import spacing as module
from graphkit.builders.spacing import distinct, lengths, spacing, within
from graphkit.errors import InputError


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


@pytest.mark.parametrize("block", [3, 1000])
def test_within_against_all_pairs(monkeypatch, block):
    monkeypatch.setattr(module, "_BLOCK", block)
    points = np.random.default_rng(1).random((30, 3))
    reach = np.random.default_rng(2).random(30) / 2
    far = np.linalg.norm(points[:, None] - points, axis=2)
    expected = {(i, j) for i, j in np.argwhere(far <= reach[:, None]).tolist() if i != j}
    pairs = within(points, reach)
    assert set(zip(pairs.spot.tolist(), pairs.neighbor.tolist(), strict=True)) == expected
    np.testing.assert_allclose(pairs.distance, far[pairs.spot, pairs.neighbor])
    np.testing.assert_allclose(lengths(points, pairs.spot, pairs.neighbor), pairs.distance)


def test_a_graph_that_would_not_fit_into_memory_is_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_MEAN_DEGREE", 10)
    with pytest.raises(InputError, match="400 edges between 20 spots"):
        within(np.zeros((20, 2)), 1.0)
