"""The baseline domains have to beat: principal components averaged over space, then k-means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree
from sklearn.cluster import KMeans

if TYPE_CHECKING:
    from numpy.typing import NDArray


def smoothed_kmeans(
    components: NDArray[np.floating],
    points: NDArray[np.floating],
    n_domains: int,
    *,
    hops: int = 2,
    n_components: int = 15,
    n_neighbors: int = 18,
    seed: int = 0,
) -> NDArray[np.int64]:
    """Cluster spots by their smoothed principal components.

    Parameters
    ----------
    components : ndarray [n, d]
        Principal components; the first `n_components` are read.
    points : ndarray [n, 2]
        Coordinates.
    n_domains
        Clusters.
    hops
        Times that a spot is averaged with its `n_neighbors` nearest.
    seed
        Of k-means.

    Returns
    -------
    ndarray [n]
        Clusters from 0.

    Examples
    --------
    >>> line = np.arange(20.0)
    >>> components = np.where(line < 10, 0.0, 5.0)[:, None]
    >>> labels = smoothed_kmeans(components, np.stack([line, line], 1), 2, n_neighbors=2)
    >>> bool((labels[:9] == labels[0]).all() and labels[0] != labels[-1])
    True
    """
    n = len(components)
    k = min(n_neighbors + 1, n)
    _, nearest = cKDTree(points).query(points, k=k)
    rows = np.repeat(np.arange(n), k)
    mean = sparse.csr_matrix((np.full(n * k, 1 / k), (rows, np.ravel(nearest))), shape=(n, n))
    values = np.asarray(components, dtype=np.float64)[:, :n_components]
    for _ in range(hops):
        values = mean @ values
    found = KMeans(n_domains, n_init=10, random_state=seed).fit_predict(values)
    return found.astype(np.int64)
