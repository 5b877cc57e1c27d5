"""Rank correlations against scipy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from graphkit.attribution.agreement import agreement, spearman

VALUES = st.lists(st.integers(-5, 5), min_size=4, max_size=30)


@given(a=VALUES, seed=st.integers(0, 9))
def test_equals_scipy_with_ties_and_gaps(a, seed):
    a = np.array(a, dtype=float)
    b = np.random.default_rng(seed).integers(-3, 3, len(a)).astype(float)
    if len(set(a[1:])) < 2 or len(set(b[1:])) < 2:
        return
    expected = spearmanr(a[1:], b[1:])[0]
    a[0] = np.nan
    assert spearman(a, b) == pytest.approx(expected, abs=1e-9)


def test_mean_over_pairs():
    tracks = np.array([[1.0, 2, 3, np.nan, 4], [1, 2, 3, np.nan, 4], [4, 3, 2, np.nan, 1]])
    assert agreement(tracks) == pytest.approx((1 - 1 - 1) / 3)


@pytest.mark.parametrize(
    ("a", "b"), [([1, 1, 1, 1], [1, 2, 3, 4]), ([1, 2], [2, 1]), ([1, np.nan, np.nan, 4], [1] * 4)]
)
def test_nothing_to_compare_is_nan(a, b):
    assert np.isnan(spearman(np.array(a, dtype=float), np.array(b, dtype=float)))


def test_one_member_agrees_with_nobody():
    assert np.isnan(agreement(np.ones((1, 4))))
    assert np.isnan(agreement(np.full((2, 4), np.nan)))
