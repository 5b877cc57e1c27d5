import numpy as np
import pytest
from scipy.stats import bootstrap

from graphkit.evaluation.classifiers.bootstrap import (
    auroc_difference,
    auroc_interval,
    resample_counts,
    weighted_auroc,
)
from graphkit.evaluation.classifiers.metrics import auroc


def case(n=60, classes=2, seed=0, shift=1.0):
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, classes, n)
    logits = generator.normal(size=(n, classes)).round(1)
    logits[np.arange(n), labels] += shift
    p = np.exp(logits)
    return labels, p / p.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("classes", [2, 3])
def test_weights_equal_repeated_records(classes):
    labels, p = case(classes=classes)
    weights = resample_counts(len(labels), 20, seed=3)
    for row in weights.astype(int):
        index = np.repeat(np.arange(len(labels)), row)
        if classes == 2:
            fast = weighted_auroc(labels == 1, p[:, 1], row[None].astype(float))[0]
        else:
            fast = np.mean(
                [weighted_auroc(labels == c, p[:, c], row[None].astype(float))[0] for c in range(3)]
            )
        assert fast == pytest.approx(auroc(labels[index], p[index]))


def test_blocks_do_not_change_the_result(monkeypatch):
    labels, p = case(50)
    whole = auroc_interval(labels, p, resamples=200)
    monkeypatch.setattr("graphkit.evaluation.classifiers.bootstrap._BLOCK", 130)
    assert auroc_interval(labels, p, resamples=200) == whole


def test_interval_covers_the_truth_about_as_often_as_it_says():
    hits = 0
    truth = auroc(*case(40000, seed=999))
    for seed in range(100):
        found = auroc_interval(*case(120, seed=seed), resamples=300, seed=seed)
        hits += found.lower <= truth <= found.upper
    assert 86 <= hits <= 100


def test_pairing_is_tighter_than_two_intervals():
    labels, p = case(200)
    near = p + np.random.default_rng(1).normal(scale=0.01, size=p.shape)
    near = np.clip(near, 1e-3, None)
    near /= near.sum(axis=1, keepdims=True)
    alone = auroc_interval(labels, p)
    paired = auroc_difference(labels, p, near)
    assert paired.upper - paired.lower < 0.5 * (alone.upper - alone.lower)
    assert paired.lower <= 0 <= paired.upper
    opposite = auroc_difference(labels, near, p)
    assert opposite.estimate == pytest.approx(-paired.estimate)


def test_a_better_classifier_is_found_to_be_better():
    labels, p = case(400, shift=2.0)
    _, noise = case(400, seed=5, shift=0.0)
    assert auroc_difference(labels, p, noise).lower > 0.1


def test_interval_agrees_with_a_bootstrap_one_draw_at_a_time():
    labels, p = case(150)
    slow = bootstrap(
        (np.arange(150),),
        lambda i: auroc(labels[i], p[i]),
        vectorized=False,
        n_resamples=600,
        method="percentile",
        rng=0,
    ).confidence_interval
    fast = auroc_interval(labels, p)
    assert fast.estimate == pytest.approx(auroc(labels, p))
    assert (fast.lower, fast.upper) == pytest.approx(tuple(slow), abs=0.02)


def test_one_class_gives_nan_bounds():
    found = auroc_interval([0, 0], [[0.5, 0.5], [0.4, 0.6]], resamples=10)
    assert np.isnan([found.estimate, found.lower, found.upper]).all()


def test_same_seed_same_interval():
    labels, p = case()
    assert auroc_interval(labels, p, seed=4) == auroc_interval(labels, p, seed=4)
    assert auroc_interval(labels, p, seed=4) != auroc_interval(labels, p, seed=5)
