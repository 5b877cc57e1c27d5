"""Attention over k-mers, carried to nucleotides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.types import Scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.types import Provenance


def attention_track(
    weights: NDArray[np.floating], counts: NDArray[np.floating], provenance: Provenance
) -> NDArray[np.float64]:
    """Return the published attention map: each nucleotide gets the mean weight of its k-mers.

    A k-mer's weight is not divided by how often it occurs, so this map does not conserve mass. It
    is a view of what the readout weighed, not evidence of what the prediction rests on.

    Parameters
    ----------
    weights : ndarray [U]
        Attention of each unit, averaged over the members of an ensemble; 0 for edges.
    counts : ndarray [U]
        Occurrences of each unit; 0 for edges.
    provenance
        Where the units came from.

    Returns
    -------
    ndarray [L]
        Scores that sum to 1; NaN where no valid k-mer covers the position.

    References
    ----------
    doi:10.26599/BDMA.2024.9020002
    """
    # Times its occurrences, a unit's score is no longer split over them.
    total, cover = (
        Scores(values, range(len(values)), provenance=provenance).project().values
        for values in (np.multiply(weights, counts, dtype=np.float64), np.asarray(counts))
    )
    mean = total / cover
    return mean / np.nansum(mean)


def attention_mass(weights: NDArray[np.floating], provenance: Provenance) -> tuple[Scores, float]:
    """Carry attention to nucleotides so that none is made and none is lost.

    Each unit's weight is split over its occurrences and their letters. Like every view of
    attention it says where the readout looked, not what the prediction rests on.

    Parameters
    ----------
    weights : ndarray [U]
        Attention of each unit, averaged over the members of an ensemble.
    provenance
        Where the units came from.

    Returns
    -------
    positions : Scores [L]
        Scores whose sum is the weight of all units that occur.
    absent
        Weight of the units that do not occur.
    """
    values = np.asarray(weights, dtype=np.float64)
    units = Scores(values, range(len(values)), provenance=provenance, name="attention")
    positions = units.project()
    return positions, float(values.sum() - np.nansum(positions.values))
