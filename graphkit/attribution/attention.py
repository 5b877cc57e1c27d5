"""Attention over k-mers, carried to nucleotides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.types import Scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.attribution.occurrences import Occurrences


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


def attention_mass(node_weights: NDArray[np.floating], nodes: Occurrences) -> tuple[Scores, float]:
    """Carry attention to nucleotides so that none is made and none is lost.

    Each k-mer's weight is split over its occurrences and their letters. Like every view of
    attention it says where the readout looked, not what the prediction rests on.

    Parameters
    ----------
    node_weights : ndarray [N]
        Attention of each node, averaged over the members of an ensemble.
    nodes
        Where the nodes occur.

    Returns
    -------
    positions : Scores [L]
        Scores whose sum is the weight of all nodes that occur.
    absent
        Weight of the nodes that do not occur.

    Examples
    --------
    >>> from graphkit.attribution.occurrences import Occurrences, Path
    >>> path = Path(np.array([0, 1]), np.array([0, 1]), width=2)
    >>> nodes = Occurrences((path,), np.array([True, True, True]))
    >>> positions, absent = attention_mass(np.array([0.5, 0.25, 0.25]), nodes)
    >>> positions.values, absent
    (array([0.25 , 0.375, 0.125]), 0.25)
    """
    weights = np.asarray(node_weights, dtype=np.float64)
    occurring = np.zeros(len(weights), dtype=bool)
    for path in nodes.paths:
        occurring[path.unit] = True
    scores = Scores(weights, range(len(weights)), provenance=nodes, name="attention")
    return scores.project(), float(weights[~occurring].sum())
