"""The two numbers a training watches on its validation data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp
from sklearn.metrics import roc_auc_score

if TYPE_CHECKING:
    from numpy.typing import NDArray


def macro_auroc(logits: NDArray[np.floating], y: NDArray[np.integer]) -> float:
    """Area under the ROC curve of each class against the rest, mean over classes.

    A class without an example, or without an example of another class, has no curve and is left
    out of the mean.

    Parameters
    ----------
    logits : float [n, C]
        Class scores before the softmax.
    y : int [n]
        Class of each example.

    Returns
    -------
    float
        0 to 1; NaN where no class has a curve.

    Examples
    --------
    >>> macro_auroc(np.array([[2.0, 0.0], [0.0, 1.0], [0.0, 0.5]]), np.array([0, 1, 0]))
    1.0
    """
    scores = np.asarray(logits, dtype=np.float64)
    areas = []
    for label in range(scores.shape[1]):
        positive = y == label
        if positive.any() and not positive.all():
            # The log-odds rank as the softmax does, and do not saturate into ties.
            rest = logsumexp(np.delete(scores, label, axis=1), axis=1)
            areas.append(float(roc_auc_score(positive, scores[:, label] - rest)))
    return float(np.mean(areas)) if areas else float("nan")


def cross_entropy(logits: NDArray[np.floating], y: NDArray[np.integer]) -> float:
    """Mean negative log-probability of the true class, natural logarithm.

    Parameters
    ----------
    logits : float [n, C]
        Class scores before the softmax.
    y : int [n]
        Class of each example.

    Examples
    --------
    >>> round(cross_entropy(np.zeros((3, 2)), np.array([0, 1, 1])), 4)
    0.6931
    """
    scores = np.asarray(logits, dtype=np.float64)
    return float(np.mean(logsumexp(scores, axis=1) - scores[np.arange(len(y)), y]))
