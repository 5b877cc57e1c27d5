"""Folds in which similar sequences never stand on both sides."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Integers = NDArray[np.int64]


def grouped_folds(
    strata: ArrayLike, groups: ArrayLike, *, folds: int = 5, seed: int = 0
) -> Integers:
    """Assign records to folds: groups stay together, strata are spread evenly.

    Parameters
    ----------
    strata : int [n]
        What to spread evenly: the class, or class and source together.
    groups : int [n]
        Similarity group of each record, see :func:`graphkit.sequences.similar_groups`.
    folds
        Number of folds.
    seed
        Seed of the order in which groups are dealt out.

    Returns
    -------
    int [n]
        Fold of each record, ``0 .. folds - 1``.

    Raises
    ------
    InputError
        Where a class has fewer groups than there are folds.

    Examples
    --------
    >>> fold = grouped_folds([0, 0, 0, 1, 1, 1], [0, 0, 1, 2, 2, 3], folds=2)
    >>> bool(fold[0] == fold[1]), bool(fold[3] == fold[4])
    (True, True)
    """
    y, group = np.asarray(strata, dtype=np.int64), np.asarray(groups, dtype=np.int64)
    if y.shape != group.shape or y.ndim != 1:
        raise InputError(f"strata {y.shape} and groups {group.shape} differ", slot="groups")
    for stratum in np.unique(y):
        n_groups = len(np.unique(group[y == stratum]))
        if n_groups < folds:
            raise InputError(
                f"too few records: stratum {stratum} has {n_groups} dissimilar groups for"
                f" {folds} folds",
                slot="folds",
                remedy="Give more records of that class or ask for fewer folds.",
            )
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    result = np.empty(len(y), dtype=np.int64)
    with warnings.catch_warnings():
        # Our own check above speaks of groups, which is what runs short.
        warnings.filterwarnings("ignore", message="The least populated class")
        for number, (_, test) in enumerate(splitter.split(y, y, group)):
            result[test] = number
    return result


def label_folds(
    has: ArrayLike,
    groups: ArrayLike,
    *,
    labels: Sequence[str],
    folds: int = 5,
    inner: int = 1,
    seed: int = 0,
) -> Integers:
    """Assign records with several labels each to folds: groups stay together, labels are spread.

    Spread evenly is the rarest label of each record.

    Parameters
    ----------
    has : bool [n, L]
        Whether a record has a label.
    groups : int [n]
        Similarity group of each record, see :func:`graphkit.sequences.similar_groups`.
    labels : sequence of str [L]
        Their names.
    folds, seed
        As in :func:`grouped_folds`.
    inner
        Groups with and without each label that must be left outside each fold.

    Returns
    -------
    int [n]
        Fold of each record, ``0 .. folds - 1``.

    Raises
    ------
    InputError
        Naming the label that no record has, or all have, or that too few dissimilar records have,
        or have not.

    Examples
    --------
    >>> has = np.array([[1, 0], [0, 1], [0, 0]] * 4)
    >>> fold = label_folds(has, range(12), labels="AB", folds=2)
    >>> has[fold == 0].sum(axis=0).tolist()
    [2, 2]
    """
    table, group = np.asarray(has, dtype=bool), np.asarray(groups, dtype=np.int64)
    for name, column in zip(labels, table.T, strict=True):
        for side, rows in (("with", column), ("without", ~column)):
            size = len(np.unique(group[rows]))
            if size < folds:
                some = f"{size} dissimilar groups" if size else "no record"
                raise _too_few(f"label {name!r} has {some} {side} it for {folds} folds")
    order = np.argsort(table.sum(axis=0), kind="stable")
    strata = np.where(table.any(axis=1), table[:, order].argmax(axis=1), len(labels))
    sizes = {stratum: len(np.unique(group[strata == stratum])) for stratum in np.unique(strata)}
    small = [stratum for stratum, size in sizes.items() if size < folds]
    strata[np.isin(strata, small)] = max(sizes, key=lambda stratum: sizes[stratum])
    fold = grouped_folds(strata, group, folds=folds, seed=seed)
    for name, column in zip(labels, table.T, strict=True):
        for number in range(folds):
            for side, rows in (("with", column), ("without", ~column)):
                left = len(np.unique(group[rows & (fold != number)]))
                if left < inner:
                    raise _too_few(
                        f"label {name!r} has {left} groups {side} it outside fold {number}"
                    )
    return fold


def require_enough(
    labels: ArrayLike,
    groups: ArrayLike,
    *,
    classes: Sequence[str],
    folds: int,
    inner: int = 2,
    seed: int = 0,
) -> None:
    """Raise where a class is too small for the folds, or for the folds within a training part.

    Parameters
    ----------
    labels : int [n]
        Classes, ``0 .. C - 1``.
    groups : int [n]
        Similarity group of each record, see :func:`graphkit.sequences.similar_groups`.
    classes : sequence of str [C]
        Their names.
    folds, seed
        Of the outer folds, as in :func:`~graphkit.evaluation.classifiers.splits.grouped_folds`.
    inner
        Folds into which the recipe splits the records outside each outer fold.

    Raises
    ------
    InputError
        Naming the class, what it has and what it needs.

    Examples
    --------
    >>> require_enough([0, 0, 1, 1], [0, 0, 1, 2], classes="AB", folds=2)
    Traceback (most recent call last):
    graphkit.errors.InputError: too few records: class 'A' has 1 dissimilar groups for 2 folds...
    """
    y, group = np.asarray(labels, dtype=np.int64), np.asarray(groups, dtype=np.int64)
    sizes = [len(np.unique(group[y == c])) for c in range(len(classes))]
    for name, size in zip(classes, sizes, strict=True):
        if size < folds:
            raise _too_few(f"class {name!r} has {size} dissimilar groups for {folds} folds")
    fold = grouped_folds(y, group, folds=folds, seed=seed)
    for number in range(folds):
        for c, name in enumerate(classes):
            left = len(np.unique(group[(y == c) & (fold != number)]))
            if left < inner:
                raise _too_few(
                    f"class {name!r} has {sizes[c]} dissimilar groups for {folds} folds, and"
                    f" {left} of them are left to train {inner} members on"
                )


def _too_few(what: str) -> InputError:
    return InputError(
        f"too few records: {what}; similar sequences form one group",
        remedy="Give more records of that class, or ask for fewer folds or members.",
    )
