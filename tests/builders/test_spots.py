"""Batches of spots: what is shown and what is asked for add up, and nothing leaks."""

import numpy as np
import pytest
import torch
from scipy import sparse

from graphkit.builders import SpotInputs, ThinnedSpots, WholeSpots, isolated, spot_table


@pytest.fixture
def counts():
    dense = np.random.default_rng(0).poisson(3.0, size=(30, 12)).astype(np.float32)
    dense[7] = 0
    return sparse.csr_matrix(dense)


@pytest.fixture
def spots(counts):
    points = np.random.default_rng(1).uniform(size=(30, 2))
    source = SpotInputs(counts, np.array([0, 3, 4, 11]), 20.0)
    return ThinnedSpots(source, spot_table(points, n_neighbors=9), n_sampled=4, seed=5)


def test_log_normalised_equals_a_loop(counts):
    source = SpotInputs(counts, np.array([2, 5]), 10.0)
    rows = np.array([4, 7, 4, 0])
    dense = counts.toarray()
    slow = [[np.log1p(dense[i, g] / max(dense[i].sum(), 1) * 10) for g in (2, 5)] for i in rows]
    np.testing.assert_allclose(source.normalised()[rows].toarray(), slow, rtol=1e-5)


def test_shown_and_asked_for_are_the_two_halves(counts, spots):
    rows = [3, 7, 20]
    batch = spots[rows]
    whole, rest = counts.toarray(), spots._asked.toarray()
    half = whole - rest
    assert (half >= 0).all()
    assert (rest >= 0).all()
    assert (half != rest).any()
    np.testing.assert_array_equal(batch.y.numpy(), rest[rows])
    shown = half[rows] / np.maximum(half[rows].sum(axis=1, keepdims=True), 1) * 20
    np.testing.assert_allclose(
        batch.x[batch.seed].numpy(), np.log1p(shown)[:, [0, 3, 4, 11]], rtol=1e-5
    )
    assert (batch.y[1] == 0).all()


def test_neighbors_are_sampled_from_the_table(counts, spots):
    batch = spots[list(range(30))]
    assert batch.index.shape == (30, 4)
    for i in range(30):
        assert set(batch.index[i][batch.mask[i]].tolist()) <= set(spots.table.index[i])
        assert len(set(batch.index[i].tolist())) == 4


def test_epochs_differ_and_come_back(spots):
    spots.set_epoch(1)
    first = spots[[1, 2]]
    spots.set_epoch(2)
    other = spots[[1, 2]]
    spots.set_epoch(1)
    again = spots[[1, 2]]
    assert (first.y != other.y).any()
    for part in ("x", "seed", "index", "mask", "distance", "y"):
        assert torch.equal(getattr(first, part), getattr(again, part))


def test_nothing_shown_depends_on_what_is_asked_for(counts):
    """Molecules of the asked-for half may change genes; the shown half stays."""
    source = SpotInputs(counts, np.arange(12), 20.0)
    spots = ThinnedSpots(source, isolated(30), seed=1)
    before = spots[[4]].x
    spots._asked.data += 1  # one more molecule everywhere, none of them shown
    assert torch.equal(spots[[4]].x, before)


def test_moves_as_a_whole(spots):
    batch = spots[[0, 1]].to(torch.device("cpu"))
    assert batch.y.device.type == "cpu"
    assert len(spots) == 30


def test_edges_lead_from_neighbours_to_spots_and_from_every_row_to_itself(spots):
    batch = spots[[3, 7]]
    index, weight = batch.edges()
    expected = {(row, row) for row in range(len(batch.x))}
    for spot, near, mask in zip(batch.seed, batch.index, batch.mask, strict=True):
        expected |= {(int(one), int(spot)) for one in near[mask]}
    pairs = list(zip(*index.tolist(), strict=True))
    assert set(pairs) == expected
    assert len(pairs) == len(expected)
    totals = torch.zeros(len(batch.x)).index_add(0, index[1], weight)
    torch.testing.assert_close(totals, torch.ones(len(batch.x)))


def test_whole_spots_show_every_molecule_in_every_epoch(counts, spots):
    whole = WholeSpots(spots.source, spots.table, n_sampled=2)
    for epoch in (0, 3):
        whole.set_epoch(epoch)
        batch = whole[[3, 20]]
        np.testing.assert_array_equal(batch.y.numpy(), counts[[3, 20]].toarray())
        shown = spots.source.normalised()[[3, 20]].toarray()
        np.testing.assert_array_equal(batch.x[batch.seed].numpy(), shown)
        assert batch.index.shape[1] == spots.table.index.shape[1]
