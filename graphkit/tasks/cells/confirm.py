"""Whether types that are told are there: by genes that were not read to tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.omics import log_normalise
from graphkit.tasks.cells.vote import Reference, variable

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Cells by which a type is checked.
_CHECKED = 10
CONFIRMED = 0.25
"""Correlation below which a type is not the same: types that are there have .35 and more, even
across species; those of another tissue below .3, but for cells that both have, as macrophages."""


def confirm(
    counts: sparse.csr_matrix,
    types: Ints,
    cells: sparse.csr_matrix,
    genes: Ints,
    *,
    n_top_genes: int = 2000,
    seed: int = 0,
) -> Floats:
    """Tell types by one half of the genes, and compare them with the reference by the other.

    Parameters
    ----------
    counts : csr_matrix [n, G]
        Of the reference.
    types : int64 [n]
        Types, 0 to K - 1; each occurs.
    cells : csr_matrix [m, G]
        Log-normalised genes of other cells.
    genes : int64 [g]
        Columns that may be read.
    n_top_genes
        Most variable genes that are read; half as many are compared.
    seed
        Of the halves.

    Returns
    -------
    float [K]
        Correlation, over genes that were not read, of what sets a type apart from the others here
        and in the reference; NaN for types with fewer than ten cells here.
    """
    halves = np.random.default_rng(seed).permutation(genes)
    read, other = (np.sort(half) for half in np.array_split(halves, 2))
    reference = log_normalise(counts, target_sum=1e4)
    read = variable(counts, read, n_top_genes)
    told = Reference(reference[:, read], types, seed=seed).vote(cells[:, read]).shares.argmax(1)
    other = variable(counts, other, n_top_genes // 2)
    found = np.full(types.max() + 1, np.nan)
    there = [one for one in range(len(found)) if (told == one).sum() >= _CHECKED]
    if len(there) < 2:
        return found
    sides = []
    for logged, names in ((reference, types), (cells, told)):
        table = logged[:, other].toarray()
        table = (table - table.mean(axis=0)) / (table.std(axis=0) + 0.1)
        means = np.stack([table[names == one].mean(axis=0) for one in there])
        sides.append(means - (means.sum(axis=0) - means) / (len(there) - 1))
    with np.errstate(invalid="ignore"):  # genes that never vary there
        found[there] = [np.corrcoef(*pair)[0, 1] for pair in zip(*sides, strict=True)]
    return found
