"""How many domains there are: as many as two halves of a tissue agree on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import adjusted_rand_score

from graphkit.tasks.domains.smoothing import explained_variance, half_maps, kmeans, score_smoothings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.tasks.domains.smoothing import Halves, Places

HOW_OFTEN = "right or one off in 18 of 26 simulated tissues"
"""What is known of numbers that are called determined (``benchmarks/domains.py``)."""
RULE = (
    "the number with the highest agreement of k-means of two halves of the spots, times the square "
    "of the share of the variance of held-out molecules between clusters; determined where halves "
    "agree by .5 or more, not at the largest number, where none but the next comes within 2 % of "
    f"it, and never without counts: {HOW_OFTEN}"
)
SMALLEST, LARGEST = 2, 14
# Set on simulated tissue.
_POWER, _AGREED, _MARGIN = 2.0, 0.5, 0.02
_SPLITS, _STARTS = 3, 5
USUAL_NUMBER = 6
"""Domains for which smoothing is chosen where their number is open."""


@dataclass(frozen=True)
class DomainNumber:
    """A number of domains, and where it comes from.

    Parameters
    ----------
    chosen
        The number.
    determined
        Whether the tissue says so, which is not always right; else it is a fallback.
    curve : dict of int to float
        What each number scores.
    """

    chosen: int
    determined: bool
    curve: dict[int, float]


def choose_number(
    table: NDArray[np.floating], halves: Halves, places: Places, *, counted: bool, seed: int = 0
) -> DomainNumber:
    """Choose a number of domains, by agreement between halves of the spots and of the molecules.

    Parameters
    ----------
    table : ndarray [n, F]
        Features of spots.
    halves
        As :func:`~graphkit.tasks.domains.smoothing.score_smoothings` takes them.
    places
        Of the spots.
    counted
        Whether the halves are of molecules: those of features do not determine a number.
    seed
        Of k-means and of the halves.
    """
    numbers = [k for k in range(SMALLEST, LARGEST + 1) if k <= len(table) // 4]
    if not numbers:
        return DomainNumber(1, determined=False, curve={})
    usual = min(USUAL_NUMBER, numbers[-1])
    smoothing = score_smoothings(table, halves, places, n_domains=usual, seed=seed)[0].smoothing
    agreed, told = np.zeros((2, len(numbers)))
    for split in range(_SPLITS):
        one, two = (values for _, values in half_maps(table, places, smoothing, seed=seed + split))
        both = np.concatenate([one, two])
        for i, k in enumerate(numbers):
            models = [kmeans(half, k, seed=seed + split, starts=_STARTS) for half in (one, two)]
            agreed[i] += adjusted_rand_score(*(model.predict(both) for model in models)) / _SPLITS
    for first, second in halves:
        smooth = smoothing.apply(first, places)
        for i, k in enumerate(numbers):
            labels = kmeans(smooth, k, seed=seed, starts=_STARTS).labels_
            # Labels of nothing explain some, the more of them the more.
            left = (1 - explained_variance(second, labels)) * (len(table) - 1) / (len(table) - k)
            told[i] += (1 - left) / len(halves)
    scores = agreed * np.maximum(told, 0.0) ** _POWER
    best = int(scores.argmax())
    far = np.abs(np.arange(len(numbers)) - best) > 1
    clear = agreed[best] >= _AGREED and (scores[far] < (1 - _MARGIN) * scores[best]).all()
    curve = dict(zip(numbers, scores.tolist(), strict=True))
    determined = counted and bool(clear) and best + 1 < len(numbers)
    return DomainNumber(numbers[best], determined, curve)
