"""Folds in which similar sequences never stand on both sides."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from graphkit.errors import InputError
from graphkit.sequences.similarity import similar_to

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    Integers = NDArray[np.int64]

#: Two sequences are similar where this share of the 21-mers of the shorter one is in the other.
CONTAINMENT = 0.3


class Fold(NamedTuple):
    """One outer fold of the nested protocol.

    Parameters
    ----------
    fit : int [m]
        Records to fit on.
    stop : int [s]
        Records for early stopping and other choices; similar to none of `fit`.
    test : int [t]
        Records to score, and nothing else; similar to none of the others.
    """

    fit: Integers
    stop: Integers
    test: Integers

    @property
    def train(self) -> Integers:
        """Everything a method may look at: `fit` and `stop`, sorted."""
        return np.sort(np.concatenate([self.fit, self.stop]))


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


def inner_split(
    strata: ArrayLike, groups: ArrayLike, *, share: float = 0.15, seed: int = 0
) -> tuple[Integers, Integers]:
    """Split training records once more, by group, for early stopping.

    Parameters
    ----------
    strata, groups : int [n]
        As in :func:`grouped_folds`.
    share
        Wanted share of the second part; rounded to one in a whole number, at most one half.
    seed
        Seed of the split.

    Returns
    -------
    fit, stop : int [m], int [n - m]
        Indices into the given records, sorted.

    Raises
    ------
    InputError
        For a share outside (0, 0.5], or as :func:`grouped_folds`.

    Examples
    --------
    >>> fit, stop = inner_split([0, 1] * 10, range(20), share=0.2)
    >>> len(fit), len(stop)
    (16, 4)
    """
    if not 0 < share <= 0.5:
        raise InputError(f"share {share} is not in (0, 0.5]", slot="share")
    fold = grouped_folds(strata, groups, folds=max(2, round(1 / share)), seed=seed)
    return np.flatnonzero(fold != 0), np.flatnonzero(fold == 0)


def nested_folds(
    strata: ArrayLike,
    groups: ArrayLike,
    *,
    folds: int = 5,
    share: float = 0.15,
    seed: int = 0,
) -> Iterator[Fold]:
    """Yield the outer folds of the protocol, each with an inner grouped split.

    The scored part is never used for stopping, calibration or any other choice.

    Parameters
    ----------
    strata, groups : int [n]
        As in :func:`grouped_folds`.
    folds, share, seed
        Outer folds, share of the training records kept for stopping, seed of both splits.

    Yields
    ------
    Fold
        Indices into the given records.

    Raises
    ------
    InputError
        As :func:`grouped_folds`.

    Examples
    --------
    >>> parts = list(nested_folds([0, 1] * 20, range(40), folds=4))
    >>> sorted(np.concatenate([part.test for part in parts])) == list(range(40))
    True
    """
    y, group = np.asarray(strata, dtype=np.int64), np.asarray(groups, dtype=np.int64)
    fold = grouped_folds(y, group, folds=folds, seed=seed)
    for number in range(folds):
        train = np.flatnonzero(fold != number)
        fit, stop = inner_split(y[train], group[train], share=share, seed=seed + 1 + number)
        yield Fold(train[fit], train[stop], np.flatnonzero(fold == number))


def unseen(
    queries: Sequence[NDArray[np.uint8]],
    references: Sequence[NDArray[np.uint8]],
    *,
    k: int = 21,
    threshold: float = CONTAINMENT,
) -> NDArray[np.bool_]:
    """Tell which queries are unlike every training sequence; only those test generalisation.

    Parameters
    ----------
    queries : list of uint8 [L]
        Encoded sequences to be scored.
    references : list of uint8 [L]
        Encoded sequences of the training source.
    k, threshold
        Length of the k-mers and the containment from which on two sequences are similar.

    Returns
    -------
    bool [n]
        True where no reference shares `threshold` of the k-mers of the shorter one.

    Examples
    --------
    >>> a, b = np.zeros(40, np.uint8), np.tile(np.arange(4, dtype=np.uint8), 10)
    >>> unseen([a, b], [b])
    array([ True, False])
    """
    return np.asarray(~similar_to(queries, references, k=k, threshold=threshold))


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
