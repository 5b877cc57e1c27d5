"""Labels and probabilities that fit each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


def checked(labels: ArrayLike, probabilities: ArrayLike) -> tuple[Integers, Floats]:
    """Return labels and probabilities as arrays that fit each other.

    Parameters
    ----------
    labels : int [n]
        Class of each record, ``0 .. C - 1``.
    probabilities : float [n, C]
        One row per record; rows sum to 1.

    Raises
    ------
    InputError
        Where shapes disagree, values are not finite, rows do not sum to 1 or a label has no
        column.
    """
    y = np.asarray(labels, dtype=np.int64)
    p = np.asarray(probabilities, dtype=np.float64)
    if p.ndim != 2 or p.shape[1] < 2 or y.shape != p.shape[:1] or len(y) == 0:
        raise InputError(
            f"labels of shape {y.shape} and probabilities of shape {p.shape} do not fit",
            slot="probabilities",
            remedy="Give one label and one row of class probabilities per record.",
        )
    if not np.isfinite(p).all() or np.abs(p.sum(axis=1) - 1).max() > 1e-3 or p.min() < 0:
        raise InputError("rows are not probabilities that sum to 1", slot="probabilities")
    if y.min() < 0 or y.max() >= p.shape[1]:
        raise InputError(f"labels outside 0..{p.shape[1] - 1}", slot="labels")
    return y, p
