from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from graphkit.motifs import benjamini_hochberg, enrich, strata
from graphkit.motifs.testing.enrichment import count_tables, exact_p

RECORDS = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.integers(0, 2)), min_size=1, max_size=9
)


def slow_p(present, positive, stratum):
    """Share of all ways to hand out the classes within strata that give as many or more."""
    observed = sum(a and b for a, b in zip(present, positive, strict=True))
    ways = [0]
    for group in set(stratum):
        held = [p for p, s in zip(present, stratum, strict=True) if s == group]
        n_positive = sum(y for y, s in zip(positive, stratum, strict=True) if s == group)
        ways = [
            so_far + sum(held[i] for i in chosen)
            for so_far in ways
            for chosen in combinations(range(len(held)), n_positive)
        ]
    return np.mean(np.array(ways) >= observed)


@settings(max_examples=60)
@given(RECORDS)
def test_p_equals_every_permutation(records):
    present, positive, stratum = zip(*records, strict=True)
    found = enrich(present, positive, stratum)
    assert found.p == pytest.approx(slow_p(present, positive, stratum))


def test_one_stratum_is_fisher():
    table = np.array([[12, 3, 5, 9]])
    assert exact_p(table) == pytest.approx(
        stats.fisher_exact(table.reshape(2, 2), alternative="greater").pvalue
    )


def test_tables():
    tables = count_tables([1, 0, 1, 0, 1], [1, 1, 0, 0, 1], [7, 7, 7, 7, 2])
    assert tables.tolist() == [[1, 0, 0, 0], [1, 1, 1, 1]]


def test_odds_ratio_is_that_of_mantel_and_haenszel():
    tables = np.array([[10, 5, 4, 8], [3, 9, 2, 20]])
    rows = [
        (held, positive, stratum)
        for stratum, (a, b, c, d) in enumerate(tables.tolist())
        for held, positive, n in ((1, 1, a), (0, 1, b), (1, 0, c), (0, 0, d))
        for _ in range(n)
    ]
    found = enrich(*zip(*rows, strict=True))
    n = tables.sum(axis=1)
    wanted = (tables[:, 0] * tables[:, 3] / n).sum() / (tables[:, 1] * tables[:, 2] / n).sum()
    assert found.odds_ratio == pytest.approx(wanted)
    assert found.low < wanted < found.high
    assert found.log2 == pytest.approx(np.log2(wanted))
    assert found.present == pytest.approx((6 / 34, 13 / 27))
    assert found.n == (34, 27)


def test_perfect_separation_stays_finite():
    found = enrich([1] * 9 + [0] * 9, [1] * 9 + [0] * 9, [0] * 18)
    assert np.isfinite([found.odds_ratio, found.low, found.high]).all()
    assert found.odds_ratio > 50
    assert found.p == pytest.approx(1 / 48620)


@pytest.mark.parametrize(
    ("present", "positive"), [([1, 1], [1, 0]), ([0, 0], [1, 0]), ([1, 0], [1, 1]), ([], [])]
)
def test_nothing_to_compare(present, positive):
    found = enrich(present, positive, [0] * len(present))
    assert (found.p, found.odds_ratio) == (1.0, 1.0)


def test_matching_takes_a_confounder_away():
    generator = np.random.default_rng(0)
    small = fooled = 0
    for _ in range(100):
        length = generator.uniform(500, 3000, 400)
        positive = generator.random(400) < (length - 400) / 2800
        held = generator.random(400) < 1 - np.exp(-length / 1500)
        matched = enrich(held, positive, strata(length, length / 1500))
        crude = enrich(held, positive, np.zeros(400))
        fooled += crude.p < 0.05
        small += matched.p < 0.05
    assert fooled >= 80
    assert small <= 12  # 5 expected


def test_strata_are_alike_and_large_enough():
    generator = np.random.default_rng(1)
    length, chance = generator.uniform(200, 5000, 500), generator.random(500)
    found = strata(length, chance)
    sizes = np.unique(found, return_counts=True)[1]
    assert sizes.min() >= 4
    assert sizes.max() <= 12
    for group in np.unique(found // 8):
        inside = length[found // 8 == group]
        assert np.ptp(inside) < 0.3 * np.ptp(length)


def test_few_records_are_one_stratum():
    assert set(strata([1, 2, 3, 4], [0, 0, 1, 1]).tolist()) == {0}
    assert strata([], []).tolist() == []


def test_equal_values_stay_together():
    assert len(set(strata([700] * 64, [0.1] * 64).tolist())) == 1


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
