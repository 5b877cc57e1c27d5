"""Thinning and its losses against slow loops."""

import numpy as np
import pytest
from scipy import sparse

from graphkit.errors import InputError
from graphkit.evaluation.tissues.thinning import (
    gene_frequencies,
    gene_losses,
    mean_losses,
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


def test_losses_equal_a_loop(counts):
    rates = np.random.default_rng(2).uniform(size=(50, 7)) * 9
    frequencies = gene_frequencies(counts)
    held = counts.toarray()
    loss = np.zeros(7)
    for i in range(50):
        for g in range(7):
            share = 0.98 * rates[i, g] / rates[i].sum() + 0.02 * frequencies[g]
            expected = held[i].sum() * share
            loss[g] += expected - (held[i, g] * np.log(expected) if held[i, g] else 0)
    found = gene_losses(rates, counts, frequencies)
    np.testing.assert_allclose(found.loss, loss)
    np.testing.assert_allclose(found.per_gene, loss / held.sum(axis=0))
    assert found.total == pytest.approx(loss.sum() / held.sum())
    blocks = ((slice(i, i + 9), rates[i : i + 9]) for i in range(0, 50, 9))
    np.testing.assert_allclose(gene_losses(blocks, counts, frequencies).loss, loss)


def test_mean_is_the_loss_of_the_same_shares_everywhere(counts):
    frequencies = gene_frequencies(counts)
    tiled = np.tile(frequencies, (50, 1))
    assert mean_losses(counts, frequencies).total == pytest.approx(
        poisson_nll(tiled, counts, frequencies)
    )


def test_truth_beats_what_is_wrong():
    generator = np.random.default_rng(3)
    truth = generator.dirichlet(np.ones(20), size=100)
    held = sparse.csr_matrix(generator.poisson(truth * 500))
    frequencies = gene_frequencies(held)
    best = poisson_nll(truth, held, frequencies)
    assert best < mean_losses(held, frequencies).total
    assert best < poisson_nll(truth**2, held, frequencies)
    assert best < poisson_nll(np.roll(truth, 1, axis=0), held, frequencies)


def test_gene_without_held_out_counts_is_nan():
    held = sparse.csr_matrix([[2.0, 0.0]])
    found = gene_losses(np.ones((1, 2)), held, np.array([0.5, 0.5]))
    assert np.isnan(found.per_gene).tolist() == [False, True]
