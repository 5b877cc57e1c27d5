"""Recall among the nearest."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.evaluation import recall_at_k


def test_it_is_what_a_loop_counts():
    generator = np.random.default_rng(0)
    labels, neighbors = generator.integers(0, 5, 40), generator.integers(0, 5, (40, 6))
    for k in (1, 3, 6):
        hits = [own in found[:k] for own, found in zip(labels, neighbors, strict=True)]
        assert recall_at_k(labels, neighbors, k=k) == sum(hits) / 40


@pytest.mark.parametrize(
    ("labels", "neighbors", "k"),
    [
        ([1], [[1]], 2),
        ([1], [[1]], 0),
        ([1, 2], [[1]], 1),
        ([1], [1], 1),
        ([], np.empty((0, 1)), 1),
    ],
)
def test_what_does_not_fit_is_refused(labels, neighbors, k):
    with pytest.raises(InputError):
        recall_at_k(labels, neighbors, k=k)
