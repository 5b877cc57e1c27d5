"""How much smoothing is chosen: where it helps, where it hurts, and in little room."""

import numpy as np
import pytest

from graphkit.tasks.domains.smoothing import (
    NONE,
    Places,
    Smoothing,
    coherence,
    explained_variance,
    score_smoothings,
)


def places(width=40, slides=1):
    x, y = np.meshgrid(np.arange(width), np.arange(width))
    points = np.column_stack([x.ravel(), y.ravel()]).astype(float)
    library = np.repeat(np.arange(slides), len(points))
    return Places(np.tile(points, (slides, 1)), library)


def halves(truth, noise, seed=0):
    """Return features of spots, and two halves with the same centres and noise of their own."""
    rng = np.random.default_rng(seed)
    centres = 3 * np.eye(truth.max() + 1)[truth]
    first, second = (centres + noise * rng.normal(size=centres.shape) for _ in range(2))
    return (first + second) / 2, ((first, second),)


def chosen(truth, noise, where):
    table, pair = halves(truth, noise)
    return score_smoothings(table, pair, where, n_domains=int(truth.max()) + 1)[0].smoothing


def test_smoothing_is_the_mean_of_a_spot_and_its_neighbours():
    where = Places(np.array([[0.0, 0], [1, 0], [2.5, 0]]), np.zeros(3, dtype=int))
    x = np.array([[0.0], [3.0], [9.0]])
    assert Smoothing(1, 1).apply(x, where).ravel() == pytest.approx([1.5, 4, 6])
    assert np.array_equal(NONE.apply(x, where), x)
    assert str(NONE) == "no smoothing"
    assert str(Smoothing(18, 2)) == "the mean over 18 neighbours, 2 times"


def test_slides_are_smoothed_apart():
    where = places(10, slides=2)
    x = np.repeat([0.0, 1.0], 100)[:, None]
    assert np.allclose(Smoothing(6, 2).apply(x, where), x)


def test_wide_regions_in_noise_are_smoothed():
    where = places()
    assert chosen((where.points[:, 0] // 10).astype(int), 6.0, where).hops > 0


def test_small_patches_that_spots_show_by_themselves_are_not_smoothed():
    where, rng = places(), np.random.default_rng(0)
    patch = (where.points // 3).astype(int) @ [14, 1]
    assert chosen(rng.integers(0, 6, 196)[patch], 0.3, where) == NONE


def test_kinds_that_are_mixed_are_smoothed_however_clear_they_are():
    where, rng = places(), np.random.default_rng(0)
    side = (where.points[:, 0] // 20).astype(int)
    kind = np.where(rng.random(1600) < 0.3, side, rng.integers(0, 2, 1600))
    assert chosen(kind, 0.3, where).hops > 0


def test_a_small_tissue_has_no_room_for_wide_means():
    where = places(8)
    truth = (where.points[:, 0] // 4).astype(int)
    table, pair = halves(truth, 4.0)
    tried = score_smoothings(table, pair, where, n_domains=2)
    assert max(one.smoothing.n_neighbors * one.smoothing.hops for one in tried) <= 5


def test_coherence_and_explained_variance_are_0_for_chance_and_1_for_all():
    where = places()
    assert coherence(np.zeros(1600, dtype=int), where) == 1
    assert abs(coherence(np.random.default_rng(0).integers(0, 3, 1600), where)) < 0.05
    halves_ = (where.points[:, 0] >= 20).astype(int)
    assert coherence(halves_, where) > 0.9
    assert explained_variance(halves_[:, None] * 2.0, halves_) == pytest.approx(1)
    assert explained_variance(np.ones((1600, 2)), halves_) == 0


def test_windows_are_patches_of_the_slides():
    where = places(60, slides=3)
    assert len(where.windows(10_800, seed=0)) == 10_800
    read = where.windows(4_000, seed=0)
    assert 4_000 <= len(read) < 7_000
    assert len(np.unique(read)) == len(read)
    part = where.of(read)
    # Inside a patch a spot has its four neighbours.
    near = Places(part.points + 1_000 * part.library[:, None], 0 * part.library).nearest(4).tocoo()
    apart = np.linalg.norm(part.points[near.row] - part.points[near.col], axis=1)
    assert (apart == 1).mean() > 0.85


def test_windows_of_spots_in_a_row():
    row = Places(np.column_stack([np.arange(9_000.0), np.zeros(9_000)]), np.zeros(9_000, dtype=int))
    assert 5_000 <= len(row.windows(5_000, seed=0)) <= 9_000
