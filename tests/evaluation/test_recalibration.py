import numpy as np

from graphkit.evaluation.protocol import HeldOut
from graphkit.evaluation.recalibration import recalibrated
from graphkit.evaluation.reliability import expected_calibration_error


def overconfident(n=600):
    generator = np.random.default_rng(0)
    logits = generator.normal(0, 1.5, n)
    labels = (generator.random(n) < 1 / (1 + np.exp(-logits))).astype(np.int64)
    p = 1 / (1 + np.exp(-4 * logits))
    return HeldOut(np.arange(n), labels, np.stack([1 - p, p], axis=1), np.arange(n) % 5)


def test_overconfidence_is_mended():
    held_out = overconfident()
    before = expected_calibration_error(held_out.labels, held_out.probabilities)
    after = expected_calibration_error(held_out.labels, recalibrated(held_out))
    assert before > 0.15
    assert after < 0.06


def test_a_record_has_no_say_in_its_own_temperature():
    held_out = overconfident(60)
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
