import math

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from graphkit.evaluation.classifiers.metrics import (
    auprc,
    auroc,
    auroc_by_length,
    brier,
    score_classifier,
)


def random_case(n, classes, seed):
    generator = np.random.default_rng(seed)
    probabilities = generator.dirichlet(np.ones(classes), n).round(2)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return generator.integers(0, classes, n), probabilities


def auroc_by_pairs(positive, value):
    wins = [
        1.0 if a > b else 0.5 if a == b else 0.0 for a in value[positive] for b in value[~positive]
    ]
    return sum(wins) / len(wins)


@pytest.mark.parametrize("seed", range(5))
def test_auroc_equals_counting_pairs(seed):
    labels, p = random_case(40, 2, seed)
    assert auroc(labels, p) == pytest.approx(auroc_by_pairs(labels == 1, p[:, 1]))


@pytest.mark.parametrize("seed", range(5))
def test_three_classes_are_the_mean_of_one_against_the_rest(seed):
    labels, p = random_case(60, 3, seed)
    expected = roc_auc_score(labels, p, multi_class="ovr", average="macro")
    assert auroc(labels, p) == pytest.approx(expected)


def test_one_class_has_no_ranking():
    labels, p = np.zeros(4, int), np.full((4, 2), 0.5)
    assert math.isnan(auroc(labels, p))
    assert math.isnan(auprc(labels, p))


def test_brier_of_two_classes_is_the_usual_one():
    labels, p = random_case(50, 2, 0)
    assert brier(labels, p) == pytest.approx(brier_score_loss(labels, p[:, 1]))


def test_perfect_and_inverted_decisions():
    p = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7]])
    good, bad = score_classifier([0, 0, 1, 1], p), score_classifier([1, 1, 0, 0], p)
    assert (good.accuracy, good.macro_f1, good.mcc, good.auroc, good.auprc) == (1, 1, 1, 1, 1)
    assert (bad.accuracy, bad.macro_f1, bad.mcc, bad.auroc) == (0, 0, -1, 0)
    assert good.as_dict()["n"] == 4


def test_length_confound_disappears_within_terciles():
    generator = np.random.default_rng(0)
    tercile = np.repeat([0, 1, 2], 200)
    # Length tells the class between terciles and nothing within them.
    labels = (generator.random(600) < np.array([0.1, 0.5, 0.9])[tercile]).astype(int)
    lengths = 1000 * (tercile + 1) + generator.permutation(600) % 100
    p1 = lengths / 5000
    p = np.stack([1 - p1, p1], axis=1)
    rows = auroc_by_length(labels, p, lengths)
    assert auroc(labels, p) > 0.75
    assert [row[2] for row in rows] == [200, 200, 200]
    assert all(abs(row[3] - 0.5) < 0.12 for row in rows)
