"""Simulated cells."""

import numpy as np
import pytest

from graphkit.datasets import CellsParams, simulate_cells
from graphkit.errors import InputError


def test_the_same_seed_gives_the_same_cells():
    params = CellsParams(n_cells=60)
    one, other = simulate_cells(params, seed=3), simulate_cells(params, seed=3)
    assert np.array_equal(one.counts, other.counts)
    assert not np.array_equal(one.counts, simulate_cells(params, seed=4).counts)


def test_what_is_planted_is_there():
    params = CellsParams(n_cells=1000, n_types=4, doublets=0.1, wrong_labels=0.2, n_batches=2)
    cells = simulate_cells(params)
    sizes = np.bincount(cells.types)
    assert sizes.sum() == 1000
    assert 4 < sizes.max() / sizes.min() < 6
    assert cells.doublet.sum() == 100
    assert (cells.labels != cells.types).sum() == 200
    assert set(cells.batch) == {0, 1}
    depth = cells.counts.sum(axis=1)
    assert 1.7 < np.median(depth[cells.doublet]) / np.median(depth[~cells.doublet]) < 2.3
    alone = ~cells.doublet
    for one in range(4):
        shares = cells.counts[:, cells.marker_of == one].sum(axis=1) / depth
        of_type = alone & (cells.types == one)
        assert shares[of_type].mean() > 2 * shares[alone & ~of_type].mean()


@pytest.mark.parametrize(
    "wrong",
    [{"n_cells": 10}, {"n_types": 1}, {"doublets": 1.0}, {"depth": 0}, {"wrong_labels": -0.1}],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        CellsParams(**wrong)
    with pytest.raises(InputError, match="seed"):
        simulate_cells(seed=-1)
