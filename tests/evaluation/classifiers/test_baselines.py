import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from graphkit.errors import InputError
from graphkit.evaluation.classifiers.baselines import (
    BASELINES,
    composition_baseline,
    composition_features,
    kmer_baseline,
    kmer_features,
    length_baseline,
    length_score,
)
from graphkit.evaluation.classifiers.inputs import checked
from graphkit.evaluation.classifiers.metrics import auroc
from graphkit.sequences import decode
from graphkit.types import Record


def sequences(n, share_gc, length, seed):
    generator = np.random.default_rng(seed)
    at, gc = (1 - share_gc) / 2, share_gc / 2
    return [
        generator.choice(4, generator.integers(length, 2 * length), p=[at, gc, gc, at]).astype(
            np.uint8
        )
        for _ in range(n)
    ]


def records_of(codes):
    return [Record("x", decode(one)) for one in codes]


def split_scores(make, first, second):
    train = first[::2] + second[::2]
    test = first[1::2] + second[1::2]
    labels = np.repeat([0, 1], [len(first[::2]), len(second[::2])])
    truth = np.repeat([0, 1], [len(first[1::2]), len(second[1::2])])
    p = make().fit(records_of(train), labels).predict_proba(records_of(test))
    np.testing.assert_allclose(p.sum(axis=1), 1)
    return auroc(truth, p)


def test_length_sees_length_only():
    short, long = sequences(40, 0.5, 200, 0), sequences(40, 0.5, 500, 1)
    assert split_scores(length_baseline, short, long) > 0.95
    rich = sequences(40, 0.7, 200, 2)
    assert abs(split_scores(length_baseline, short, rich) - 0.5) < 0.25


def test_composition_sees_composition_only():
    poor, rich = sequences(40, 0.45, 300, 0), sequences(40, 0.55, 300, 1)
    assert split_scores(composition_baseline, poor, rich) > 0.95
    long = sequences(40, 0.45, 600, 2)
    assert abs(split_scores(composition_baseline, poor, long) - 0.5) < 0.3


def test_forest_finds_a_planted_kmer():
    plain, planted = sequences(60, 0.5, 300, 0), sequences(60, 0.5, 300, 1)
    motif = np.array([0, 1, 1, 3, 2], np.uint8)
    for codes in planted:
        for start in range(10, 250, 30):
            codes[start : start + 5] = motif
    assert split_scores(lambda: kmer_baseline(trees=100), plain, planted) > 0.9


def kmers_by_loop(codes, k):
    table = np.zeros(4**k)
    for i in range(len(codes) - k + 1):
        word = codes[i : i + k]
        if (word < 4).all():
            table[int("".join(map(str, word)), 4)] += 1
    return table / max(1, table.sum())


def test_features_equal_the_loop():
    generator = np.random.default_rng(0)
    codes = generator.integers(0, 5, 200).astype(np.uint8)
    row = kmer_features([codes])[0]
    expected = np.concatenate([kmers_by_loop(codes, k) for k in range(1, 6)])
    np.testing.assert_allclose(row[:-1], expected, rtol=1e-5)
    assert row[-1] == pytest.approx(np.log10(200))
    gc, *pairs = composition_features([codes])[0]
    known = codes[codes < 4]
    assert gc == pytest.approx(np.isin(known, (1, 2)).mean())
    np.testing.assert_allclose(pairs, kmers_by_loop(codes, 2), rtol=1e-5)


@pytest.mark.usefixtures("one_thread")
def test_three_classes_and_the_same_seed_twice():
    data = sequences(10, 0.3, 100, 0) + sequences(10, 0.5, 200, 1) + sequences(10, 0.7, 400, 2)
    data = records_of(data)
    labels = np.repeat(["a", "b", "c"], 10)
    for make in BASELINES.values():
        p = make().fit(data, labels).predict_proba(data)
        assert p.shape == (30, 3)
        # Names and numbers of one order give the same columns.
        numbered = make().fit(data, np.repeat([0, 1, 2], 10)).predict_proba(data)
        np.testing.assert_array_equal(p, numbered)
    a, b = (kmer_baseline(seed=3, trees=20).fit(data, labels).predict_proba(data) for _ in "ab")
    np.testing.assert_array_equal(a, b)


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
        upwards = roc_auc_score(labels == c, lengths.astype(float))
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
