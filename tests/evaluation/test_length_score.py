import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.evaluation.inputs import checked
from graphkit.evaluation.length_score import length_score
from graphkit.evaluation.metrics import auroc, binary_auroc


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_every_class_gets_its_better_direction(classes):
    generator = np.random.default_rng(classes)
    labels = np.r_[np.arange(classes), generator.integers(0, classes, 60)]
    # Coarse lengths, so that ties occur.
    lengths = 10 * generator.integers(20, 40, len(labels)) + 30 * labels
    p = length_score(labels, lengths)
    checked(labels, p)
    best = []
    for c in range(classes):
        upwards = binary_auroc(labels == c, lengths.astype(float))
        best.append(max(upwards, 1 - upwards))
    assert auroc(labels, p) == pytest.approx(np.mean(best))


def test_equal_lengths_say_nothing():
    p = length_score([0, 1, 0, 1], [5, 5, 5, 5])
    np.testing.assert_array_equal(p, 0.5)


def test_a_class_without_records_has_a_column():
    p = length_score([0, 1, 1], [1, 2, 3], classes=3)
    assert p.shape == (3, 3)
    checked([0, 1, 1], p)


def test_shapes_must_agree():
    with pytest.raises(InputError, match="differ"):
        length_score([0, 1], [1, 2, 3])
