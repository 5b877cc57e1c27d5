"""Length as a score: what a classifier must beat before anything was trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

from graphkit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def length_score(
    labels: ArrayLike, lengths: ArrayLike, *, classes: int | None = None
) -> NDArray[np.float64]:
    """Score records by the rank of their length, for each class in the better direction.

    Nothing is fitted but the direction, which is read off the scored records themselves: length
    is given the benefit of the doubt. Only the order of a column means something, so AUROC is a
    fair number and Brier score or calibration error is not.

    Parameters
    ----------
    labels : int [n]
        Classes, ``0 .. C - 1``.
    lengths : int [n]
        Nucleotides of each record.
    classes
        C; default the greatest label plus one, at least two.

    Returns
    -------
    float [n, C]
        Between 0 and 1, rows sum to 1. Column c rises with length where records of class c are
        longer than the others, and falls where they are shorter.

    Raises
    ------
    InputError
        Where labels and lengths differ in number.

    Examples
    --------
    >>> length_score([0, 1, 1, 0], [900, 200, 300, 400])[:, 1]
    array([0.125, 0.875, 0.625, 0.375])
    """
    y, length = np.asarray(labels, dtype=np.int64), np.asarray(lengths, dtype=np.float64)
    if y.shape != length.shape or y.ndim != 1:
        raise InputError(f"labels {y.shape} and lengths {length.shape} differ", slot="lengths")
    n_classes = classes or max(2, int(y.max(initial=0)) + 1)
    centred = (rankdata(length) - 0.5) / max(1, len(length)) - 0.5
    # A class's summed rank above the mean has the sign of its AUROC above one half, and over
    # classes these sums cancel: rows keep the sum 1 whatever the direction of each column.
    lean = np.bincount(y, weights=centred - centred.mean(), minlength=n_classes)
    most = np.abs(lean).max(initial=0)
    if most > 0:
        lean = lean / most
    return np.asarray(1 / n_classes + 2 / n_classes * np.outer(centred, lean))
