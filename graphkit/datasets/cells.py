"""Simulated cells: their types, batches, doublets and wrong labels are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.datasets.arrays import barcodes
from graphkit.datasets.tissue import negative_binomial, require

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class CellsParams:
    """Parameters of simulated cells.

    Parameters
    ----------
    n_cells
        Cells in all.
    n_types
        Types, of unequal sizes.
    unequal
        How unequal: the largest type has `unequal` times the cells of the smallest.
    genes_per_type
        Genes that each type has more of than the others.
    n_background
        Genes that are the same in all types.
    contrast
        Largest change of a type's genes, as a natural logarithm; 0 makes all genes background.
    n_programs
        Programs of genes, each cell's own mix of them: what varies within types.
    n_batches
        Batches: each has all types.
    batch_effect
        Standard deviation of the logarithm of a batch's factor on each gene.
    doublets
        Share of the cells that are two cells of different types.
    wrong_labels
        Share of the cells whose label is that of another type.
    depth, depth_spread
        Median counts per cell, and the standard deviation of their logarithm.
    dispersion
        Of the negative binomial: variance = mean + dispersion * mean^2; 0 for Poisson counts.

    Raises
    ------
    InputError
        Naming the argument that makes no sense.

    Examples
    --------
    >>> CellsParams().n_genes
    500
    """

    n_cells: int = 1000
    n_types: int = 6
    unequal: float = 5.0
    genes_per_type: int = 20
    n_background: int = 380
    contrast: float = 2.0
    n_programs: int = 3
    n_batches: int = 1
    batch_effect: float = 0.3
    doublets: float = 0.0
    wrong_labels: float = 0.0
    depth: float = 2000.0
    depth_spread: float = 0.4
    dispersion: float = 0.1

    def __post_init__(self) -> None:
        for name, least in (("n_types", 2), ("n_batches", 1), ("n_background", 1), ("unequal", 1)):
            require(getattr(self, name) >= least, name, getattr(self, name), f">= {least}")
        for name in ("genes_per_type", "n_programs", "contrast", "batch_effect", "depth_spread"):
            require(getattr(self, name) >= 0, name, getattr(self, name), ">= 0")
        for name in ("doublets", "wrong_labels"):
            require(0 <= getattr(self, name) < 1, name, getattr(self, name), "from 0 to below 1")
        require(self.dispersion >= 0, "dispersion", self.dispersion, ">= 0")
        require(self.depth > 0, "depth", self.depth, "> 0")
        least = 5 * self.n_types
        require(self.n_cells >= least, "n_cells", self.n_cells, f">= {least}, five per type")

    @property
    def n_genes(self) -> int:
        """Genes in all."""
        return self.n_types * self.genes_per_type + self.n_background


@dataclass(frozen=True, slots=True)
class SimulatedCells:
    """Cells by genes, and the truth behind the counts.

    Parameters
    ----------
    counts : ndarray of int32 [n, G]
        What would be measured.
    types : ndarray of int64 [n]
        Type of each cell, from 0; of a doublet that of its first cell.
    labels : ndarray of int64 [n]
        The same, some of them wrong.
    doublet : ndarray of bool [n]
        Whether it is two cells.
    batch : ndarray of int64 [n]
        Batch of each cell, from 0.
    barcodes : tuple of str [n]
        Unique names of the cells.
    genes : tuple of str [G]
        Unique names of the genes.
    marker_of : ndarray of int64 [G]
        Type that has more of the gene; -1 for none.
    """

    counts: NDArray[np.int32]
    types: NDArray[np.int64]
    labels: NDArray[np.int64]
    doublet: NDArray[np.bool_]
    batch: NDArray[np.int64]
    barcodes: tuple[str, ...]
    genes: tuple[str, ...]
    marker_of: NDArray[np.int64]


def simulate_cells(params: CellsParams | None = None, *, seed: int = 0) -> SimulatedCells:
    """Simulate single cells; the same `params` and `seed` give the same cells.

    Parameters
    ----------
    params
        What to simulate; None for the defaults.
    seed
        >= 0.

    Returns
    -------
    SimulatedCells
        In random order.

    Raises
    ------
    InputError
        If `seed` is negative.

    Examples
    --------
    >>> cells = simulate_cells(CellsParams(n_cells=100, doublets=0.1), seed=1)
    >>> cells.counts.shape, int(cells.doublet.sum())
    ((100, 500), 10)
    """
    params = params or CellsParams()
    require(seed >= 0, "seed", seed, ">= 0")
    rng = np.random.default_rng(seed)
    n, genes = params.n_cells, params.n_genes
    marker_of = np.full(genes, -1)
    marker_of[: params.n_types * params.genes_per_type] = np.repeat(
        np.arange(params.n_types), params.genes_per_type
    )
    effect = params.contrast * rng.uniform(0.4, 1.0, genes)
    level = rng.normal(0, 1, genes)
    level = level + effect * (marker_of == np.arange(params.n_types)[:, None])
    programs = rng.normal(0, 0.3, (params.n_programs, genes)) * (
        rng.random((params.n_programs, genes)) < 0.1
    )
    shift = params.batch_effect * rng.normal(0, 1, (params.n_batches, genes))
    types = rng.permutation(_types(params))
    batch = rng.integers(0, params.n_batches, n)
    doublet = rng.permutation(n) < round(params.doublets * n)

    def counted(kinds: NDArray[np.int64]) -> NDArray[np.int32]:
        logits = level[kinds] + shift[batch] + rng.normal(0, 1, (n, params.n_programs)) @ programs
        rates = np.exp(logits)
        rates /= rates.sum(axis=1, keepdims=True)
        depth = params.depth * np.exp(params.depth_spread * rng.normal(0, 1, (n, 1)))
        return negative_binomial(depth * rates, params.dispersion, rng)

    other = (types + rng.integers(1, params.n_types, n)) % params.n_types
    counts = counted(types) + doublet[:, None] * counted(other)
    wrong = rng.permutation(n) < round(params.wrong_labels * n)
    mistaken = (types + rng.integers(1, params.n_types, n)) % params.n_types
    names = [f"type{one + 1}" if one >= 0 else "background" for one in marker_of]
    return SimulatedCells(
        counts,
        types,
        np.where(wrong, mistaken, types),
        doublet,
        batch,
        barcodes=tuple(f"{name}-1" for name in barcodes(n)),
        genes=tuple(f"{name}_{i:03d}" for i, name in enumerate(names, start=1)),
        marker_of=marker_of,
    )


def _types(params: CellsParams) -> NDArray[np.int64]:
    """Return the types, in order, their sizes a geometric series."""
    share = params.unequal ** -np.linspace(0, 1, params.n_types)
    borders = np.round(np.cumsum(share) / share.sum() * params.n_cells)
    return np.searchsorted(borders, np.arange(params.n_cells), side="right").astype(np.int64)
