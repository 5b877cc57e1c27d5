"""Molecular cross-validation: one part of the molecules is denoised, the other one judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import stats

from graphkit.builders.halves import halve
from graphkit.errors import InputError
from graphkit.omics.mapped import by_rows, column_sums, new_like, with_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from scipy import sparse

    Blocks = Iterable[tuple[slice, NDArray[np.floating]]]

MIXTURE = 0.02
"""Share of the gene frequencies in every rate: no model is infinitely wrong about one molecule."""

DISCOVERY_RATE = 0.05
"""Of the verdicts on genes."""

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


class GeneGains(NamedTuple):
    """Gain of each gene over its mean.

    Parameters
    ----------
    gain : ndarray of float64 [G]
        Nats per held-out molecule; NaN where none was held out.
    error : ndarray of float64 [G]
        Standard error of the gain, from spot to spot; other halves of the molecules give gains
        that differ as much. NaN for a gene that was held out in one spot only.
    spots : ndarray of int64 [G]
        In which it was held out.
    total
        Gain over all genes.
    """

    gain: NDArray[np.float64]
    error: NDArray[np.float64]
    spots: NDArray[np.int64]
    total: float

    def verdicts(self) -> NDArray[np.str_]:
        """Return ``yes``, ``no`` or ``not shown`` for each gene, [G].

        A gain is shown to be above 0, or below, at a false discovery rate of 5 % over the genes
        (Student's t with a degree of freedom for each spot but one).

        Examples
        --------
        >>> gain, error, spots = np.array([0.9, -0.9, 0.1]), np.full(3, 0.1), np.full(3, 50)
        >>> GeneGains(gain, error, spots, 0.0).verdicts().tolist()
        ['yes', 'no', 'not shown']
        """
        known = np.flatnonzero(self.error > 0)
        ratio = self.gain[known] / self.error[known]
        p = 2 * stats.t.sf(np.abs(ratio), self.spots[known] - 1)
        shown = stats.false_discovery_control(p) < DISCOVERY_RATE if len(known) else known
        verdicts = np.full(len(self.gain), "not shown")
        verdicts[known] = np.where(~shown, "not shown", np.where(ratio > 0, "yes", "no"))
        return verdicts


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
    second = np.subtract(counts.data, first, out=new_like(counts.data))
    return Thinned(*(by_rows(_seen, with_values(counts, values)) for values in (first, second)))


def _seen(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    found = counts.copy()
    found.eliminate_zeros()
    return found


def gene_frequencies(counts: sparse.csr_matrix) -> NDArray[np.float64]:
    """Return the share of each gene [G], half a molecule added to each so that none is 0."""
    total = column_sums(counts) + 0.5
    share: NDArray[np.float64] = total / total.sum()
    return share


def poisson_nll(
    rates: Blocks | NDArray[np.floating],
    held: sparse.csr_matrix,
    frequencies: NDArray[np.float64],
    *,
    mixture: float = MIXTURE,
) -> float:
    """Return the Poisson loss per held-out molecule, ``sum(E - H log E) / sum(H)``.

    H was held out, E is expected: the rates of each spot, mixed with `mixture` of the gene
    frequencies, times its held-out total.

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
    >>> round(poisson_nll(np.ones((1, 2)), held, np.array([0.5, 0.5])), 4)
    1.0
    """
    loss = 0.0
    for part, mixed in _shares(rates, held, frequencies, mixture):
        spot, gene = part.nonzero()
        depth = np.asarray(part.sum(axis=1, dtype=np.float64)).ravel()
        # Expected counts of a spot add up to its total, whatever the rates.
        loss += depth.sum() - (part.data * np.log(depth[spot] * mixed[spot, gene])).sum()
    return float(loss / held.sum(dtype=np.float64))


def gene_gains(
    rates: Blocks | NDArray[np.floating],
    held: sparse.csr_matrix,
    frequencies: NDArray[np.float64],
    *,
    mixture: float = MIXTURE,
) -> GeneGains:
    """Return how much less each gene loses by `rates` than by its mean; see :func:`poisson_nll`.

    Parameters
    ----------
    rates, held, frequencies, mixture
        As for :func:`poisson_nll`. The mean is `frequencies` in every spot.

    Examples
    --------
    >>> from scipy import sparse
    >>> held = sparse.csr_matrix([[6.0, 0.0], [0.0, 6.0]])
    >>> gene_gains(held.toarray(), held, np.array([0.5, 0.5])).gain.round(2).tolist()
    [0.68, 0.68]
    """
    width = held.shape[1]
    gained, square, cross, counts, counts2, spots = np.zeros((6, width))
    for part, mixed in _shares(rates, held, frequencies, mixture):
        spot, gene = part.nonzero()
        depth = np.asarray(part.sum(axis=1, dtype=np.float64))
        each = depth * (frequencies - mixed)
        each[spot, gene] += part.data * np.log(mixed[spot, gene] / frequencies[gene])
        gained += each.sum(axis=0)
        square += (each**2).sum(axis=0)
        cross += np.bincount(gene, each[spot, gene] * part.data, minlength=width)
        counts += np.bincount(gene, part.data, minlength=width)
        counts2 += np.bincount(gene, part.data**2, minlength=width)
        spots += np.bincount(gene, minlength=width)
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = gained / counts
        # What the spots add, less their share by molecules: the error of a ratio of sums.
        rest = np.maximum(square - 2 * gain * cross + gain**2 * counts2, 0)
        error = np.where(spots > 1, np.sqrt(rest * spots / (spots - 1)) / counts, np.nan)
    return GeneGains(gain, error, spots.astype(np.int64), float(gained.sum() / counts.sum()))


def _shares(
    rates: Blocks | NDArray[np.floating],
    held: sparse.csr_matrix,
    frequencies: NDArray[np.float64],
    mixture: float,
) -> Iterator[tuple[sparse.csr_matrix, NDArray[np.float64]]]:
    """Yield blocks of held-out counts, and the share of each gene; rows add up to 1."""
    for rows, block in _blocks(rates) if isinstance(rates, np.ndarray) else rates:
        part = held[rows].astype(np.float64)
        part.eliminate_zeros()
        total = np.maximum(block.sum(axis=1, dtype=np.float64, keepdims=True), _SMALLEST_RATE)
        mixed = (1 - mixture) * (block / total) + mixture * frequencies
        yield part, np.maximum(mixed, _SMALLEST_RATE)


def _blocks(rates: NDArray[np.floating]) -> Iterator[tuple[slice, NDArray[np.floating]]]:
    for start in range(0, len(rates), _BLOCK):
        part = slice(start, min(start + _BLOCK, len(rates)))
        yield part, rates[part]
