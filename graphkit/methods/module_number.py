"""How many modules: the fewest that describe the other half of the molecules as well as any."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from graphkit.methods.module_consensus import cluster

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from graphkit.methods.module_consensus import TMixtureSettings

    Pair = tuple[NDArray[np.floating], NDArray[np.floating]]


def held_out_fit(
    halves: Sequence[Pair], n_modules: int, *, seed: int, settings: TMixtureSettings | None = None
) -> list[float]:
    """Fit a t mixture to one half's embeddings and judge it on the other's.

    Parameters
    ----------
    halves : list of (float [G, D], float [G, D])
        Embeddings of the same genes from two halves of their molecules.
    n_modules
        Components.
    seed
        Of k-means.
    settings
        Of the mixture.

    Returns
    -------
    list of float
        Mean log-density of the second half's embeddings, one per pair.
    """
    found = []
    for first, second in halves:
        mixture, _ = cluster(first, n_modules, seed=seed, restarts=3, settings=settings)
        points = torch.from_numpy(np.asarray(second, dtype=np.float64))
        found.append(float(mixture.log_density(points).mean()))
    return found


def smallest_within_error(scores: Mapping[int, Sequence[float]]) -> int:
    """Return the smallest number whose mean score is within one standard error of the best.

    Parameters
    ----------
    scores : mapping of int to list of float
        Scores of each candidate; higher is better.

    Examples
    --------
    >>> smallest_within_error({2: [0.0, 0.2], 5: [0.9, 1.1], 9: [1.0, 1.2]})
    5
    """
    means = {k: float(np.mean(values)) for k, values in scores.items()}
    best = max(means, key=lambda k: means[k])
    values = scores[best]
    error = float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
    return min(k for k, mean in means.items() if mean >= means[best] - error)
