"""What held-out cells of a reference teach."""

import numpy as np

from graphkit.omics import log_normalise
from graphkit.tasks.cells.held_out import Usual, evenly, folds, levelled, try_out


def test_labels_at_random_are_told_at_random(cells):
    adata = cells(sizes=(60, 60))
    types = np.random.default_rng(0).integers(0, 2, 120)
    held_out, usual = try_out(log_normalise(adata.X), types)
    assert 0.3 < held_out.accuracy < 0.7
    shares = np.array([[0.9, 0.1]])
    assert 0.3 < usual.confidence(shares)[0] < 0.8


def test_confidence_grows_with_the_share_and_oddness_falls():
    rng = np.random.default_rng(0)
    top = rng.uniform(0.5, 1, 400)
    shares = np.column_stack([top, 1 - top])
    usual = Usual.of(shares, rng.normal(size=400), rng.random(400) < top)
    ladder = np.array([[0.55, 0.45], [0.75, 0.25], [0.95, 0.05]])
    assert (np.diff(usual.confidence(ladder)) > 0).all()
    assert abs(usual.confidence(ladder) - ladder[:, 0]).max() < 0.15
    assert (np.diff(usual.odd(1 - ladder[:, 0], np.zeros(3))) < 0).all()
    assert usual.odd(np.array([0.2]), np.array([3.0])) > usual.odd(np.array([0.2]), np.array([0.0]))


def test_folds_hold_every_type_and_spare_the_only_cell():
    types = np.array([0] * 10 + [1] * 5 + [2])
    fold = folds(types)
    assert fold[-1] == -1
    assert np.bincount(fold[:10]).tolist() == [2] * 5
    assert sorted(fold[10:15]) == [0, 1, 2, 3, 4]


def test_large_types_are_thinned_before_small_ones():
    types = np.repeat([0, 1, 2], [1000, 100, 5])
    kept = np.bincount(types[evenly(types, 300, 0)])
    assert kept.tolist() == [195, 100, 5]


def test_a_level_that_all_cells_share_is_no_oddness():
    usual = np.random.default_rng(0).normal(size=500)
    assert np.allclose(levelled(usual + 7, usual), usual, atol=1e-9)
    assert np.allclose(levelled(usual - 7, usual), usual - 7)
