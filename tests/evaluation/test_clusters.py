"""Names of clusters do not matter; what most runs say does."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.evaluation.clusters import agreement, aligned, match_and_average


def one_hot(labels, k=3):
    return np.eye(k)[np.asarray(labels)]


def test_agreement():
    assert agreement([0, 0, 1, 1], [1, 1, 0, 0])[0] == 1.0
    assert agreement([0, 1] * 50, [0] * 50 + [1] * 50)[0] < 0.05
    with pytest.raises(InputError, match="4 and 3 labels"):
        agreement("aabb", "aab")


def test_clusters_are_matched_whatever_they_are_called():
    truth = one_hot([0, 0, 1, 1, 2, 2, 2])
    for order in ([1, 2, 0], [2, 1, 0], [0, 1, 2]):
        assert np.argsort(order).tolist() == aligned(truth, truth[:, order]).tolist()


def test_consensus_outvotes_the_odd_one():
    labels = np.repeat([0, 1, 2], 10)
    odd = labels.copy()
    odd[0] = 2
    runs = [one_hot(labels), one_hot((labels + 1) % 3), one_hot((odd + 2) % 3)]
    mean, stability, order = match_and_average(runs)
    assert order.tolist() == [[0, 1, 2], [1, 2, 0], [2, 0, 1]]
    assert agreement(mean.argmax(axis=1), labels)[0] == 1.0
    assert stability[0] == pytest.approx(2 / 3)
    assert np.all(stability[1:] == 1)
    assert np.allclose(mean.sum(axis=1), 1)
    with pytest.raises(InputError, match="nothing to agree on"):
        match_and_average([])
