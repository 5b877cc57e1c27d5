"""Measure how alike two scores of the same positions are."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

if TYPE_CHECKING:
    from numpy.typing import NDArray


def spearman(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Return the signed rank correlation of two tracks, ``[L]``, where both have scores.

    NaN where there are fewer than three such positions, or one of the tracks is constant.

    Examples
    --------
    >>> spearman(np.array([1.0, 2, np.nan, 3]), np.array([3.0, 2, 9, 1]))
    -1.0
    """
    both = np.isfinite(a) & np.isfinite(b)
    if both.sum() < 3:
        return float("nan")
    return _correlate(rankdata(a[both]), rankdata(b[both]))


def agreement(tracks: NDArray[np.floating]) -> float:
    """Return the mean rank correlation of all pairs of tracks.

    Parameters
    ----------
    tracks : ndarray [M, L]
        Scores of the same positions, NaN in the same places.

    Returns
    -------
    float
        NaN for a single track, or where a track is constant.
    """
    ranks = rankdata(tracks[:, np.isfinite(tracks).all(axis=0)], axis=1)
    pairs = [_correlate(a, b) for a, b in combinations(ranks, 2)]
    return float(np.mean(pairs)) if pairs else float("nan")


def _correlate(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    a, b = (values - values.mean() if len(values) else values for values in (a, b))
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return round(float(a @ b) / scale, 12) if scale > 0 else float("nan")
