"""A second simulator of tissue, built otherwise than the package's own.

Domains are mixtures of cell types, in rings, patches, islands or bands, on grids or scattered, of
one cell a spot or several. A rule that was tuned to one simulator shows it on the other.
"""

from typing import Any

import anndata
import numpy as np
from common import show
from numpy.typing import NDArray
from scipy.spatial import cKDTree

SHAPES = ("bands", "rings", "patches", "islands")


def other_tissue(seed: int, *, n_spots: int = 0, n_domains: int = 0) -> anndata.AnnData:
    """Simulate a tissue; size, number of domains, shape and technique follow from the seed.

    Where a spot is one cell, ``obs["cell_type"]`` says of which kind.
    """
    rng = np.random.default_rng((77, seed))
    n = n_spots or int(np.exp(rng.uniform(np.log(120), np.log(2500))))
    k = n_domains or min(int(rng.integers(2, 11)), max(2, n // 25))
    cells = int(rng.choice([1, 1, 3, 8]))
    points = _grid(n, rng) if cells > 1 else _scattered(n, rng)
    labels = _labels(points, str(rng.choice(SHAPES)), k, rng)
    n_genes, n_types = int(rng.choice([60, 150, 300])), int(rng.integers(3, 12))
    base = rng.normal(-1, 1.2, n_genes)
    types = base + _marked((n_types, n_genes), 0.12, rng) * rng.uniform(1, 2.2)
    share = rng.uniform(0.55, 0.95)
    mixed = rng.dirichlet(np.full(n_types, rng.uniform(0.3, 1.5)), k)
    mixed = share * mixed + (1 - share) * rng.dirichlet(np.full(n_types, 2.0))
    regional = _marked((k, n_genes), 0.1, rng) * rng.uniform(0.2, 1.8)
    rates = np.zeros((n, n_genes))
    for _ in range(cells):
        kind = np.array([rng.choice(n_types, p=mixed[one]) for one in labels])
        rates += np.exp(types[kind] + regional[labels]) * rng.lognormal(0, 0.4, (n, 1))
    lateral = rng.random(n_genes) < 0.05
    rates[:, lateral] *= np.exp(0.5 * _field(points, rng, 0.6)[:, None])
    depth = np.exp(rng.uniform(np.log(60), np.log(1500))) * rng.lognormal(0, 0.4, (n, 1))
    mean = depth * rates / rates.sum(axis=1, keepdims=True)
    counts = rng.poisson(rng.gamma(8, mean / 8)).astype(np.float32)
    tissue = anndata.AnnData(counts)
    tissue.obsm["spatial"] = 100 * np.sqrt(n) * points
    tissue.obs["layer"] = labels.astype(str)
    if cells == 1:
        tissue.obs["cell_type"] = kind.astype(str)
    return tissue


def _marked(shape: tuple[int, int], share: float, rng: np.random.Generator) -> NDArray[Any]:
    return np.asarray(rng.normal(0, 1, shape) * (rng.random(shape) < share))


def _grid(n: int, rng: np.random.Generator) -> NDArray[Any]:
    width = int(np.ceil(np.sqrt(n)))
    row, col = np.divmod(np.arange(n), width)
    shift = 0.5 * (row % 2) if rng.random() < 0.5 else 0.0
    return np.stack([col + shift, row], axis=1) / width


def _scattered(n: int, rng: np.random.Generator) -> NDArray[Any]:
    points = rng.random((4 * n, 2))
    nearest = cKDTree(points).query(points, k=2)[0][:, 1]
    return np.asarray(points[np.sort(np.argsort(-nearest)[:n])])


def _field(points: NDArray[Any], rng: np.random.Generator, scale: float) -> NDArray[Any]:
    waves = rng.normal(0, scale, (6, 2))
    phases = rng.uniform(0, 2 * np.pi, 6)
    return np.asarray(np.sin(2 * np.pi * points @ waves.T + phases).sum(axis=1) / np.sqrt(6))


def _labels(points: NDArray[Any], shape: str, k: int, rng: np.random.Generator) -> NDArray[Any]:
    bent = points + 0.06 * np.stack([_field(points, rng, 1.5) for _ in range(2)], axis=1)
    if shape == "patches":
        centres = rng.random((k * int(rng.integers(1, 4)), 2))
        found = cKDTree(centres).query(bent)[1] % k
    elif shape == "islands":
        found = np.zeros(len(points), dtype=int)
        for i, centre in enumerate(rng.uniform(0.15, 0.85, (k - 1, 2)), start=1):
            found[np.hypot(*(bent - centre).T) < rng.uniform(0.1, 0.2)] = i
    else:
        angle = rng.uniform(0, np.pi)
        line = bent @ [np.cos(angle), np.sin(angle)]
        far = np.hypot(*(bent - rng.uniform(0.35, 0.65, 2)).T) if shape == "rings" else line
        width = rng.uniform(1, 2.5, k)
        found = np.searchsorted(np.quantile(far, np.cumsum(width)[:-1] / width.sum()), far)
    return np.asarray(np.unique(found, return_inverse=True)[1])


if __name__ == "__main__":
    show([{"spots": (one := other_tissue(i)).n_obs, "genes": one.n_vars} for i in range(5)])
