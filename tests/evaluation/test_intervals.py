"""Intervals over seeds."""

import math

import numpy as np
import pytest

from graphkit.evaluation.intervals import seed_interval


def test_known_value():
    # t(0.975, 2) = 4.3027; standard error 1 / sqrt(3)
    found = seed_interval([1.0, 2.0, 3.0])
    assert found.estimate == 2
    assert found.upper - 2 == pytest.approx(4.3027 / 3**0.5, abs=1e-4)
    assert 2 - found.lower == pytest.approx(4.3027 / 3**0.5, abs=1e-4)


def test_covers_as_often_as_it_says():
    draws = np.random.default_rng(0).normal(size=(2000, 3))
    hits = [i.lower < 0 < i.upper for i in map(seed_interval, draws)]
    assert np.mean(hits) == pytest.approx(0.95, abs=0.02)


def test_one_seed_has_no_width():
    found = seed_interval([2.5])
    assert found.estimate == 2.5
    assert math.isnan(found.lower)
    assert math.isnan(found.upper)
