"""What a simulated tissue is made of."""

from __future__ import annotations

from dataclasses import dataclass

from graphkit.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class TissueParams:
    """What to simulate.

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


def require(condition: bool, slot: str, value: object, wanted: str) -> None:
    """Refuse the number `value` of the parameter `slot` unless it is as wanted."""
    if not condition:
        raise InputError(f"is {value}", slot=slot, remedy=f"Give a number {wanted}.")
