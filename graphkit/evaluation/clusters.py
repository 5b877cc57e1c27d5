"""Labels of clusterings: how far two agree, and what several say together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int64]


def agreement(first: Sequence[object], second: Sequence[object]) -> tuple[float, float]:
    """Return the adjusted Rand index and the normalised mutual information of two labelings.

    Parameters
    ----------
    first, second : sequence [n]
        Labels; names do not matter.

    Examples
    --------
    >>> agreement("aabb", [1, 1, 0, 0])
    (1.0, 1.0)
    """
    if len(first) != len(second):
        raise InputError(f"{len(first)} and {len(second)} labels", slot="labels")
    one, two = (
        np.unique(list(first), return_inverse=True)[1],
        np.unique(list(second), return_inverse=True)[1],
    )
    return (
        float(adjusted_rand_score(one, two)),
        float(normalized_mutual_info_score(one, two)),
    )


def aligned(reference: Floats, posterior: Floats) -> Labels:
    """Return the order in which clusters overlap most with those of a reference, [K].

    Parameters
    ----------
    reference, posterior : ndarray [n, K]
        Probabilities of clusters.
    """
    _, columns = linear_sum_assignment(-(reference.T @ posterior))
    return np.asarray(columns, dtype=np.int64)


def match_and_average(
    posteriors: Sequence[Floats], *, rounds: int = 5
) -> tuple[Floats, Floats, Labels]:
    """Return what several clusterings into K say together, and how far they agree spot by spot.

    Clusters are matched to the running mean by overlap, so that nothing grows with pairs of spots.

    Parameters
    ----------
    posteriors : sequence of ndarray [n, K]
        Probabilities of clusters, one array per clustering.
    rounds
        Times that clusters are matched anew, at least once.

    Returns
    -------
    posterior : ndarray [n, K]
        Mean probabilities.
    stability : ndarray [n]
        Share of the clusterings whose most probable cluster is that of the mean.
    order : int ndarray [M, K]
        Where each clustering has the clusters of the mean.

    Examples
    --------
    >>> one = np.array([[1.0, 0], [1, 0], [0, 1]])
    >>> mean, stability, order = match_and_average([one, one[:, ::-1], one])
    >>> mean.argmax(axis=1), stability, order.tolist()
    (array([0, 0, 1]), array([1., 1., 1.]), [[0, 1], [1, 0], [0, 1]])
    """
    if not posteriors:
        raise InputError("nothing to agree on", slot="posteriors")
    mean = np.asarray(posteriors[0], dtype=np.float64)
    for _ in range(rounds):
        order = [aligned(mean, one) for one in posteriors]
        matched = [one[:, columns] for one, columns in zip(posteriors, order, strict=True)]
        mean = np.mean(matched, axis=0)
    chosen = mean.argmax(axis=1)
    stability = np.mean([one.argmax(axis=1) == chosen for one in matched], axis=0)
    return mean, stability, np.stack(order)
