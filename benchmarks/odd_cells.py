"""Two cells in one, planted in real sets: cells that ``cluster`` calls odd, without labels.

A tenth of the cells of a set are sums of two of its cells, which are taken out: at the depth of
both, at a random share of it from a half, and brought to the depth of one cell. Beside it: the
share of simulated doublets among the nearest in principal components, Scrublet's idea, by this file
and by ``sc.pp.scrublet``. In ``genotypes`` doublets are those that genotypes tell (demuxlet) in
mixtures of three cell lines. ``damaged`` plants cells that lost nine tenths of their molecules.

Needs the shared folder (``GRAPHKIT_SHARED``, default ``../shared``). With names of sets it measures
those, and the others in ``odd_cells.json`` stay as they are.
"""

import json
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import anndata  # noqa: E402
import numpy as np  # noqa: E402
import scanpy as sc  # noqa: E402
from cells import SETS  # noqa: E402
from scipy import sparse  # noqa: E402
from sklearn.decomposition import PCA  # noqa: E402
from sklearn.metrics import average_precision_score, roc_auc_score  # noqa: E402
from sklearn.neighbors import NearestNeighbors  # noqa: E402

from graphkit.omics import cell_quality, raw_counts, read_spatial  # noqa: E402
from graphkit.tasks.cells.doublets import oddness  # noqa: E402

PACKAGES = ("numpy", "scikit-learn", "scipy", "scanpy")
DEPTHS = ("of both", "from half of both", "of one")
GENOTYPES = {"CEL-seq2": "scmix_celseq2_3cl", "Drop-seq": "scmix_dropseq_3cl"}
SEEDS = 3
RATE = 0.1
T = 4.303  # of Student's distribution, two degrees of freedom, 95 %


def thinned(counts: Any, share: Any, rng: np.random.Generator) -> Any:
    """Return counts of which a share of each cell's molecules is kept."""
    kept = sparse.csr_matrix(counts, copy=True)
    kept.data = rng.binomial(kept.data.astype(int), np.repeat(share, np.diff(kept.indptr)))
    return kept.astype(np.float32)


def planted(counts: Any, depth: str, seed: int) -> tuple[Any, Any, Any, Any]:
    """Return counts, which rows are two cells, and the two rows they were."""
    rng = np.random.default_rng(seed)
    n = counts.shape[0]
    number = int(n * RATE / (1 + RATE))
    order = rng.permutation(n)
    one, other = order[:number], order[number : 2 * number]
    both = sparse.csr_matrix(counts[one] + counts[other])
    if depth == "from half of both":
        both = thinned(both, rng.uniform(0.5, 1, number), rng)
    if depth == "of one":
        usual = rng.choice(np.asarray(counts.sum(axis=1)).ravel(), number)
        both = thinned(both, np.minimum(1, usual / np.asarray(both.sum(axis=1)).ravel()), rng)
    single = order[2 * number :]
    rows = sparse.vstack([counts[single], both], format="csr")
    return rows, np.arange(rows.shape[0]) >= len(single), one, other


def neighbours(counts: Any, seed: int) -> Any:
    """Return the share of simulated doublets among each cell's nearest in 30 components."""
    rng = np.random.default_rng(seed)
    n = counts.shape[0]
    one, other = rng.integers(0, n, (2, 2 * n))
    cells = anndata.AnnData(sparse.vstack([counts, counts[one] + counts[other]], format="csr"))
    seen = np.asarray((counts > 0).sum(axis=0)).ravel() >= 3
    cells = cells[:, seen].copy()
    sc.pp.normalize_total(cells, target_sum=1e4)
    sc.pp.log1p(cells)
    if cells.n_vars > 2000:
        sc.pp.highly_variable_genes(cells, n_top_genes=2000)
        cells = cells[:, cells.var["highly_variable"]].copy()
    real = cells.X[:n].toarray()
    mean, deviation = real.mean(axis=0), np.maximum(real.std(axis=0), 1e-3)
    scaled = np.clip((cells.X.toarray() - mean) / deviation, -10, 10)
    points = PCA(30, random_state=seed).fit(scaled[:n]).transform(scaled)
    near = NearestNeighbors(n_neighbors=int(1.5 * np.sqrt(n)) + 1).fit(points)
    return (near.kneighbors(points[:n], return_distance=False)[:, 1:] >= n).mean(axis=1)


