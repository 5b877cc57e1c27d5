import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from graphkit.motifs.seqlets.nulls import (
    Empirical,
    ExponentialPower,
    fit_body,
    fit_tail,
    match_centre,
    window_sums,
)

SCORES = st.lists(st.one_of(st.floats(-5, 5), st.just(float("nan"))), max_size=30)


@given(SCORES, st.integers(1, 6), st.integers(0, 5))
def test_sums_equal_a_loop(scores, shortest, more):
    track, widths = np.array(scores, dtype=float), range(shortest, shortest + more + 1)
    found = window_sums(track, widths)
    assert found.shape == (len(widths), max(len(track) - shortest + 1, 0))
    for row, width in zip(found, widths, strict=True):
        for start, value in enumerate(row):
            window = track[start : start + width]
            wanted = window.sum() if len(window) == width else np.nan
            assert value == pytest.approx(wanted, abs=1e-9, nan_ok=True)


def test_a_few_elements_do_not_move_the_body():
    generator = np.random.default_rng(0)
    sums = generator.laplace(size=(1, 20_000))
    clean = fit_body(sums, size=1.0)
    sums[0, :2000] = 50.0
    planted = fit_body(sums, size=50.0)
    assert clean.spread[0] == pytest.approx(np.log(2), rel=0.03)
    assert planted.spread[0] == pytest.approx(clean.spread[0], rel=0.2)
    assert abs(planted.centre[0]) < 0.2


@pytest.mark.parametrize("values", [np.full(9, 3.0), np.full(9, np.nan), np.empty(0)])
def test_what_does_not_vary_has_no_spread(values):
    body = fit_body(values[None], size=3.0)
    assert np.isnan(body.spread[0])


def test_rounding_is_not_variation():
    sums = window_sums(np.full(500, 0.1), [7])
    assert np.ptp(sums) > 0
    assert np.isnan(fit_body(sums, size=0.1).spread[0])


def test_a_track_that_is_zero_but_for_an_element_has_a_spread():
    sums = np.zeros((1, 100))
    sums[0, :5] = 8.0
    assert fit_body(sums, size=1.0).spread[0] == pytest.approx(8 * 5 / 100 * np.log(2))


def test_tails_equal_their_distributions():
    z = np.array([0.0, 0.5, 2.0, 8.0])
    assert ExponentialPower(1.0, 1.0).upper(z) == pytest.approx(stats.laplace.sf(z))
    assert ExponentialPower(2.0, np.sqrt(2)).upper(z) == pytest.approx(stats.norm.sf(z))


@pytest.mark.parametrize("tail", [ExponentialPower(1.2, 0.7), "measured"])
@pytest.mark.parametrize("p", [0.2, 0.03, 1e-3, 1e-8])
def test_least_is_the_inverse_of_upper(tail, p):
    if tail == "measured":
        tail = fit_tail(np.random.default_rng(0).normal(size=50_000))
        assert isinstance(tail, Empirical)
    assert tail.upper(np.array([tail.least(p)]))[0] == pytest.approx(p, rel=0.02)


def test_the_body_decides_the_shape():
    generator = np.random.default_rng(1)
    for draw, shape in ((generator.laplace, 1.0), (generator.normal, 1.3)):
        distance = np.abs(draw(size=200_000))
        tail = match_centre(distance / np.median(distance))
        assert tail.shape == pytest.approx(shape, abs=0.05)
        # Never bolder than the truth.
        far = np.quantile(distance, 0.999)
        assert tail.upper(np.array([far / np.median(distance)]))[0] >= 0.9 * 0.0005


def test_without_variation_the_shape_is_that_of_laplace():
    assert match_centre(np.zeros(10)) == match_centre(np.empty(0))
    assert match_centre(np.empty(0)).shape == 1.0


def test_few_null_sums_fall_back_to_the_body():
    assert isinstance(fit_tail(np.random.default_rng(0).normal(size=200)), ExponentialPower)
    assert isinstance(fit_tail(np.empty(0)), ExponentialPower)


def test_measured_tail_is_calibrated_beyond_its_data():
    generator = np.random.default_rng(2)
    tail = fit_tail(generator.exponential(size=20_000))
    assert tail.upper(np.array([12.0]))[0] == pytest.approx(np.exp(-12), rel=1.0)
    assert tail.upper(np.array([1.0]))[0] == pytest.approx(np.exp(-1), rel=0.03)
