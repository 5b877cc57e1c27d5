"""Scores of a classifier's probabilities: ranking and decisions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    matthews_corrcoef,
    roc_auc_score,
)

from graphkit.evaluation.classifiers.inputs import checked
from graphkit.evaluation.classifiers.reliability import expected_calibration_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ClassifierScores:
    """The table row of one classifier on one set of records.

    Parameters
    ----------
    n
        Records scored.
    auroc, auprc
        Ranking. With more than two classes, the mean of one class against the rest; with two,
        the score of the second class. NaN where fewer than two classes are present.
    accuracy, macro_f1, mcc
        Decisions by the most probable class.
    brier
        Mean over records of the squared distance between the probabilities and the one-hot
        label, halved so that two classes give the usual score of the second class.
    ece
        Expected calibration error of the most probable class, ten equal-width bins.
    """

    n: int
    auroc: float
    auprc: float
    accuracy: float
    macro_f1: float
    mcc: float
    brier: float
    ece: float

    def as_dict(self) -> dict[str, float]:
        """Return the scores by name."""
        return asdict(self)


def auroc(labels: ArrayLike, probabilities: ArrayLike) -> float:
    """Area under the ROC curve (Mann-Whitney; ties count one half).

    Parameters
    ----------
    labels : int [n]
    probabilities : float [n, C]

    Returns
    -------
    float
        The second class against the first; with C > 2 the mean over the classes present of one
        against the rest; NaN where only one class is present.

    Examples
    --------
    >>> auroc([0, 0, 1, 1], [[0.9, 0.1], [0.6, 0.4], [0.65, 0.35], [0.2, 0.8]])
    0.75
    """
    y, p = checked(labels, probabilities)
    return _mean_over_classes(y, p, roc_auc_score)


def auprc(labels: ArrayLike, probabilities: ArrayLike) -> float:
    """Average precision, the step-wise area under the precision-recall curve.

    Parameters
    ----------
    labels : int [n]
    probabilities : float [n, C]

    Returns
    -------
    float
        Of the second class, or the mean over classes as in :func:`auroc`.

    Examples
    --------
    >>> auprc([0, 1], [[0.9, 0.1], [0.2, 0.8]])
    1.0
    """
    y, p = checked(labels, probabilities)
    return _mean_over_classes(y, p, average_precision_score)


def brier(labels: ArrayLike, probabilities: ArrayLike) -> float:
    """Half the mean squared distance between probabilities and one-hot labels.

    Parameters
    ----------
    labels : int [n]
    probabilities : float [n, C]

    Examples
    --------
    >>> brier([1, 0], [[0.5, 0.5], [1.0, 0.0]])
    0.125
    """
    y, p = checked(labels, probabilities)
    return float(((p - np.eye(p.shape[1])[y]) ** 2).sum(axis=1).mean() / 2)


def score_classifier(labels: ArrayLike, probabilities: ArrayLike) -> ClassifierScores:
    """Compute every score of the table at once.

    Parameters
    ----------
    labels : int [n]
    probabilities : float [n, C]

    Raises
    ------
    InputError
        As :func:`checked`.

    Examples
    --------
    >>> score_classifier([0, 1, 1], [[0.8, 0.2], [0.3, 0.7], [0.6, 0.4]]).accuracy
    0.6666666666666666
    """
    y, p = checked(labels, probabilities)
    decided = p.argmax(axis=1)
    return ClassifierScores(
        n=len(y),
        auroc=auroc(y, p),
        auprc=auprc(y, p),
        accuracy=float((decided == y).mean()),
        macro_f1=float(f1_score(y, decided, average="macro", zero_division=0.0)),
        mcc=float(matthews_corrcoef(y, decided)),
        brier=brier(y, p),
        ece=expected_calibration_error(y, p),
    )


def auroc_by_length(
    labels: ArrayLike, probabilities: ArrayLike, lengths: ArrayLike
) -> list[tuple[float, float, int, float]]:
    """AUROC within terciles of length, where length itself can hardly help.

    Parameters
    ----------
    labels : int [n]
    probabilities : float [n, C]
    lengths : int [n]
        Nucleotides of each record.

    Returns
    -------
    list of (shortest, longest, n, auroc)
        One entry per tercile, the shortest third first; equal lengths stay together.

    Examples
    --------
    >>> p = [[1 - s, s] for s in (0.1, 0.9, 0.2, 0.8, 0.3, 0.7)]
    >>> auroc_by_length([0, 1, 0, 1, 1, 0], p, [1, 2, 3, 4, 5, 6])
    [(1.0, 2.0, 2, 1.0), (3.0, 4.0, 2, 1.0), (5.0, 6.0, 2, 0.0)]
    """
    y, p = checked(labels, probabilities)
    length = np.asarray(lengths, dtype=np.float64)
    cuts = np.quantile(length, [1 / 3, 2 / 3])
    tercile = np.searchsorted(cuts, length, side="left")
    rows = []
    for i in range(3):
        inside = tercile == i
        if inside.any():
            shortest, longest = float(length[inside].min()), float(length[inside].max())
            rows.append((shortest, longest, int(inside.sum()), auroc(y[inside], p[inside])))
    return rows


def _mean_over_classes(
    y: Integers, p: Floats, one: Callable[[NDArray[np.bool_], Floats], float]
) -> float:
    present = np.unique(y)
    if len(present) < 2:
        return float("nan")
    if p.shape[1] == 2:
        return float(one(y == 1, p[:, 1]))
    return float(np.mean([one(y == c, p[:, c]) for c in present]))
