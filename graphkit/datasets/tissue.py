"""Simulated layered tissue: where every gene should be, and how much of it, is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.datasets.arrays import barcodes, hexagonal_array
from graphkit.datasets.tissue_params import TissueParams, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

BACKGROUND, GRADIENT = "background", "gradient"


@dataclass(frozen=True, slots=True)
class SimulatedTissue:
    """Spots by genes, and the truth behind the counts.

    Parameters
    ----------
    counts : ndarray of int32 [n, G]
        What would be measured.
    rates : ndarray of float32 [n, G]
        True share of each gene in the expression of a spot, batch effect included; rows sum to 1.
    depth : ndarray of float64 [n]
        Expected counts of each spot: the expected counts of a gene are ``depth * rate``.
    coordinates : ndarray of float64 [n, 2]
        In micrometres, on a hexagonal grid of 100 um as on Visium; each slide has its own origin.
    array_row, array_col : ndarray of int64 [n]
        Place on the grid, as Visium counts.
    layer, slide : ndarray of int64 [n]
        Layer and slide of each spot, from 0.
    barcodes : tuple of str [n]
        Unique names of the spots.
    genes : tuple of str [G]
        Unique names of the genes.
    module : tuple of str [G]
        True group of each gene: ``"layer1"``, ``"gradient"``, ``"hotspot1"``, ``"background"``.
    """

    counts: NDArray[np.int32]
    rates: NDArray[np.float32]
    depth: NDArray[np.float64]
    coordinates: NDArray[np.float64]
    array_row: NDArray[np.int64]
    array_col: NDArray[np.int64]
    layer: NDArray[np.int64]
    slide: NDArray[np.int64]
    barcodes: tuple[str, ...]
    genes: tuple[str, ...]
    module: tuple[str, ...]

    @property
    def expected(self) -> NDArray[np.float32]:
        """True mean of the counts, [n, G]."""
        return (self.depth[:, None] * self.rates).astype(np.float32)


def simulate_tissue(params: TissueParams | None = None, *, seed: int = 0) -> SimulatedTissue:
    """Simulate tissue; the same `params` and `seed` give the same tissue.

    A slide depends on the seed and its number alone: the first of two slides is the only one of
    one.

    Parameters
    ----------
    params
        What to simulate; None for the defaults.
    seed
        >= 0.

    Returns
    -------
    SimulatedTissue
        All slides, one after the other.

    Raises
    ------
    InputError
        If `seed` is negative.

    Examples
    --------
    >>> tissue = simulate_tissue(TissueParams(n_spots=100), seed=1)
    >>> tissue.counts.shape, tissue.module[0]
    ((100, 250), 'layer1')
    """
    params = params or TissueParams()
    require(seed >= 0, "seed", seed, ">= 0")
    module = _modules(params)
    abundance = np.random.default_rng((seed, 0)).normal(0.0, 1.0, params.n_genes)
    slides = [_simulate_slide(params, module, abundance, i, seed) for i in range(params.n_slides)]
    columns = (np.concatenate(column) for column in zip(*slides, strict=True))
    counts, rates, depth, coordinates, row, col, layer, slide = columns
    n = params.n_spots
    names = tuple(f"{name}-{i + 1}" for i in range(params.n_slides) for name in barcodes(n))
    return SimulatedTissue(
        *(counts, rates, depth, coordinates, row, col, layer, slide),
        barcodes=names,
        genes=tuple(f"{name}_{i:03d}" for i, name in enumerate(module, start=1)),
        module=module,
    )


def _modules(params: TissueParams) -> tuple[str, ...]:
    layers = [
        f"layer{i + 1}" for i in range(params.n_layers) for _ in range(params.genes_per_layer)
    ]
    hotspots = [
        f"hotspot{i + 1}" for i in range(params.n_modules) for _ in range(params.genes_per_module)
    ]
    rest = [GRADIENT] * params.n_gradient
    return (*layers, *rest, *hotspots, *[BACKGROUND] * params.n_background)


def _simulate_slide(
    params: TissueParams,
    module: tuple[str, ...],
    abundance: NDArray[np.float64],
    number: int,
    seed: int,
) -> tuple[NDArray[np.generic], ...]:
    generator = np.random.default_rng((seed, 1, number))
    n = params.n_spots
    row, col, coordinates = hexagonal_array(n)
    height, layer = _layers(coordinates, params.n_layers, generator)
    pattern = {GRADIENT: 2 * height - 1, BACKGROUND: np.zeros(n)}
    for i in range(params.n_layers):
        pattern[f"layer{i + 1}"] = np.array([1.0, 0.5])[np.minimum(np.abs(layer - i), 1)] * (
            np.abs(layer - i) < 2
        )
    for i in range(params.n_modules):
        pattern[f"hotspot{i + 1}"] = _hotspots(coordinates, generator)
    # Genes of a group differ in how strongly, and gradients in which way, they follow it.
    strength = params.contrast * generator.uniform(0.6, 1.0, params.n_genes)
    strength[[name == GRADIENT and i % 2 == 1 for i, name in enumerate(module)]] *= -1
    batch = params.batch_effect * generator.normal(0.0, 1.0, params.n_genes) * (number > 0)
    logits = abundance + batch + np.column_stack([pattern[name] for name in module]) * strength
    rates = np.exp(logits - logits.max(axis=1, keepdims=True))
    rates /= rates.sum(axis=1, keepdims=True)
    depth = params.depth * np.exp(params.depth_spread * generator.normal(0.0, 1.0, n))
    counts = _counts(depth[:, None] * rates, params.dispersion, generator)
    slide = np.full(n, number, dtype=np.int64)
    return counts, rates.astype(np.float32), depth, coordinates, row, col, layer, slide


def _layers(
    coordinates: NDArray[np.float64], n_layers: int, generator: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return how far through the layers each spot is, 0 to 1, and its layer."""
    x, y = (coordinates / coordinates.max(axis=0)).T
    phase, tilt = generator.uniform(0, 2 * np.pi), generator.uniform(-0.1, 0.1)
    bent = y + 0.12 * np.sin(1.5 * np.pi * x + phase) + tilt * x
    rank = np.empty(len(bent))
    rank[np.lexsort([x, bent])] = np.arange(len(bent)) / (len(bent) - 1)
    # Thickness varies twofold at most, so that every layer has spots.
    thickness = generator.uniform(1.0, 2.0, n_layers)
    borders = np.cumsum(thickness)[:-1] / thickness.sum()
    return rank, np.searchsorted(borders, rank, side="right").astype(np.int64)


def _hotspots(
    coordinates: NDArray[np.float64], generator: np.random.Generator
) -> NDArray[np.float64]:
    """Return bumps of height 1 around three random places, [n]."""
    extent = coordinates.max(axis=0)
    centres = generator.uniform(0.1, 0.9, (3, 2)) * extent
    width = 0.1 * extent.mean()
    square = ((coordinates[:, None] - centres) ** 2).sum(axis=2)
    bumps: NDArray[np.float64] = np.exp(-square / (2 * width**2)).max(axis=1)
    return bumps


def _counts(
    mean: NDArray[np.float64], dispersion: float, generator: np.random.Generator
) -> NDArray[np.int32]:
    if dispersion > 0:
        mean = generator.gamma(1 / dispersion, dispersion * mean)
    return generator.poisson(mean).astype(np.int32)
