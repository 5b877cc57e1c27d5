import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.motifs import benjamini_hochberg

P = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def slow(p, n):
    return [min(*(n * x / sum(y <= x for y in p) for x in p if x >= own), 1) for own in p]


@given(P)
def test_equals_the_definition(p):
    assert benjamini_hochberg(p) == pytest.approx(slow(p, len(p)))


@given(P, st.integers(0, 100))
def test_tests_that_are_not_listed_count(p, more):
    listed = benjamini_hochberg(p, n_tests=len(p) + more)
    whole = benjamini_hochberg(p + [1.0] * more)[: len(p)]
    assert listed == pytest.approx(whole)


def test_nothing_gives_nothing():
    assert benjamini_hochberg([]).shape == (0,)


def test_under_the_null_a_family_is_rarely_called():
    generator = np.random.default_rng(0)
    called = [benjamini_hochberg(generator.random(20)).min() <= 0.05 for _ in range(2000)]
    assert np.mean(called) == pytest.approx(0.05, abs=0.015)
