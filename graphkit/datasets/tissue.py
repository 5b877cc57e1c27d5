"""Simulated layered tissue: where every gene should be, and how much of it, is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.datasets.arrays import barcodes, hexagonal_array
from graphkit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

BACKGROUND, GRADIENT = "background", "gradient"


@dataclass(frozen=True, slots=True, kw_only=True)
class TissueParams:
    """Parameters of simulated tissue.

    Parameters
    ----------
    n_spots
        Spots per slide.
    n_layers
        Layers with curved borders, stacked along y.
    genes_per_layer
        Genes that each layer has more of than the others, half as much in the layers beside it.
    n_gradient
        Genes that rise or fall steadily through the layers.
    n_modules, genes_per_module
        Groups of genes that share a few round hotspots, and their size.
    n_background
        Genes that are the same everywhere.
    contrast
        Largest change of the genes above, as a natural logarithm; 0 makes all genes background.
    depth, depth_spread
        Median counts per spot, and the standard deviation of their logarithm.
    dispersion
        Of the negative binomial: variance = mean + dispersion * mean^2; 0 for Poisson counts.
    n_slides
        Slides: each has its own borders, hotspots and, but for the first, batch effect.
    batch_effect
        Standard deviation of the logarithm of a slide's factor on each gene.

    Raises
    ------
    InputError
        Naming the argument that makes no sense.

    Examples
    --------
    >>> TissueParams().n_genes
    250
    """

    n_spots: int = 1000
    n_layers: int = 6
    genes_per_layer: int = 15
    n_gradient: int = 15
    n_modules: int = 4
    genes_per_module: int = 15
    n_background: int = 85
    contrast: float = 1.5
    depth: float = 600.0
    depth_spread: float = 0.4
    dispersion: float = 0.1
    n_slides: int = 1
    batch_effect: float = 0.3

    def __post_init__(self) -> None:
        for name, least in (("n_layers", 1), ("n_slides", 1), ("n_background", 1)):
            require(getattr(self, name) >= least, name, getattr(self, name), f">= {least}")
        for name in ("genes_per_layer", "n_gradient", "n_modules", "genes_per_module"):
            require(getattr(self, name) >= 0, name, getattr(self, name), ">= 0")
        for name in ("contrast", "depth_spread", "dispersion", "batch_effect"):
            require(getattr(self, name) >= 0, name, getattr(self, name), ">= 0")
        require(self.depth > 0, "depth", self.depth, "> 0")
        least = 10 * self.n_layers
        require(self.n_spots >= least, "n_spots", self.n_spots, f">= {least}, ten per layer")

    @property
    def n_genes(self) -> int:
        """Genes in all."""
        return (
            self.n_layers * self.genes_per_layer
            + self.n_gradient
            + self.n_modules * self.genes_per_module
            + self.n_background
        )


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
    counts = negative_binomial(depth[:, None] * rates, params.dispersion, generator)
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


def negative_binomial(
    mean: NDArray[np.float64], dispersion: float, generator: np.random.Generator
) -> NDArray[np.int32]:
    """Draw counts whose variance is mean + dispersion * mean^2."""
    if dispersion > 0:
        mean = generator.gamma(1 / dispersion, dispersion * mean)
    return generator.poisson(mean).astype(np.int32)


def require(condition: bool, slot: str, value: object, wanted: str) -> None:
    """Refuse the number `value` of the parameter `slot` unless it is as wanted."""
    if not condition:
        raise InputError(f"is {value}", slot=slot, remedy=f"Give a number {wanted}.")
