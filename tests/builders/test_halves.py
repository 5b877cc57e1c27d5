"""Halves of counts: exact, and distributed as a binomial is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from graphkit.builders.halves import halve


@given(st.lists(st.integers(0, 2**24), min_size=1, max_size=20), st.integers(0, 99))
def test_never_more_than_there_are(counts, seed):
    half = halve(np.array(counts, dtype=np.float32), np.random.default_rng(seed))
    assert (half >= 0).all()
    assert (half <= counts).all()
    assert (half == half.round()).all()


@pytest.mark.parametrize("count", [1, 5, 15, 16, 17, 500])
def test_is_binomial(count):
    half = halve(np.full(20_000, count), np.random.default_rng(0))
    edges = np.unique(stats.binom.ppf([0.1, 0.3, 0.5, 0.7, 0.9], count, 0.5))
    for edge in edges:
        expected = stats.binom.cdf(edge, count, 0.5)
        assert abs((half <= edge).mean() - expected) < 0.015


def test_same_seed_same_halves_across_blocks(monkeypatch):
    counts = np.arange(200)
    whole = halve(counts, np.random.default_rng(3))
    assert (whole == halve(counts, np.random.default_rng(3))).all()
    assert (whole != halve(counts, np.random.default_rng(4))).any()
    monkeypatch.setattr("graphkit.builders.halves._BLOCK", 7)
    blocks = halve(counts, np.random.default_rng(3))
    assert (blocks <= counts).all()
    assert abs(blocks.sum() / counts.sum() - 0.5) < 0.05
