"""Attention over k-mers, carried to nucleotides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def attention_track(
    node_weights: NDArray[np.floating],
    path_index: NDArray[np.int64],
    position: NDArray[np.int64],
    *,
    k: int,
    length: int,
) -> NDArray[np.float64]:
    """Return the published attention map: each nucleotide gets the mean weight of its k-mers.

    A k-mer's weight is not divided by how often it occurs, so this map does not conserve mass. It
    is a view of what the readout weighed, not evidence of what the prediction rests on.

    Parameters
    ----------
    node_weights : ndarray [N]
        Attention of each node, averaged over the members of an ensemble.
    path_index : ndarray [P]
        Node of each valid k-mer, in order.
    position : ndarray [P]
        0-based start of each valid k-mer in the sequence.
    k
        Letters per k-mer.
    length
        Letters in the sequence.

    Returns
    -------
    ndarray [L]
        Scores that sum to 1; NaN where no valid k-mer covers the position.

    References
    ----------
    doi:10.26599/BDMA.2024.9020002

    Examples
    --------
    >>> attention_track(np.array([0.75, 0.25]), np.array([0, 1]), np.array([0, 1]), k=2, length=4)
    array([0.5       , 0.33333333, 0.16666667,        nan])
    """
    total, cover = np.zeros(length + 1), np.zeros(length + 1)
    weight = np.asarray(node_weights, dtype=np.float64)[path_index]
    for offset in range(k):
        total[position + offset] += weight
        cover[position + offset] += 1
    mean = np.full(length, np.nan)
    np.divide(total[:length], cover[:length], out=mean, where=cover[:length] > 0)
    return mean / np.nansum(mean)
