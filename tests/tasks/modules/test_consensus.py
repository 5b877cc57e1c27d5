"""Consensus of clusterings against loops and planted groups."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.methods.mixtures import TMixtureSettings
from graphkit.tasks.modules.consensus import company, consensus, held_out_fit, smallest_within_error


def posteriors(truth, runs=12, wrong=0.1, seed=0):
    rng = np.random.default_rng(seed)
    k = truth.max() + 1
    for _ in range(runs):
        labels = np.where(rng.random(len(truth)) < wrong, rng.integers(0, k, len(truth)), truth)
        yield np.eye(k)[rng.permutation(k)][labels]


def test_company_equals_a_loop():
    rng = np.random.default_rng(0)
    tables = [rng.dirichlet(np.ones(3), 5) for _ in range(4)]
    expected = np.zeros((5, 5))
    for table in tables:
        for i in range(5):
            for j in range(5):
                expected[i, j] += sum(table[i, k] * table[j, k] for k in range(3)) / 4
    np.testing.assert_allclose(company(tables), expected, rtol=1e-5)


def test_planted_groups_come_back_largest_first():
    truth = np.repeat([0, 1, 2], [8, 20, 12])
    found = consensus(company(list(posteriors(truth))), 3)
    assert np.bincount(found.labels).tolist() == [20, 12, 8]
    assert (found.labels == np.array([2, 0, 1])[truth]).all()
    assert (found.probability.argmax(axis=1) == found.labels).all()
    np.testing.assert_allclose(found.probability.sum(axis=1), 1, rtol=1e-5)


def test_every_module_has_the_smallest_size():
    truth = np.repeat([0, 1, 2, 3], [15, 15, 15, 2])
    found = consensus(company(list(posteriors(truth, wrong=0.0))), 3, smallest=5)
    assert np.bincount(found.labels).min() >= 5
    assert len(np.unique(found.labels)) == 3
    assert np.bincount(found.labels).sum() == 47


def test_permuting_genes_permutes_labels():
    truth = np.repeat([0, 1, 2], [8, 20, 12])
    shared = company(list(posteriors(truth, seed=3)))
    order = np.random.default_rng(0).permutation(40)
    found, moved = consensus(shared, 3), consensus(shared[np.ix_(order, order)], 3)
    assert (found.labels[order] == moved.labels).all()


def test_too_few_genes():
    with pytest.raises(InputError, match="n_modules: 3 modules of at least 5 genes out of 9"):
        consensus(np.eye(9, dtype=np.float32), 3)


def test_rule_by_hand():
    scores = {2: [0.0, 0.0], 3: [0.95, 0.95], 4: [0.9, 1.1], 8: [1.0, 1.0]}
    # Best: 4 and 8 tie at 1.0; the first of them has a standard error of 0.1.
    assert smallest_within_error(scores) == 3
    assert smallest_within_error({2: [0.0], 3: [1.0], 4: [0.9]}) == 3


def test_planted_number_is_found():
    rng = np.random.default_rng(0)
    angles = np.repeat(np.arange(4), 30) * np.pi / 2
    centres = np.stack([np.cos(angles), np.sin(angles)], axis=1)

    def noisy():
        return centres + rng.normal(scale=0.1, size=centres.shape)

    halves = [(noisy(), noisy()) for _ in range(4)]
    scores = {
        k: held_out_fit(halves, k, seed=0, settings=TMixtureSettings(shared=1.0))
        for k in (2, 3, 4, 8)
    }
    assert smallest_within_error(scores) == 4
    assert all(len(values) == 4 for values in scores.values())
