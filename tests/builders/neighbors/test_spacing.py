import numpy as np
import pytest

from graphkit.builders.neighbors import spacing as module
from graphkit.builders.neighbors.spacing import lengths, within
from graphkit.errors import InputError


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
