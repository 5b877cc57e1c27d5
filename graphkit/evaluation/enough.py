"""Whether there are records enough to cross-validate, told in the user's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.evaluation.splits import grouped_folds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike


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
        Of the outer folds, as in :func:`~graphkit.evaluation.splits.grouped_folds`.
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
