"""Measure how far probabilities are from frequencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.evaluation.classifiers.inputs import checked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """One bar of a reliability diagram.

    Parameters
    ----------
    lower, upper
        Confidence range ``(lower, upper]``; the first bin includes its lower edge.
    n
        Records in the bin.
    confidence, accuracy
        Mean probability of the most probable class and share of records where it is right; NaN
        in an empty bin.
    """

    lower: float
    upper: float
    n: int
    confidence: float
    accuracy: float


def reliability(
    labels: ArrayLike, probabilities: ArrayLike, *, bins: int = 10
) -> list[ReliabilityBin]:
    """Bin records by the probability of their most probable class.

    Parameters
    ----------
    labels : int [n]
    probabilities : float [n, C]
    bins
        Equal-width bins of [0, 1].

    Examples
    --------
    >>> last = reliability([1, 0], [[0.05, 0.95], [0.02, 0.98]])[-1]
    >>> last.n, last.accuracy
    (2, 0.5)
    """
    y, p = checked(labels, probabilities)
    confidence = p.max(axis=1)
    right = p.argmax(axis=1) == y
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    table = []
    for i in range(bins):
        inside = place == i
        n = int(inside.sum())
        table.append(
            ReliabilityBin(
                float(edges[i]),
                float(edges[i + 1]),
                n,
                float(confidence[inside].mean()) if n else float("nan"),
                float(right[inside].mean()) if n else float("nan"),
            )
        )
    return table


def expected_calibration_error(
    labels: ArrayLike, probabilities: ArrayLike, *, bins: int = 10
) -> float:
    """Mean over records of abs(accuracy - confidence) of their bin (doi 10.5555/3305381.3305518).

    Parameters
    ----------
    labels : int [n]
    probabilities : float [n, C]
    bins
        Equal-width bins of the probability of the most probable class.

    Examples
    --------
    >>> round(expected_calibration_error([1, 0], [[0.1, 0.9], [0.1, 0.9]]), 3)
    0.4
    """
    table = reliability(labels, probabilities, bins=bins)
    total = sum(row.n for row in table)
    return sum(row.n * abs(row.accuracy - row.confidence) for row in table if row.n) / total
