"""What is written here although a library has it, beside that library: why it stays.

``log_normalise`` beside scanpy's ``normalize_total`` and ``log1p``; the bootstrap of AUROC beside
``scipy.stats.bootstrap`` of scikit-learn's; ``KNN`` beside scikit-learn's neighbours, on a slide
and on the same slide turned; and ``highly_variable`` beside the bare call of scanpy on small tables
of few counts. Seconds are those of the processor, on one thread.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

from common import limit_threads, peak_memory_mb, run_alone, save, show

limit_threads(1)

import anndata  # noqa: E402
import numpy as np  # noqa: E402
import scanpy  # noqa: E402
from scipy import sparse, stats  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402
from sklearn.neighbors import kneighbors_graph  # noqa: E402
from spatial_scale import slide  # noqa: E402

from graphkit.builders import KNN  # noqa: E402
from graphkit.evaluation import auroc_interval  # noqa: E402
from graphkit.omics import highly_variable, log_normalise  # noqa: E402

SEED = 0
PACKAGES = ("numpy", "scipy", "scikit-learn", "scanpy", "scikit-misc", "anndata")


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    return call(), time.process_time() - start


def by_scanpy(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    adata = anndata.AnnData(counts.copy())
    scanpy.pp.normalize_total(adata)
    scanpy.pp.log1p(adata)
    return adata.X


def normalised(who: str) -> dict[str, Any]:
    """Normalise 50,000 spots x 2,000 genes, after a small table for what is compiled once."""
    call = {"graphkit": log_normalise, "scanpy": by_scanpy}[who]
    call(slide(100, 20)[0])
    counts, _ = slide(50_000, 2_000)
    before = peak_memory_mb()
    found, seconds = timed(lambda: call(counts))
    row = {"who": who, "seconds": seconds, "further_mb": peak_memory_mb() - before}
    return row | {"mean": float(found.data.mean(dtype=np.float64))}


def bootstrapped(n: int) -> dict[str, Any]:
    """Draw 2,000 bootstrap samples of `n` records."""
    generator = np.random.default_rng(SEED)
    labels = generator.integers(0, 2, n)
    score = 0.1 * labels + 0.9 * generator.random(n)
    ours, seconds = timed(lambda: auroc_interval(labels, np.stack([1 - score, score], axis=1)))
    theirs, their_seconds = timed(
        lambda: (
            stats.bootstrap(
                (np.arange(n),),
                lambda rows: roc_auc_score(labels[rows], score[rows]),
                vectorized=False,
                n_resamples=2000,
                method="percentile",
                rng=SEED,
            ).confidence_interval
        )
    )
    return {
        "records": n,
        "seconds": seconds,
        "scipy_seconds": their_seconds,
        "lower": ours.lower,
        "scipy_lower": float(theirs.low),
        "upper": ours.upper,
        "scipy_upper": float(theirs.high),
    }


def turned(n_neighbors: int) -> dict[str, Any]:
    """Return which share of the edges is others once a hexagonal slide is turned."""
    _, points = slide(2_000, 10)
    sine, cosine = np.sin(0.3), np.cos(0.3)
    both = points, points @ np.array([[cosine, sine], [-sine, cosine]])

    def changed(graph: Callable[[np.ndarray], sparse.csr_matrix]) -> float:
        first, second = (graph(places) for places in both)
        return float(abs(first - second).sum() / (first + second).sum())

    return {
        "neighbours": n_neighbors,
        "KNN": changed(lambda places: KNN(n_neighbors).graph(places).connectivities),
        "kneighbors_graph": changed(lambda places: kneighbors_graph(places, n_neighbors)),
    }


def few_counts(n_spots: int) -> dict[str, Any]:
    """Return on how many of 20 tables of 300 genes with few counts the variable ones are found."""
    found = {"spots": n_spots, "graphkit": 0, "scanpy": 0}
    for seed in range(20):
        generator = np.random.default_rng(seed)
        mean = generator.lognormal(-2.0, 1.0, 300)
        counts = sparse.csr_matrix(generator.poisson(mean, (n_spots, 300)).astype(np.float32))
        found["graphkit"] += len(highly_variable(counts, n_top_genes=50)) == 50
        try:
            scanpy.pp.highly_variable_genes(
                anndata.AnnData(counts), flavor="seurat_v3", n_top_genes=50
            )
        except ValueError:
            continue
        found["scanpy"] += 1
    return found


def main() -> None:
    results = {
        "log_normalise": [run_alone(__file__, who) for who in ("graphkit", "scanpy")],
        "bootstrap": [bootstrapped(n) for n in (862, 3_362)],
        "turned": [turned(n) for n in (6, 8, 18)],
        "few_counts": [few_counts(n) for n in (10, 50, 200, 1_000)],
    }
    show(results["log_normalise"], title="50,000 spots x 2,000 genes, log-normalised")
    show(results["bootstrap"], title="Interval of AUROC, 2,000 draws")
    show(results["turned"], title="Share of the edges that change with the slide's angle")
    show(results["few_counts"], title="Tables of 20 whose variable genes are found")
    save(__file__, results, seed=SEED, threads=1, packages=PACKAGES)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if len(sys.argv) > 1:
        print(json.dumps(normalised(sys.argv[1])))
    else:
        main()
