"""Measure whether borders between layers survive denoising."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphkit.errors import InputError
from graphkit.omics import log_normalise

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy import sparse

    from graphkit.builders.neighbors.table import SpotTable

_UNKNOWN = ("", "nan", "NA", "None")


class BorderContrast(NamedTuple):
    """Expression steps at borders, relative to the held-out counts.

    Parameters
    ----------
    absolute
        Of the mean absolute difference between two spots. What is left of the noise counts as
        contrast: a method that keeps more of it scores higher than the true expression does.
    signed
        Of the mean difference in the direction in which the layers differ: noise cancels, 1 is a
        step kept whole, and less is blurred.
    """

    absolute: float
    signed: float


def border_contrast(
    rates: NDArray[np.floating],
    held: sparse.csr_matrix,
    labels: ArrayLike,
    table: SpotTable,
    *,
    n_genes: int = 20,
) -> BorderContrast:
    """Return how large expression steps at borders are, relative to the held-out counts.

    Over all pairs of neighbouring spots of different layers, the mean difference of log-normalised
    expression; of the genes whose means differ most between layers in the held-out counts.

    Parameters
    ----------
    rates : ndarray [n, G]
        Denoised shares of genes, on any scale per spot.
    held : csr_matrix [n, G]
        Held-out counts.
    labels : array of str [n]
        Layer of each spot; missing values are left out.
    table
        Neighbours.
    n_genes
        How many genes are looked at.

    Raises
    ------
    InputError
        If no neighbours have different labels.
    """
    names = np.asarray(labels, dtype=object).astype(str)
    known = ~np.isin(names, _UNKNOWN)
    spot, place = np.nonzero(table.mask)
    neighbor = table.index[spot, place]
    border = known[spot] & known[neighbor] & (names[spot] != names[neighbor]) & (spot != neighbor)
    if not border.any():
        raise InputError(
            "no neighbouring spots have different labels", slot="labels", remedy="Check them."
        )
    spot, neighbor = spot[border], neighbor[border]
    totals = np.asarray(held.sum(axis=1)).ravel()
    target = float(np.median(totals[totals > 0]))
    observed = log_normalise(held, target_sum=target).toarray()
    layers = np.unique(names[known])
    layers, layer = np.unique(np.where(known, names, _UNKNOWN[0]), return_inverse=True)
    means = np.stack([observed[layer == i].mean(axis=0) for i in range(len(layers))])
    real = layers != _UNKNOWN[0]
    genes = np.argsort(-means[real].var(axis=0), kind="stable")[:n_genes]
    direction = np.sign(means[layer[spot]][:, genes] - means[layer[neighbor]][:, genes])

    def steps(values: NDArray[np.floating]) -> tuple[float, float]:
        step = values[spot][:, genes] - values[neighbor][:, genes]
        return float(np.abs(step).mean()), float((step * direction).mean())

    denoised, reference = steps(log_normalise(rates, target_sum=target).toarray()), steps(observed)
    return BorderContrast(denoised[0] / reference[0], denoised[1] / reference[1])
