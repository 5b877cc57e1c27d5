"""Measure whether gene modules of one half of the molecules come back in the other."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score

from graphkit.builders.gene_views import z_score
from graphkit.evaluation.tissues.thinning import thin
from graphkit.omics import log_normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from scipy import sparse

    Labels = NDArray[np.int64]
    Images = NDArray[np.floating]
    Finder = Callable[[sparse.csr_matrix, int, int], Labels]


@dataclass(frozen=True)
class ModuleAgreement:
    """Agreement of two clusterings of genes, and whether it is trivial.

    Parameters
    ----------
    ari
        Adjusted Rand index over the genes that both clusterings assign.
    n_genes
        How many those are.
    n_modules
        Modules found (mean of both).
    largest
        Share of the genes in the largest module (mean of both).
    entropy
        Of the module sizes, as a share of that of equal sizes (mean of both; one giant is near 0).
    held_out
        Mean correlation of a gene's image with its module's mean image, the gene's in the half of
        the molecules that the modules were *not* found in (mean of both directions).
    abundance
        Share of the variance of log abundance that the modules explain (mean of both): modules of
        abundance agree well and mean little.
    """

    ari: float
    n_genes: int
    n_modules: float
    largest: float
    entropy: float
    held_out: float
    abundance: float


def module_agreement(
    first: Labels, second: Labels, counts: tuple[sparse.csr_matrix, sparse.csr_matrix]
) -> ModuleAgreement:
    """Compare modules found in two halves of the molecules.

    Parameters
    ----------
    first, second : int64 [G]
        Modules found in the first and the second half; -1 where unassigned.
    counts : pair of csr_matrix [n, G]
        The halves.
    """
    both = (first >= 0) & (second >= 0)
    labels = [first[both], second[both]]
    images = [z_images(half[:, both]) for half in counts]
    depth = [np.log1p(np.asarray(half[:, both].sum(axis=0)).ravel()) for half in counts]
    sizes = [np.bincount(each)[np.bincount(each) > 0] for each in labels]
    return ModuleAgreement(
        float(adjusted_rand_score(*labels)),
        int(both.sum()),
        float(np.mean([len(size) for size in sizes])),
        float(np.mean([size.max() / size.sum() for size in sizes])),
        float(np.mean([_entropy(size) for size in sizes])),
        float(np.mean([held_out_correlation(labels[i], images[i], images[1 - i]) for i in (0, 1)])),
        float(np.mean([explained(labels[i], depth[i]) for i in (0, 1)])),
    )


def agreement_table(
    counts: sparse.csr_matrix,
    finders: Mapping[str, Finder],
    *,
    n_modules: Sequence[int] = (10, 20),
    seeds: Sequence[int] = (0, 1, 2),
) -> list[dict[str, Any]]:
    """Run every finder on both halves of the same splits.

    Parameters
    ----------
    counts : csr_matrix [n, G]
        Raw counts.
    finders
        Functions of counts, number of modules and seed that return labels [G].
    n_modules, seeds
        What to run; halves differ by seed, and the two halves' finders get different seeds, so
        that no randomness is shared between them.

    Returns
    -------
    list of dict
        One row per seed, number and finder: ``finder``, ``k``, ``seed`` and the fields of
        :class:`ModuleAgreement`.
    """
    rows = []
    for seed in seeds:
        halves = tuple(thin(counts, seed=seed))
        for k in n_modules:
            for name, find in finders.items():
                first, second = (find(half, k, 2 * seed + i) for i, half in enumerate(halves))
                found = module_agreement(first, second, halves)
                rows.append({"finder": name, "k": k, "seed": seed, **asdict(found)})
    return rows


def pca_modules(
    counts: sparse.csr_matrix,
    n_modules: int,
    seed: int,
    *,
    n_components: int = 12,
    smallest: int = 5,
) -> Labels:
    """Cluster z-scored gene images by PCA and k-means: the baseline.

    Parameters
    ----------
    counts : csr_matrix [n, G]
    n_modules, seed
        Of k-means (ten starts).
    n_components
        Principal components kept.
    smallest
        Modules of fewer genes are dissolved, each gene going to the nearest other one.
    """
    images = z_images(counts)
    scores = PCA(min(n_components, *images.shape), random_state=seed).fit_transform(images)
    labels = KMeans(n_modules, n_init=10, random_state=seed).fit_predict(scores)
    return dissolve_small(scores, labels.astype(np.int64), smallest)


def dissolve_small(x: NDArray[np.floating], labels: Labels, smallest: int) -> Labels:
    """Move the genes of small modules to the nearest centre of another, smallest module first.

    Examples
    --------
    >>> x = np.array([[0.0], [0.1], [5.0], [9.0], [9.1]])
    >>> dissolve_small(x, np.array([0, 0, 1, 2, 2]), 2).tolist()
    [0, 0, 2, 2, 2]
    """
    labels = labels.copy()
    while True:
        names, size = np.unique(labels, return_counts=True)
        if len(names) == 1 or size.min() >= smallest:
            return labels
        gone = names[size.argmin()]
        left = names[names != gone]
        centres = np.stack([x[labels == name].mean(axis=0) for name in left])
        for gene in np.flatnonzero(labels == gone):
            labels[gene] = left[((centres - x[gene]) ** 2).sum(axis=1).argmin()]


def z_images(counts: sparse.csr_matrix) -> Images:
    """Return z-scored log-normalised expression, genes by spots; 0 where a gene does not vary."""
    return z_score(log_normalise(counts).toarray().T.astype(np.float64))


def held_out_correlation(labels: Labels, train: Images, held: Images) -> float:
    """Return the mean correlation of held-out images with their module's mean training image."""
    found = np.zeros(len(labels))
    for module in np.unique(labels):
        inside = labels == module
        centre = train[inside].mean(axis=0)
        found[inside] = held[inside] @ centre / max(centre.std() * len(centre), 1e-12)
    return float(found.mean())


def explained(labels: Labels, values: NDArray[np.floating]) -> float:
    """Return the share of the variance of `values` between modules."""
    total = float(((values - values.mean()) ** 2).sum())
    means = np.zeros(len(labels))
    for module in np.unique(labels):
        means[labels == module] = values[labels == module].mean()
    return float(((means - values.mean()) ** 2).sum()) / total if total else 0.0


def _entropy(size: NDArray[np.int64]) -> float:
    share = size / size.sum()
    return float(-(share * np.log(share)).sum() / np.log(len(size))) if len(size) > 1 else 0.0
