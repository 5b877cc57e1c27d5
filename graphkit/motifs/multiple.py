"""Many tests at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def benjamini_hochberg(p: ArrayLike, *, n_tests: int | None = None) -> NDArray[np.float64]:
    """Return q-values: the smallest false discovery rate at which each test is called.

    Parameters
    ----------
    p : float [m]
        p-values, in any order.
    n_tests
        Tests made, where `p` holds only the smallest of them; by default `m`.

    Returns
    -------
    ndarray [m]
        In the order of `p`, never below it.

    References
    ----------
    Benjamini and Hochberg 1995, doi 10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.5, 0.02]).round(3).tolist()
    [0.03, 0.5, 0.03]
    """
    values = np.asarray(p, dtype=np.float64)
    if values.size == 0:
        return np.empty(0)
    order = np.argsort(values, kind="stable")
    total = values.size if n_tests is None else max(n_tests, values.size)
    raised = values[order] * total / np.arange(1, values.size + 1)
    q = np.empty_like(values)
    q[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return q
