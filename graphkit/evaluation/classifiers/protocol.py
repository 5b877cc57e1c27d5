"""The frozen protocol: every record scored by a classifier that saw none like it.

Every classifier, baselines included, is refitted as a whole on the same folds, sees nothing of the
scored records, and stands beside the others as a paired difference on the same records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.evaluation.classifiers.bootstrap import auroc_difference, auroc_interval
from graphkit.evaluation.classifiers.metrics import (
    ClassifierScores,
    auroc_by_length,
    score_classifier,
)
from graphkit.evaluation.classifiers.splits import grouped_folds, label_folds
from graphkit.sequences.similarity import similar_groups

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike, NDArray

    from graphkit.evaluation.classifiers.baselines import Classifier
    from graphkit.evaluation.intervals import Interval
    from graphkit.sequences import LabelledRecords

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class HeldOut:
    """Probabilities for records that the classifier behind them did not see.

    Parameters
    ----------
    index : int64 [m]
        The scored records, as indices into the test set.
    labels : int64 [m] or [m, C]
    probabilities : float [m, C]
    folds : int64 [m]
        Outer fold of each record; zeros across sources.
    """

    index: NDArray[np.int64]
    labels: NDArray[np.int64]
    probabilities: Floats
    folds: NDArray[np.int64]


@dataclass(frozen=True)
class ComparisonRow:
    """One line of the comparison.

    Parameters
    ----------
    name
        Of the classifier.
    scores
        All scores on the same records.
    auroc
        With its interval.
    ahead : Interval or None
        AUROC of the model minus that of this row, paired by record; None for the model itself.
    terciles
        Shortest, longest, n and AUROC in each tercile of length.
    """

    name: str
    scores: ClassifierScores
    auroc: Interval
    ahead: Interval | None
    terciles: tuple[tuple[float, float, int, float], ...]


def crossvalidate(
    make: Callable[[], Classifier],
    data: LabelledRecords,
    *,
    folds: int = 5,
    seed: int = 0,
    strata: ArrayLike | None = None,
) -> HeldOut:
    """Cross-validate the whole recipe, refitted in every grouped fold.

    A recipe that stops early or calibrates splits its own training records again, by group; the
    scored fold is shown to it only to be predicted.

    Parameters
    ----------
    make
        Returns a fresh classifier.
    data
        Records and their classes.
    folds, seed
        As in :func:`graphkit.evaluation.classifiers.splits.grouped_folds`.
    strata : int [n], optional
        What to spread evenly over folds; default the classes. Use class and source together where
        several sources are pooled. Of several labels it is not looked at.

    Raises
    ------
    InputError
        Where a class has too few dissimilar records for the folds.
    """
    groups = similar_groups(data.codes)
    if data.several:
        fold = label_folds(data.labels, groups, labels=data.classes, folds=folds, seed=seed)
    else:
        spread = data.labels if strata is None else strata
        fold = grouped_folds(spread, groups, folds=folds, seed=seed)
    probabilities = np.full((len(data), len(data.classes)), np.nan)
    for number in range(folds):
        test = np.flatnonzero(fold == number)
        probabilities[test] = _refitted(make, data.take(fold != number), data.take(test))
    return HeldOut(np.arange(len(data)), data.labels, probabilities, fold)


def _refitted(
    make: Callable[[], Classifier], train: LabelledRecords, test: LabelledRecords
) -> Floats:
    """Return probabilities of `test` after `train`, ``[n, C]``, columns as `train` numbers them."""
    if train.several:
        return make().fit(train.records, train.labels).predict_proba(test.records)
    found = make().fit(train.records, train.names).predict_proba(test.records)
    # Column j of a classifier is the j-th name in sorted order.
    return found[:, np.argsort(np.argsort(train.classes))]


def compare_classifiers(
    labels: ArrayLike,
    probabilities: Mapping[str, ArrayLike],
    lengths: ArrayLike,
    *,
    model: str,
    resamples: int = 2000,
    seed: int = 0,
) -> list[ComparisonRow]:
    """Put a model and its baselines into one table, paired by record.

    Parameters
    ----------
    labels : int [n]
    probabilities : mapping of name to float [n, C]
        The model and every baseline, on the same records.
    lengths : int [n]
    model
        Name of the row that the others are compared with; it comes first.
    resamples, seed
        Of the bootstrap.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.1, 0.9]])
    >>> both = {"other": p, "ours": p}
    >>> rows = compare_classifiers([0, 0, 1, 1], both, [9, 8, 7, 6], model="ours")
    >>> [(row.name, row.ahead and row.ahead.estimate) for row in rows]
    [('ours', None), ('other', 0.0)]
    """
    rows = []
    for name in sorted(probabilities, key=lambda name: name != model):
        p = probabilities[name]
        ahead = None
        if name != model:
            ahead = auroc_difference(
                labels, probabilities[model], p, resamples=resamples, seed=seed
            )
        rows.append(
            ComparisonRow(
                name,
                score_classifier(labels, p),
                auroc_interval(labels, p, resamples=resamples, seed=seed),
                ahead,
                tuple(auroc_by_length(labels, p, lengths)),
            )
        )
    return rows
