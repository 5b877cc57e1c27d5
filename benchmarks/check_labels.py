"""Wrong labels planted among right ones: found and corrected, beside the usual ways.

Labels are flipped at random, or to the type whose mean is nearest. Needs the shared folder
(``GRAPHKIT_SHARED``, default ``../shared``) and ``cleanlab``. With the names of data sets it
measures those, and the others in ``check_labels.json`` stay as they are.
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

import numpy as np  # noqa: E402
from cleanlab.filter import find_label_issues  # noqa: E402
from sklearn.decomposition import PCA  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402
from sklearn.model_selection import cross_val_predict  # noqa: E402
from sklearn.neighbors import NearestNeighbors  # noqa: E402
from sklearn.semi_supervised import LabelSpreading  # noqa: E402

from graphkit.omics import highly_variable, log_normalise, read_spatial  # noqa: E402
from graphkit.tasks.cells.check import LabelCheck  # noqa: E402

PACKAGES = ("numpy", "scikit-learn", "cleanlab")
SETS = {
    "kang": "kang_pbmc_muscat",
    "baron_mouse1": "baron_mouse1",
    "lung DCs": "lung_tumour_dc_zilionis",
    "pbmc4k": "pbmc4k_10x_top2000",
}
PLANTED = [(0.0, "none")] + [(rate, how) for rate in (0.1, 0.2, 0.4) for how in ("any", "similar")]
SEEDS = 1


def components(adata: Any) -> Any:
    """Return 30 components of scaled genes, [n, 30]."""
    counts = adata.X.tocsr()
    genes = np.flatnonzero(np.asarray((counts > 0).sum(axis=0)).ravel() >= 3)
    if len(genes) > 2000:
        genes = genes[highly_variable(counts[:, genes], n_top_genes=2000)]
    table = log_normalise(counts, target_sum=1e4)[:, genes].toarray()
    table = (table - table.mean(axis=0)) / np.maximum(table.std(axis=0), 1e-3)
    return PCA(30, random_state=0).fit_transform(np.clip(table, -10, 10))


def flipped(truth: Any, points: Any, rate: float, how: str, seed: int) -> Any:
    """Return labels, some of them wrong."""
    rng = np.random.default_rng(seed)
    types, codes = np.unique(truth, return_inverse=True)
    wrong = rng.permutation(len(codes)) < round(rate * len(codes))
    if how == "similar":
        means = np.stack([points[codes == one].mean(axis=0) for one in range(len(types))])
        far = np.square(means[:, None] - means).sum(axis=2)
        np.fill_diagonal(far, np.inf)
        other = far.argmin(axis=1)[codes]
    else:
        other = (codes + rng.integers(1, len(types), len(codes))) % len(types)
    return types[np.where(wrong, other, codes)]


def usual(points: Any, labels: Any) -> dict[str, Any]:
    """Return labels and suspicions by neighbours, label spreading and cleanlab."""
    types, codes = np.unique(labels, return_inverse=True)
    each = np.arange(len(codes))
    near = NearestNeighbors(n_neighbors=15).fit(points).kneighbors(return_distance=False)
    vote = (codes[near][:, :, None] == np.arange(len(types))).mean(axis=1)
    spread = LabelSpreading(kernel="knn", n_neighbors=15, alpha=0.5, max_iter=100)
    spread.fit(points, codes)
    told = cross_val_predict(
        LogisticRegression(max_iter=500), points, codes, cv=5, method="predict_proba"
    )
    issues = find_label_issues(codes, told)
    return {
        "knn": (types[vote.argmax(axis=1)], 1 - vote[each, codes]),
        "spreading": (types[spread.transduction_], 1 - spread.label_distributions_[each, codes]),
        "cleanlab": (np.where(issues, types[told.argmax(axis=1)], labels), 1 - told[each, codes]),
    }


def measure(name: str, folder: Path) -> list[dict[str, Any]]:
    """Return a row for each way and rate of planting."""
    adata = read_spatial(folder / f"{SETS[name]}.h5ad", spatial_key=None)
    truth = adata.obs["cell_type"].astype(str).to_numpy()
    points, rows = components(adata), []
    for rate, how in PLANTED:
        found: dict[str, list[float]] = {}
        for seed in range(SEEDS if rate else 1):
            labels = flipped(truth, points, rate, how, seed)
            adata.obs["given"] = labels
            begun = time.process_time()
            model = LabelCheck(random_state=seed).fit(adata, label="given")
            seconds = time.process_time() - begun
            ways = {"ours": (model.suggested_, model.suspicion_), **usual(points, labels)}
            for way, (suggested, suspicion) in ways.items():
                found.setdefault(way, []).append(float((suggested == truth).mean()))
                if rate:
                    auroc = float(roc_auc_score(labels != truth, suspicion))
                    found.setdefault(f"{way}_auroc", []).append(auroc)
            found.setdefault("estimated", []).append(model.noise_)
            found.setdefault("cpu_seconds", []).append(seconds)
        row = {"set": name, "wrong": rate, "how": how}
        rows.append(row | {key: float(np.mean(values)) for key, values in found.items()})
        print(rows[-1], flush=True)
    return rows


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # of folds that lack a type
    shared = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data/singlecell"
    file = Path(__file__).with_suffix(".json")
    results = json.loads(file.read_text())["results"] if file.is_file() else {}
    for name in sys.argv[1:] or SETS:
        results[name] = measure(name, shared)
        save(__file__, results, seed=0, threads=1, packages=PACKAGES)
    show([row for rows in results.values() for row in rows], title="Right labels after checking")
