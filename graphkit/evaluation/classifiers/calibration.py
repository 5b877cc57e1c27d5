"""Temperatures and sigmoids that make probabilities mean what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax, softmax

from graphkit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from graphkit.evaluation.classifiers.protocol import HeldOut

    Floats = NDArray[np.float64]

#: Temperatures outside this range mean that there is nothing to calibrate.
RANGE = (0.05, 20.0)


def fit_temperature(logits: ArrayLike, labels: ArrayLike) -> float:
    """Temperature with the smallest cross-entropy (Guo 2017, doi 10.5555/3305381.3305518).

    Parameters
    ----------
    logits : float [n, C]
        Of records the classifier was not fitted on.
    labels : int [n]
        Their classes.

    Returns
    -------
    float
        Within :data:`RANGE`; above 1 where the classifier is too sure of itself.

    Raises
    ------
    InputError
        Where there are no records, shapes disagree or a logit is not finite.

    Examples
    --------
    >>> logits = np.array([[0.0, 4.0], [0.0, 4.0], [0.0, 4.0], [0.0, 4.0]])
    >>> round(fit_temperature(logits, [1, 1, 1, 0]), 2)
    3.64
    """
    z, y = np.asarray(logits, dtype=np.float64), np.asarray(labels, dtype=np.int64)
    if z.ndim != 2 or len(z) == 0 or y.shape != z.shape[:1] or not np.isfinite(z).all():
        raise InputError(
            f"no temperature for logits {z.shape} and labels {y.shape}",
            slot="logits",
            remedy="Give one finite row of logits and one label per record.",
        )

    def cross_entropy(log_temperature: float) -> float:
        scaled = log_softmax(z / np.exp(log_temperature), axis=1)
        return float(-scaled[np.arange(len(y)), y].mean())

    # In log T the loss has one minimum; the bracket keeps separable data from running away.
    found = minimize_scalar(cross_entropy, bounds=np.log(RANGE), method="bounded")
    return float(np.exp(found.x))


def fit_sigmoid(logits: ArrayLike, labels: ArrayLike) -> tuple[float, float]:
    """Slope and intercept with the smallest cross-entropy (Platt 1999), one class against the rest.

    Labels are drawn in as Platt does: two classes that do not overlap have no answer otherwise.

    Parameters
    ----------
    logits : float [n]
        Of records the classifier was not fitted on.
    labels : bool [n]
        Whether they are of the class.

    Returns
    -------
    slope, intercept : float
        The slope is that of a temperature within :data:`RANGE`: no order is turned round.

    Raises
    ------
    InputError
        Where there are no records, shapes disagree or a logit is not finite.

    Examples
    --------
    >>> slope, intercept = fit_sigmoid([-9.0, -7.0, 7.0, 9.0] * 10, [0, 0, 1, 1] * 10)
    >>> round(float(expit(slope * 8 + intercept)), 2)
    0.96
    """
    z, y = np.asarray(logits, dtype=np.float64), np.asarray(labels, dtype=bool)
    if z.ndim != 1 or len(z) == 0 or y.shape != z.shape or not np.isfinite(z).all():
        raise InputError(f"no sigmoid for logits {z.shape} and labels {y.shape}", slot="logits")
    target = np.where(y, (y.sum() + 1) / (y.sum() + 2), 1 / ((~y).sum() + 2))

    def cross_entropy(line: Floats) -> tuple[float, Floats]:
        found = line[0] * z + line[1]
        slope = (expit(found) - target) / len(z)
        loss = np.mean(np.logaddexp(0, found) - target * found)
        return float(loss), np.array([slope @ z, slope.sum()])

    limits = [(1 / RANGE[1], 1 / RANGE[0]), (None, None)]
    found = minimize(cross_entropy, [1.0, 0.0], jac=True, bounds=limits, method="L-BFGS-B")
    return float(found.x[0]), float(found.x[1])


def calibrate_across_folds(logits: ArrayLike, labels: ArrayLike, folds: ArrayLike) -> Floats:
    """Calibrate every fold by a temperature fitted on the other folds' held-out logits.

    Parameters
    ----------
    logits : float [n, C]
        Each row from a classifier that did not see its record.
    labels : int [n]
    folds : int [n]
        The fold in which each record was held out.

    Returns
    -------
    float [n, C]
        Probabilities; no record took part in choosing its own temperature.

    Raises
    ------
    InputError
        Where there is only one fold.

    Examples
    --------
    >>> logits = np.array([[0.0, 4.0], [0.0, 4.0], [0.0, 4.0], [0.0, 4.0]])
    >>> p = calibrate_across_folds(logits, [1, 0, 1, 0], [0, 0, 1, 1])
    >>> bool(p[0, 1] < 0.6)
    True
    """
    z, y, fold = np.asarray(logits, dtype=np.float64), np.asarray(labels), np.asarray(folds)
    names = np.unique(fold)
    if len(names) < 2:
        raise InputError("one fold has no others to be calibrated on", slot="folds")
    result = np.empty_like(z)
    for name in names:
        inside = fold == name
        temperature = fit_temperature(z[~inside], y[~inside])
        result[inside] = softmax(z[inside] / temperature, axis=1)
    return result


#: Least probability whose logarithm is used: some classifiers are certain.
FLOOR = 1e-6


def recalibrated(held_out: HeldOut) -> NDArray[np.float64]:
    """Calibrate each outer fold by a temperature fitted on the other outer folds.

    Parameters
    ----------
    held_out
        From :func:`~graphkit.evaluation.crossvalidate`, with two folds or more.

    Returns
    -------
    float [n, C]
        Probabilities; no record took part in choosing its own temperature.

    Raises
    ------
    InputError
        Where there is only one fold.

    Examples
    --------
    >>> from graphkit.evaluation.classifiers.protocol import HeldOut
    >>> p = np.array([[0.01, 0.99]] * 8)
    >>> y, fold = np.array([0, 1, 1, 1] * 2), np.repeat([0, 1], 4)
    >>> recalibrated(HeldOut(np.arange(8), y, p, fold))[0].round(2)
    array([0.25, 0.75])
    """
    # Logarithms of probabilities are logits up to a constant of each row.
    logits = np.log(np.clip(held_out.probabilities, FLOOR, 1))
    return calibrate_across_folds(logits, held_out.labels, held_out.folds)
