"""The watched numbers, against pairs counted one by one and against torch."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from graphkit.training.metrics import cross_entropy, macro_auroc


def slow_macro_auroc(logits, y):
    """Count, for each class, how often a member scores above a non-member; ties count half."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    areas = []
    for label in range(logits.shape[1]):
        inside = probabilities[y == label, label]
        outside = probabilities[y != label, label]
        if len(inside) and len(outside):
            wins = [(a > b) + 0.5 * (a == b) for a in inside for b in outside]
            areas.append(sum(wins) / len(wins))
    return sum(areas) / len(areas)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_auroc_equals_pairs_counted_one_by_one(classes):
    generator = np.random.default_rng(classes)
    y = generator.integers(classes, size=60)
    logits = generator.normal(size=(60, classes)) + 0.7 * np.eye(classes)[y]
    assert macro_auroc(logits, y) == pytest.approx(slow_macro_auroc(logits, y), abs=1e-12)


def test_ties_count_half():
    logits = np.array([[0.0, 1.0], [0.0, 1.0], [0.5, 0.5], [0.0, 2.0]])
    assert macro_auroc(logits, np.array([0, 1, 0, 1])) == pytest.approx(7 / 8)


def test_an_absent_class_is_left_out_of_the_mean():
    logits = np.array([[2.0, 0.0, 1.0], [0.0, 2.0, 1.0], [1.0, 1.5, 0.0]])
    assert macro_auroc(logits, np.array([0, 1, 1])) == 1.0


def test_one_class_alone_has_no_auroc():
    assert math.isnan(macro_auroc(np.zeros((4, 2)), np.zeros(4, dtype=int)))


def test_large_scores_do_not_saturate_into_ties():
    logits = np.array([[0.0, 100.0], [0.0, 200.0], [0.0, 150.0]])
    assert macro_auroc(logits, np.array([0, 1, 1])) == 1.0


def test_cross_entropy_equals_torch():
    generator = np.random.default_rng(0)
    logits, y = generator.normal(size=(30, 3)) * 40, generator.integers(3, size=30)
    expected = torch.nn.functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(y))
    assert cross_entropy(logits, y) == pytest.approx(expected.item(), rel=1e-12)
