"""UMAP: a place for every cell that has numbers."""

import numpy as np

from graphkit.omics.maps import umap


def test_groups_far_apart_stay_apart_and_unknown_cells_have_no_place():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(60, 4)) + 20 * np.repeat(np.eye(2, 4), 30, axis=0)
    points[7] = np.nan
    found = umap(points)
    assert np.isnan(found[7]).all()
    one, two = np.delete(found[:30], 7, axis=0), found[30:]
    assert np.linalg.norm(one.mean(axis=0) - two.mean(axis=0)) > 3 * max(one.std(), two.std()) / 3
    np.testing.assert_array_equal(found, umap(points))
