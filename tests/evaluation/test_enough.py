import pytest

from graphkit.errors import InputError
from graphkit.evaluation.enough import require_enough


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
