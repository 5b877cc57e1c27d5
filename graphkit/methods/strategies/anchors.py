"""Anchors: the items whose label their neighbours bear out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import pairwise_distances_argmin
from sklearn.neighbors import NearestNeighbors

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.floating]


def graph_anchors(
    labels: NDArray[np.integer],
    points: Floats,
    *,
    own_space: Callable[[int], Floats] | None = None,
    n_neighbors: int = 20,
    purity: float = 0.8,
    share: float = 0.6,
) -> NDArray[np.bool_]:
    """Return which items are sure of their label: pure, dense, and nearest to their own class.

    Of each class those stay that have more than `purity` of their nearest items, by cosine, in the
    same class; of these the `share` whose neighbours are nearest; of these all but those that are
    nearer to the mean of another class.

    Parameters
    ----------
    labels : ndarray of int [n]
        Class of each item, from 0; items below 0 have none and are no anchors.
    points : ndarray [n, d]
        Where classes have their means, and items their neighbours.
    own_space
        Returns where neighbours of a class are looked for, [n, d'], such as its marker genes;
        `points` where not given.
    n_neighbors
        Nearest items of each.
    purity, share
        As above.

    Raises
    ------
    InputError
        If there is no labelled item, or another number of labels than of points.

    References
    ----------
    After scCoRR, Big Data Mining and Analytics 2025, 8(5):997.

    Examples
    --------
    >>> points = np.repeat([[1.0, 0.0], [0.0, 1.0]], 10, axis=0)
    >>> labels = np.repeat([0, 1], 10)
    >>> labels[0] = 1  # among ten of the other class
    >>> graph_anchors(labels, points, n_neighbors=5, purity=0.7, share=1.0)[:3].tolist()
    [False, True, True]
    """
    known = np.flatnonzero(labels >= 0)
    if len(labels) != len(points) or not len(known):
        raise InputError(f"{len(known)} labels for {len(points)} items", slot="labels")
    names, place = np.unique(labels[known], return_inverse=True)
    anchors = np.zeros(len(labels), dtype=bool)
    k = min(n_neighbors, len(known) - 1)
    for number, name in enumerate(names):
        mine = np.flatnonzero(place == number)
        space = np.asarray(points if own_space is None else own_space(int(name)))[known]
        search = NearestNeighbors(n_neighbors=k + 1, metric="cosine").fit(space)
        far, near = search.kneighbors(space[mine])
        # The item itself is among its neighbours, though not always the first of those tied.
        same = ((place[near] == number).sum(axis=1) - 1) / max(k, 1)
        distance = far.sum(axis=1) / max(k, 1)
        pure = same > purity
        if pure.any():
            anchors[known[mine[pure & (distance <= np.quantile(distance[pure], share))]]] = True
    means = np.stack([points[known[place == one]].mean(axis=0) for one in range(len(names))])
    anchors[known[pairwise_distances_argmin(points[known], means) != place]] = False
    return anchors
