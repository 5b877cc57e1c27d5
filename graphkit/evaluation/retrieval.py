"""Scores of retrieval: whether what lies nearest is of the same kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def recall_at_k(labels: ArrayLike, neighbors: ArrayLike, *, k: int) -> float:
    """Return the share of queries that have one of their own label among the `k` nearest items.

    Parameters
    ----------
    labels : ndarray [m]
        Labels of the queries.
    neighbors : ndarray [m, n]
        Labels of the items nearest to each, nearest first, the query itself not among them.
    k
        How many of them count, at most n.

    Raises
    ------
    InputError
        If shapes differ, there is no query or `k` is not between 1 and n.

    Examples
    --------
    >>> recall_at_k(["B", "T"], [["T", "B"], ["B", "NK"]], k=2)
    0.5
    """
    own, found = np.asarray(labels), np.asarray(neighbors)
    if found.ndim != 2 or own.shape != found.shape[:1] or not 1 <= k <= found.shape[1]:
        raise InputError(
            f"labels {own.shape}, neighbours {found.shape}, k = {k} do not fit", slot="neighbors"
        )
    if not len(own):
        raise InputError("no query", slot="labels")
    return float((found[:, :k] == own[:, None]).any(axis=1).mean())
