import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.evaluation.classifiers.splits import grouped_folds, label_folds, require_enough


def grouped_case(n=300, seed=0):
    generator = np.random.default_rng(seed)
    groups = generator.integers(0, n // 2, n)
    return generator.integers(0, 2, n), groups


@pytest.mark.parametrize("seed", range(3))
def test_no_group_is_torn_and_classes_are_even(seed):
    labels, groups = grouped_case(seed=seed)
    fold = grouped_folds(labels, groups, seed=seed)
    for group in np.unique(groups):
        assert len(set(fold[groups == group])) == 1
    shares = [labels[fold == f].mean() for f in range(5)]
    assert max(shares) - min(shares) < 0.1
    sizes = np.bincount(fold)
    assert sizes.max() - sizes.min() < 20


def test_the_seed_decides():
    labels, groups = grouped_case()
    a = grouped_folds(labels, groups, seed=1)
    np.testing.assert_array_equal(a, grouped_folds(labels, groups, seed=1))
    assert (a != grouped_folds(labels, groups, seed=2)).any()


def test_too_few_records_says_so():
    with pytest.raises(InputError, match="too few records"):
        grouped_folds([0, 0, 0, 1, 1], [0, 1, 2, 3, 3], folds=2)
    with pytest.raises(InputError, match="differ"):
        grouped_folds([0, 1], [0])


def check(labels, groups, **how):
    require_enough(labels, groups, classes=("Axon", "Soma"), **how)


def test_a_class_with_too_few_groups_is_named():
    # Eight records of the second class, but only three that differ.
    labels, groups = [0] * 8 + [1] * 8, [*range(8), 8, 8, 8, 9, 9, 9, 10, 10]
    with pytest.raises(InputError, match=r"class 'Soma' has 3 dissimilar groups for 5 folds"):
        check(labels, groups, folds=5)
    check(labels, groups, folds=3)


def test_what_is_left_outside_a_fold_must_feed_the_members():
    labels, groups = [0] * 10 + [1] * 5, range(15)
    check(labels, groups, folds=5, inner=4)
    with pytest.raises(InputError, match=r"'Soma' .* 4 of them are left to train 5 members"):
        check(labels, groups, folds=5, inner=5)


@pytest.mark.parametrize("seed", range(3))
def test_labels_are_even_over_folds_and_no_group_is_torn(seed):
    generator = np.random.default_rng(seed)
    has, groups = generator.random((400, 3)) < [0.5, 0.1, 0.3], generator.integers(0, 200, 400)
    fold = label_folds(has, groups, labels="ABC", seed=seed)
    assert all(len(set(fold[groups == group])) == 1 for group in np.unique(groups))
    shares = np.array([has[fold == number].mean(axis=0) for number in range(5)])
    assert (np.ptp(shares, axis=0) < [0.2, 0.1, 0.2]).all()


def test_sets_of_labels_may_be_rare_but_labels_may_not():
    has = np.array([[1, 0], [0, 1]] * 5 + [[0, 0], [1, 1]])
    assert sorted(np.unique(label_folds(has, np.arange(12), labels="AB"))) == [0, 1, 2, 3, 4]
    with pytest.raises(InputError, match="'B' has 1 dissimilar groups with it for 2 folds"):
        label_folds([[1, 0], [0, 0], [0, 1], [1, 1]], [0, 1, 2, 2], labels="AB", folds=2)
    with pytest.raises(InputError, match="'A' has 1 groups with it outside fold"):
        label_folds([[1, 0], [0, 1]] * 2, range(4), labels="AB", folds=2, inner=2)
