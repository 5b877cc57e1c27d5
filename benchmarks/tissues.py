"""Two further simulators of tissue, built otherwise than the package's own.

Domains are mixtures of cell types, in rings, patches, islands or bands, on grids or scattered, of
one cell a spot or several. A rule that was tuned to one simulator shows it on the others. Those of
the second fade into one another and cross a division that is in the counts and not in the labels.
"""

from typing import Any

import anndata
import numpy as np
from common import show
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from graphkit.builders import KNN
from graphkit.builders.neighbors.graph import row_mean

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


def fading_tissue(seed: int, *, n_spots: int = 0) -> anndata.AnnData:
    """Simulate a tissue whose domains fade into one another, beside a division nobody annotated.

    Borders of the annotation are a little off. What both divisions are worth follows from the seed.
    """
    rng = np.random.default_rng((78, seed))
    n = n_spots or int(np.exp(rng.uniform(np.log(150), np.log(1100))))
    k = min(int(rng.integers(3, 10)), n // 25)
    cells = int(rng.choice([1, 3, 8]))
    points = _grid(n, rng) if cells > 1 else _scattered(n, rng)
    labels = _labels(points, str(rng.choice(SHAPES)), k, rng)
    second = _labels(points, str(rng.choice(SHAPES)), int(rng.integers(2, 7)), rng)
    soft, other = (_faded(one, points, rng.uniform(0, 0.4)) for one in (labels, second))
    n_genes, n_types = int(rng.choice([60, 150, 300])), int(rng.integers(3, 12))
    base = rng.normal(-1, 1.2, n_genes)
    types = base + _marked((n_types, n_genes), 0.12, rng) * rng.uniform(1, 2.2)
    mixed = soft @ rng.dirichlet(np.full(n_types, rng.uniform(0.3, 1.5)), soft.shape[1])
    strength = rng.uniform(0.2, 1.8)
    regional = soft @ (_marked((soft.shape[1], n_genes), 0.1, rng) * strength)
    crossing = _marked((other.shape[1], n_genes), 0.1, rng) * strength * rng.uniform(0, 1)
    regional += other @ crossing
    share = rng.uniform(0.4, 0.95)
    rest = other @ rng.dirichlet(np.full(n_types, 1.0), other.shape[1])
    mixed = (share * mixed + (1 - share) * rest).cumsum(axis=1)
    rates = np.zeros((n, n_genes))
    for _ in range(cells):
        kind = (mixed > rng.random((n, 1)) * mixed[:, -1:]).argmax(axis=1)
        rates += np.exp(types[kind] + regional) * rng.lognormal(0, 0.4, (n, 1))
    depth = np.exp(rng.uniform(np.log(60), np.log(1500))) * rng.lognormal(0, 0.4, (n, 1))
    mean = depth * rates / rates.sum(axis=1, keepdims=True)
    tissue = anndata.AnnData(rng.poisson(rng.gamma(8, mean / 8)).astype(np.float32))
    tissue.obsm["spatial"] = 100 * np.sqrt(n) * points
    off = rng.uniform(0, 0.05) * np.stack([_field(points, rng, 1.0) for _ in range(2)], axis=1)
    tissue.obs["layer"] = labels[cKDTree(points).query(points + off)[1]].astype(str)
    return tissue


def _faded(labels: NDArray[Any], points: NDArray[Any], width: float) -> NDArray[Any]:
    """Return how much each spot has of each domain; borders are `width` of a domain wide."""
    near = KNN(6).graph(points).connectivities
    mean = row_mean(near + sparse.eye(len(points), format="csr"))
    soft = np.eye(labels.max() + 1)[labels]
    for _ in range(min(round(width**2 * len(points) / soft.shape[1]), 200)):
        soft = mean @ soft
    return soft


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
