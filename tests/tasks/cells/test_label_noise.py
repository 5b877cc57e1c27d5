"""How often labels are wrong."""

import numpy as np
import pytest

from graphkit.tasks.cells.label_noise import label_noise


def votes(truth, most, rng):
    """Return shares that are right as often as they say: surely, or up to `most` in doubt."""
    n, n_types = len(truth), truth.max() + 1
    doubt = most * rng.random(n) ** 3
    told = np.where(rng.random(n) < doubt, (truth + rng.integers(1, n_types, n)) % n_types, truth)
    shares = np.repeat(doubt[:, None] / (n_types - 1), n_types, axis=1)
    shares[np.arange(n), told] = 1 - doubt
    return shares


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.3])
def test_the_rate_is_found_whatever_the_votes_own_doubt(rate):
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 4, 2000)
    labels = np.where(rng.random(2000) < rate, (truth + 1) % 4, truth)
    found = label_noise(votes(truth, 0.7, rng), labels)
    wrong = 1 - found.truth[np.arange(2000), labels]
    assert wrong.mean() == pytest.approx(rate, abs=0.04)
    assert np.allclose(found.truth.sum(axis=1), 1)
    assert np.allclose(found.given.sum(axis=1), 1)
    if rate:
        assert np.diag(np.roll(found.given, -1, axis=1)) == pytest.approx(rate, abs=0.06)


def test_shares_that_are_too_modest_are_sharpened():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 600)
    modest = votes(truth, 0.2, rng) ** (1 / 3)
    modest /= modest.sum(axis=1, keepdims=True)
    assert label_noise(modest, truth).sharpness > 1.5
