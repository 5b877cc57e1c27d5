import numpy as np
import pytest
from scipy.special import expit, log_softmax, softmax

from graphkit.errors import InputError
from graphkit.evaluation.classifiers.calibration import (
    RANGE,
    calibrate_across_folds,
    fit_sigmoid,
    fit_temperature,
    recalibrated,
)
from graphkit.evaluation.classifiers.protocol import HeldOut
from graphkit.evaluation.classifiers.reliability import expected_calibration_error


def overconfident(n=4000, classes=2, factor=3.0, seed=0):
    generator = np.random.default_rng(seed)
    honest = generator.normal(scale=1.5, size=(n, classes))
    p = np.exp(log_softmax(honest, axis=1))
    labels = (generator.random((n, 1)) > p.cumsum(axis=1)).sum(axis=1).clip(max=classes - 1)
    return honest * factor, labels


@pytest.mark.parametrize("classes", [2, 3])
def test_recovers_the_factor_of_overconfidence(classes):
    logits, labels = overconfident(classes=classes)
    assert fit_temperature(logits, labels) == pytest.approx(3.0, rel=0.08)


def test_equals_a_grid_search():
    logits, labels = overconfident(300)
    grid = np.exp(np.linspace(np.log(0.5), np.log(10), 2000))
    loss = [-log_softmax(logits / t, axis=1)[np.arange(300), labels].mean() for t in grid]
    assert fit_temperature(logits, labels) == pytest.approx(grid[np.argmin(loss)], rel=0.01)


def test_separable_logits_stay_in_range():
    t = fit_temperature([[0.0, 5.0], [5.0, 0.0]], [1, 0])
    assert RANGE[0] <= t <= RANGE[1]


def test_calibration_across_folds_lowers_the_error_and_keeps_the_decision():
    logits, labels = overconfident()
    folds = np.arange(len(labels)) % 5
    before = softmax(logits, axis=1)
    after = calibrate_across_folds(logits, labels, folds)
    assert expected_calibration_error(labels, before) > 0.08
    assert expected_calibration_error(labels, after) < 0.03
    np.testing.assert_array_equal(before.argmax(axis=1), after.argmax(axis=1))


def test_own_labels_do_not_matter_to_a_fold():
    logits, labels = overconfident(200)
    folds = np.arange(200) % 4
    flipped = np.where(folds == 2, 1 - labels, labels)
    a = calibrate_across_folds(logits, labels, folds)
    b = calibrate_across_folds(logits, flipped, folds)
    np.testing.assert_array_equal(a[folds == 2], b[folds == 2])
    assert np.abs(a[folds != 2] - b[folds != 2]).max() > 0


def test_refusals():
    with pytest.raises(InputError, match="no temperature"):
        fit_temperature(np.zeros((0, 2)), [])
    with pytest.raises(InputError, match="no temperature"):
        fit_temperature([[np.inf, 0.0]], [0])
    with pytest.raises(InputError, match="one fold"):
        calibrate_across_folds([[0.0, 1.0]], [1], [0])


def overconfident_folds(n=600):
    generator = np.random.default_rng(0)
    logits = generator.normal(0, 1.5, n)
    labels = (generator.random(n) < 1 / (1 + np.exp(-logits))).astype(np.int64)
    p = 1 / (1 + np.exp(-4 * logits))
    return HeldOut(np.arange(n), labels, np.stack([1 - p, p], axis=1), np.arange(n) % 5)


def test_overconfidence_is_mended():
    held_out = overconfident_folds()
    before = expected_calibration_error(held_out.labels, held_out.probabilities)
    after = expected_calibration_error(held_out.labels, recalibrated(held_out))
    assert before > 0.15
    assert after < 0.06


def test_a_record_has_no_say_in_its_own_temperature():
    held_out = overconfident_folds(60)
    turned = HeldOut(
        held_out.index,
        np.where(held_out.folds == 0, 1 - held_out.labels, held_out.labels),
        held_out.probabilities,
        held_out.folds,
    )
    own = held_out.folds == 0
    np.testing.assert_array_equal(recalibrated(held_out)[own], recalibrated(turned)[own])
    assert not np.array_equal(recalibrated(held_out)[~own], recalibrated(turned)[~own])


def test_certainty_is_finite():
    p = np.array([[0.0, 1.0], [1.0, 0.0]] * 4)
    held_out = HeldOut(np.arange(8), np.array([1, 0] * 4), p, np.repeat([0, 1], 4))
    assert np.isfinite(recalibrated(held_out)).all()


def test_a_sigmoid_recovers_slope_and_rate():
    generator = np.random.default_rng(0)
    honest = generator.normal(-2.0, 1.0, 20_000)
    labels = generator.random(20_000) < expit(honest)
    assert fit_sigmoid(honest * 3 + 1, labels) == pytest.approx((1 / 3, -1 / 3), abs=0.03)


def test_a_sigmoid_of_separable_or_turned_logits_keeps_their_order():
    for logits in ([-1.0, 1.0] * 5, [1.0, -1.0] * 5):
        slope, intercept = fit_sigmoid(logits, [False, True] * 5)
        assert 1 / RANGE[1] <= slope <= 1 / RANGE[0]
        assert np.isfinite(intercept)


@pytest.mark.parametrize("logits", [[], [np.nan], [[0.0]]])
def test_no_sigmoid_without_logits(logits):
    with pytest.raises(InputError, match="no sigmoid"):
        fit_sigmoid(logits, [True] * len(logits))
