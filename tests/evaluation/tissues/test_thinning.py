"""Thinning and its losses against slow loops."""

import numpy as np
import pytest
from scipy import sparse

from graphkit.errors import InputError
from graphkit.evaluation.tissues.thinning import (
    GeneGains,
    gene_frequencies,
    gene_gains,
    poisson_nll,
    thin,
)


@pytest.fixture
def counts():
    dense = np.random.default_rng(0).poisson(2.0, size=(50, 7)).astype(np.float32)
    dense[3] = 0
    return sparse.csr_matrix(dense)


@pytest.mark.parametrize("p", [0.2, 0.5, 0.8])
def test_parts_add_up_and_have_their_share(p):
    counts = sparse.csr_matrix(np.random.default_rng(0).poisson(4.0, size=(200, 40)))
    train, held = thin(counts, p=p, seed=1)
    assert (train + held != counts).nnz == 0
    assert train.data.min() > 0
    assert held.data.min() > 0
    assert abs(train.sum() / counts.sum() - p) < 0.01
    assert (thin(counts, p=p, seed=1).train != train).nnz == 0
    assert (thin(counts, p=p, seed=2).train != train).nnz > 0


def test_halves_of_poisson_counts_are_independent():
    counts = sparse.csr_matrix(np.random.default_rng(1).poisson(6.0, size=(20_000, 1)))
    train, held = (part.toarray()[:, 0] for part in thin(counts))
    assert abs(np.corrcoef(train, held)[0, 1]) < 0.02


@pytest.mark.parametrize("p", [0.0, 1.0, -1.0, float("nan")])
def test_share_out_of_range(counts, p):
    with pytest.raises(InputError, match="share between"):
        thin(counts, p=p)


def test_losses_and_gains_equal_a_loop(counts):
    rates = np.random.default_rng(2).uniform(size=(50, 7)) * 9
    frequencies = gene_frequencies(counts)
    held = counts.toarray().astype(float)
    loss, gained = np.zeros(7), np.zeros((50, 7))
    for i in range(50):
        for g in range(7):
            share = 0.98 * rates[i, g] / rates[i].sum() + 0.02 * frequencies[g]
            for expected, sign in ((share, -1), (frequencies[g], 1)):
                total = held[i].sum() * expected
                one = total - (held[i, g] * np.log(total) if held[i, g] else 0)
                gained[i, g] += sign * one
                loss[g] += one if sign < 0 else 0
    assert poisson_nll(rates, counts, frequencies) == pytest.approx(loss.sum() / held.sum())
    found = gene_gains(rates, counts, frequencies)
    np.testing.assert_allclose(found.gain, gained.sum(axis=0) / held.sum(axis=0), atol=1e-12)
    assert found.total == pytest.approx(gained.sum() / held.sum())
    rest = gained - found.gain * held
    spots = (held > 0).sum(axis=0)
    error = np.sqrt((rest**2).sum(axis=0) * spots / (spots - 1)) / held.sum(axis=0)
    np.testing.assert_allclose(found.error, error)
    assert found.spots.tolist() == spots.tolist()
    blocks = [(slice(i, i + 9), rates[i : i + 9]) for i in range(0, 50, 9)]
    np.testing.assert_allclose(gene_gains(blocks, counts, frequencies).error, found.error)


def test_the_mean_gains_nothing(counts):
    frequencies = gene_frequencies(counts)
    found = gene_gains(np.tile(frequencies, (50, 1)), counts, frequencies)
    np.testing.assert_allclose(found.gain, 0, atol=1e-12)
    assert set(found.verdicts()) == {"not shown"}


def test_the_error_of_a_gain_is_how_far_other_molecules_move_it():
    generator = np.random.default_rng(5)
    truth = generator.dirichlet(np.full(30, 3.0), size=200)
    frequencies = truth.mean(axis=0)
    draws = [
        gene_gains(truth, sparse.csr_matrix(generator.poisson(truth * 60)), frequencies)
        for _ in range(60)
    ]
    moved = np.std([draw.gain for draw in draws], axis=0, ddof=1)
    said = np.sqrt(np.mean([draw.error**2 for draw in draws], axis=0))
    assert 0.8 < np.median(said / moved) < 1.25


def test_verdicts_are_kept_from_chance_and_from_few_molecules():
    generator = np.random.default_rng(6)
    error, spots = np.full(1000, 0.1), np.full(1000, 60)
    chance = GeneGains(generator.normal(0, 0.1, 1000), error, spots, 0.0)
    assert (chance.verdicts() != "not shown").mean() < 0.01
    few = GeneGains(np.full(1000, 0.5), error, np.full(1000, 2), 0.0)
    assert set(few.verdicts()) == {"not shown"}
    nothing = GeneGains(np.full(3, np.nan), np.full(3, np.nan), np.zeros(3, dtype=int), 0.0)
    assert set(nothing.verdicts()) == {"not shown"}


def test_truth_beats_what_is_wrong():
    generator = np.random.default_rng(3)
    truth = generator.dirichlet(np.ones(20), size=100)
    held = sparse.csr_matrix(generator.poisson(truth * 500))
    frequencies = gene_frequencies(held)
    best = poisson_nll(truth, held, frequencies)
    assert best < poisson_nll(np.tile(frequencies, (100, 1)), held, frequencies)
    assert best < poisson_nll(truth**2, held, frequencies)
    assert best < poisson_nll(np.roll(truth, 1, axis=0), held, frequencies)


def test_a_gene_without_held_out_counts_or_in_one_spot_has_no_gain_or_no_error():
    held = sparse.csr_matrix([[2.0, 0.0], [0.0, 0.0]])
    found = gene_gains(np.ones((2, 2)), held, np.array([0.5, 0.5]))
    assert np.isnan(found.gain).tolist() == [False, True]
    assert np.isnan(found.error).all()
    assert set(found.verdicts()) == {"not shown"}
