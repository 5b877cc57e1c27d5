"""Molecular cross-validation: one part of the molecules is denoised, the other one judges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphkit.builders.halves import halve
from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from scipy import sparse

    Blocks = Iterable[tuple[slice, NDArray[np.floating]]]

MIXTURE = 0.02
"""Share of the gene frequencies in every rate: no model is infinitely wrong about one molecule."""

_BLOCK = 1024
_SMALLEST_RATE = 1e-30


class Thinned(NamedTuple):
    """Counts in two parts that add up to the whole.

    Parameters
    ----------
    train, held : csr_matrix of float32 [n, G]
        Independent where counts are Poisson.
    """

    train: sparse.csr_matrix
    held: sparse.csr_matrix


@dataclass(frozen=True)
class GeneLosses:
    """Poisson loss of each gene.

    Parameters
    ----------
    loss : ndarray of float64 [G]
        Sum over spots of ``E - H log E``: E is expected, H was held out.
    counts : ndarray of float64 [G]
        Molecules held out.
    """

    loss: NDArray[np.float64]
    counts: NDArray[np.float64]

    @property
    def total(self) -> float:
        """Loss per held-out molecule over all genes, in nats."""
        return float(self.loss.sum() / self.counts.sum())

    @property
    def per_gene(self) -> NDArray[np.float64]:
        """Loss per held-out molecule of each gene; NaN where none was held out."""
        out = np.full(len(self.loss), np.nan)
        return np.divide(self.loss, self.counts, out=out, where=self.counts > 0)


def thin(counts: sparse.csr_matrix, *, p: float = 0.5, seed: int = 0) -> Thinned:
    """Put each molecule into the first part with probability `p`, else into the second.

    Parameters
    ----------
    counts : csr_matrix [n, G]
        Raw counts.
    p
        Share of the first part, 0 < p < 1.
    seed
        Of the draws.

    Raises
    ------
    InputError
        If `p` is no such share.

    References
    ----------
    Batson et al. 2019, doi:10.1101/786269.

    Examples
    --------
    >>> from scipy import sparse
    >>> train, held = thin(sparse.csr_matrix([[4.0, 0.0], [9.0, 1.0]]))
    >>> (train + held).toarray().tolist()
    [[4.0, 0.0], [9.0, 1.0]]
    """
    if not 0 < p < 1:
        raise InputError(f"is {p}", slot="p", remedy="Choose a share between 0 and 1.")
    generator = np.random.default_rng(seed)
    if p == 0.5:
        first = halve(counts.data, generator)
    else:
        first = generator.binomial(np.asarray(counts.data).astype(np.int64), p).astype(np.float32)
    parts = [counts.copy(), counts.copy()]
    for part, data in zip(parts, (first, counts.data - first), strict=True):
        part.data = data.astype(np.float32)
        part.eliminate_zeros()
    return Thinned(*parts)


def gene_frequencies(counts: sparse.csr_matrix) -> NDArray[np.float64]:
    """Return the share of each gene [G], half a molecule added to each so that none is 0."""
    total = np.asarray(counts.sum(axis=0, dtype=np.float64)).ravel() + 0.5
    share: NDArray[np.float64] = total / total.sum()
    return share


def gene_losses(
    rates: Blocks | NDArray[np.floating],
    held: sparse.csr_matrix,
    frequencies: NDArray[np.float64],
    *,
    mixture: float = MIXTURE,
) -> GeneLosses:
    """Return the Poisson loss of `rates` on held-out counts.

    The rates of each spot are scaled to its held-out total, after they are mixed with `mixture` of
    the gene frequencies.

    Parameters
    ----------
    rates : ndarray [n, G], or blocks of it as (slice, ndarray [b, G])
        Shares of genes, on any scale per spot.
    held : csr_matrix [n, G]
        Held-out counts.
    frequencies : ndarray [G]
        :func:`gene_frequencies` of the training part.
    mixture
        Share of `frequencies`.

    Examples
    --------
    >>> from scipy import sparse
    >>> held = sparse.csr_matrix([[1.0, 1.0]])
    >>> round(gene_losses(np.ones((1, 2)), held, np.array([0.5, 0.5])).total, 4)
    1.0
    """
    loss, counts = np.zeros(held.shape[1]), np.zeros(held.shape[1])
    for rows, block in _blocks(rates) if isinstance(rates, np.ndarray) else rates:
        observed = held[rows].toarray().astype(np.float64)
        share = block / np.maximum(block.sum(axis=1, keepdims=True), _SMALLEST_RATE)
        mixed = (1 - mixture) * share + mixture * frequencies
        expected = observed.sum(axis=1, keepdims=True) * mixed
        log_expected = np.log(np.maximum(expected, _SMALLEST_RATE))
        loss += (expected - observed * log_expected).sum(axis=0)
        counts += observed.sum(axis=0)
    return GeneLosses(loss, counts)


def poisson_nll(
    rates: Blocks | NDArray[np.floating],
    held: sparse.csr_matrix,
    frequencies: NDArray[np.float64],
    *,
    mixture: float = MIXTURE,
) -> float:
    """Return ``sum(E - H log E) / sum(H)``, as :func:`gene_losses` has it; lower is better."""
    return gene_losses(rates, held, frequencies, mixture=mixture).total


def mean_losses(held: sparse.csr_matrix, frequencies: NDArray[np.float64]) -> GeneLosses:
    """Return the loss of the gene mean: every spot gets the same shares."""
    return gene_losses(np.broadcast_to(frequencies, held.shape), held, frequencies)


def _blocks(rates: NDArray[np.floating]) -> Iterator[tuple[slice, NDArray[np.floating]]]:
    for start in range(0, len(rates), _BLOCK):
        part = slice(start, min(start + _BLOCK, len(rates)))
        yield part, rates[part]
