import numpy as np
import pytest

from graphkit.evaluation.classifiers.reliability import expected_calibration_error, reliability


def random_case(n, classes, seed):
    generator = np.random.default_rng(seed)
    return generator.integers(0, classes, n), generator.dirichlet(np.ones(classes), n)


def ece_by_loop(labels, p, bins=10):
    total = 0.0
    for i in range(bins):
        rows = [
            (row.max(), row.argmax() == label)
            for label, row in zip(labels, p, strict=True)
            if i / bins < row.max() <= (i + 1) / bins or (i == 0 and row.max() == 0)
        ]
        if rows:
            confidence = np.mean([c for c, _ in rows])
            accuracy = np.mean([r for _, r in rows])
            total += len(rows) * abs(confidence - accuracy)
    return total / len(labels)


@pytest.mark.parametrize("classes", [2, 3, 4])
def test_calibration_error_equals_the_loop(classes):
    labels, p = random_case(200, classes, classes)
    assert expected_calibration_error(labels, p) == pytest.approx(ece_by_loop(labels, p))


def test_reliability_counts_every_record_once():
    labels, p = random_case(77, 3, 1)
    assert sum(row.n for row in reliability(labels, p)) == 77
    assert reliability([1], [[0.0, 1.0]])[-1].n == 1