def scrublet(counts: Any, seed: int) -> Any:
    """Return scanpy's scores."""
    cells = anndata.AnnData(sparse.csr_matrix(counts, copy=True))
    sc.pp.filter_genes(cells, min_cells=3)
    sc.pp.scrublet(cells, threshold=0.5, random_state=seed, verbose=False)
    return cells.obs["doublet_score"].to_numpy()


RULES = {
    "oddness": lambda counts, seed: oddness(counts, seed=seed),
    "neighbours": neighbours,
    "scrublet": scrublet,
}


def measure(counts: Any, depth: str, types: Any) -> dict[str, Any]:
    """Return how well planted doublets are found, all and those of two types."""
    rows: dict[str, list[float]] = {}
    for seed in range(SEEDS):
        given, truth, one, other = planted(counts, depth, seed)
        of_two = ~truth
        of_two[truth] = types[one] != types[other]
        for rule, score in RULES.items():
            begun = time.process_time()
            found = score(given, seed)
            rows.setdefault(f"{rule}: cpu_seconds", []).append(time.process_time() - begun)
            rows.setdefault(rule, []).append(roc_auc_score(truth, found))
            rows.setdefault(f"{rule}: precision", []).append(average_precision_score(truth, found))
            rows.setdefault(f"{rule}: of two types", []).append(
                roc_auc_score(truth[of_two], found[of_two])
            )
            if rule == "oddness":
                rows.setdefault("doublets above .5", []).append((found[truth] > 0.5).mean())
                rows.setdefault("others above .5", []).append((found[~truth] > 0.5).mean())
    ahead = np.subtract(rows["oddness"], rows["neighbours"])
    half = T * ahead.std(ddof=1) / np.sqrt(SEEDS)
    return {
        **{key: float(np.mean(values)) for key, values in rows.items()},
        "ahead": float(ahead.mean()),
        "ahead_low": float(ahead.mean() - half),
        "ahead_high": float(ahead.mean() + half),
    }


def damaged(adata: Any) -> dict[str, float]:
    """Return which share is called damaged of cells that lost nine tenths, and of the others."""
    rng = np.random.default_rng(0)
    counts, lost = raw_counts(adata), rng.random(adata.n_obs) < RATE / 2
    found = cell_quality(adata, thinned(counts, np.where(lost, 0.1, 1.0), rng))["damaged"]
    return {"planted": float(found[lost].mean()), "others": float(found[~lost].mean())}


def told_by_genotypes(path: Path) -> dict[str, Any]:
    """Return how well each rule finds the doublets that genotypes tell."""
    adata = read_spatial(path, spatial_key=None)
    truth, counts = (adata.obs["demuxlet_cls"] == "DBL").to_numpy(), raw_counts(adata)
    return {"doublets": int(truth.sum())} | {
        rule: float(np.mean([roc_auc_score(truth, score(counts, s)) for s in range(SEEDS)]))
        for rule, score in RULES.items()
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    shared = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data/singlecell"
    path = Path(__file__).with_suffix(".json")
    empty: dict[str, Any] = {"planted": {}, "genotypes": {}, "damaged": {}, "means": {}}
    results = json.loads(path.read_text())["results"] if path.is_file() else empty
    sets = SETS | {"pbmc v1 v2": "pbmc_10x_v2_v3"}
    for name in sys.argv[1:] or [*sets, *GENOTYPES]:
        if name in GENOTYPES:
            results["genotypes"][name] = told_by_genotypes(shared / f"{GENOTYPES[name]}.h5ad")
            continue
        adata = read_spatial(shared / f"{sets[name]}.h5ad", spatial_key=None)
        types = adata.obs["cell_type"].astype(str).to_numpy()
        for depth in DEPTHS:
            row = measure(raw_counts(adata), depth, types)
            results["planted"][f"{name}, {depth}"] = row
            print(name, depth, row, flush=True)
        results["damaged"][name] = damaged(adata)
        save(__file__, results, seed=0, threads=1, packages=PACKAGES)
    for depth in DEPTHS:
        rows = [row for key, row in results["planted"].items() if key.endswith(f", {depth}")]
        results["means"][depth] = {
            key: float(np.mean([row[key] for row in rows])) for key in rows[0]
        }
    save(__file__, results, seed=0, threads=1, packages=PACKAGES)
    for title in ("means", "genotypes", "damaged"):
        show([{"": k, **v} for k, v in results[title].items()], title=title)
