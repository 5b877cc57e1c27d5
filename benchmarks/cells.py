"""Clusters of cells, label-blind: one setting for all sets, beside the usual baselines.

Needs the shared folder (``GRAPHKIT_SHARED``, default ``../shared``). With the names of data sets it
measures those, and the others in ``cells.json`` stay as they are.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
import scanpy as sc  # noqa: E402
from sklearn.cluster import KMeans  # noqa: E402
from sklearn.metrics import adjusted_rand_score  # noqa: E402

from graphkit.omics import read_spatial  # noqa: E402
from graphkit.tasks.cells.clusters import CellClusters  # noqa: E402

PACKAGES = ("numpy", "scikit-learn", "scanpy", "igraph", "torch", "lightning")
SETS = {
    "pbmc4k": "pbmc4k_10x_top2000",
    "mouse bladder": "mouse_bladder_top2000",
    "kang": "kang_pbmc_muscat",
    "baron_mouse1": "baron_mouse1",
    "lung DCs": "lung_tumour_dc_zilionis",
    "lymph node": "lymphnode_ref_330cells",
}
SEEDS = 10


def usual(adata: Any, n_clusters: int) -> dict[str, Any]:
    """Return what scanpy's usual recipe says: k-means, ten seeds, and Leiden at resolution 1."""
    cells = adata.copy()
    sc.pp.filter_genes(cells, min_cells=3)
    sc.pp.normalize_total(cells, target_sum=1e4)
    sc.pp.log1p(cells)
    if cells.n_vars > 2000:
        sc.pp.highly_variable_genes(cells, n_top_genes=2000)
        cells = cells[:, cells.var["highly_variable"]].copy()
    sc.pp.scale(cells, max_value=10)
    sc.pp.pca(cells, n_comps=30)
    sc.pp.neighbors(cells, n_pcs=30)
    sc.tl.leiden(cells, flavor="igraph", n_iterations=2, random_state=0)
    points = cells.obsm["X_pca"]
    kmeans = [
        KMeans(n_clusters, n_init=10, random_state=seed).fit_predict(points)
        for seed in range(SEEDS)
    ]
    return {"kmeans": kmeans, "leiden": cells.obs["leiden"].astype(str).tolist()}


def measure(name: str, folder: Path) -> dict[str, Any]:
    """Return the scores of one set; labels are read here alone, after all is fitted."""
    adata = read_spatial(folder / f"{SETS[name]}.h5ad", spatial_key=None)
    truth = adata.obs["cell_type"].astype(str)
    number = truth.nunique()
    begun = time.process_time()
    fits = [
        CellClusters(number, random_state=seed, device="cpu", threads=1).fit(adata)
        for seed in range(SEEDS)
    ]
    seconds = (time.process_time() - begun) / SEEDS
    baseline = usual(adata, number)

    def score(labels: Any) -> float:
        return float(adjusted_rand_score(truth, labels))

    ours = np.array([score(fit.labels_) for fit in fits])
    kmeans = np.array([score(labels) for labels in baseline["kmeans"]])
    ahead = ours - kmeans
    half = float(2.262 * ahead.std(ddof=1) / np.sqrt(SEEDS))  # t, 9 degrees of freedom
    right = np.concatenate([_right(fit.labels_, truth) for fit in fits])
    return {
        "cells": adata.n_obs,
        "types": number,
        "seeds": SEEDS,
        "cluster": float(ours.mean()),
        "cluster_sd": float(ours.std()),
        "pca_kmeans": float(kmeans.mean()),
        "pca_kmeans_sd": float(kmeans.std()),
        "ahead": float(ahead.mean()),
        "ahead_low": float(ahead.mean()) - half,
        "ahead_high": float(ahead.mean()) + half,
        "leiden_resolution_1": score(baseline["leiden"]),
        "stability_auroc": _auroc(np.concatenate([fit.stability_ for fit in fits]), right),
        "cpu_seconds": seconds,
    }


def _right(labels: Any, truth: Any) -> Any:
    """Return where a cell has the most frequent type of its cluster."""
    table = {one: truth[labels == one].mode()[0] for one in np.unique(labels)}
    return np.array([table[one] for one in labels]) == truth.to_numpy()


def _auroc(scores: Any, right: Any) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(right, scores))


if __name__ == "__main__":
    shared = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data/singlecell"
    file = Path(__file__).with_suffix(".json")
    results = json.loads(file.read_text())["results"] if file.is_file() else {}
    for name in sys.argv[1:] or SETS:
        results[name] = measure(name, shared)
        print(name, results[name], flush=True)
        save(__file__, results, seed=0, threads=1, packages=PACKAGES)
    show([{"set": k, **v} for k, v in results.items()], title="Adjusted Rand index")
