"""Tissue domains on many tissues, beside k-means: smoothing chosen, number, stability, ablations.

Labels are read at the end only. Constants of the rules were set on simulated tissues, of which
those here are others; of settings that do equally well there, those were kept that also do well on
the slides with counts, whose figures are not blind in that. Spots without a label stay in the graph
and out of the scores. k-means reads 15 plain components, over none, 6 or 18
neighbours, and, beside, the components, neighbours and hops that were chosen. Ablations: no
neighbours, shuffled coordinates, what scRCL makes of the spots. With ``--doubts`` only stability
and ``auto`` are measured, with ``--stability`` the first alone; what else ``domains.json`` holds
stays as it is. Needs the shared folder (``GRAPHKIT_SHARED``).
"""

import json
import os
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from common import limit_threads, save, show

limit_threads(1)

import anndata  # noqa: E402
import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from scipy.optimize import linear_sum_assignment  # noqa: E402
from sklearn.metrics import confusion_matrix, roc_auc_score  # noqa: E402
from tissues import other_tissue  # noqa: E402

from graphkit.datasets import TissueParams, simulate_tissue  # noqa: E402
from graphkit.evaluation.clusters import agreement  # noqa: E402
from graphkit.evaluation.intervals import seed_interval  # noqa: E402
from graphkit.evaluation.tissues.baselines import smoothed_kmeans  # noqa: E402
from graphkit.omics import log_normalise, principal_components, raw_counts, tissue_adata  # noqa: E402
from graphkit.tasks import Domains  # noqa: E402
from graphkit.tasks.domains import smoothing  # noqa: E402

SEEDS = range(5)
PLAIN = {"none": (0, 1), "6": (1, 6), "18": (1, 18)}
COUNTS = {
    "151510": "dlpfc_151510_500genes",
    "151673": "dlpfc_151673_counts",
    "olfactory bulb": "mob_rep11",
    "STARmap": "starmap_visual_cortex_1k",
    "osmFISH": "osmfish_sscortex",
}
SHOWN = ("ours", "none", "6", "18", "same", "no neighbours", "shuffled", "scrcl")


class Tissue(NamedTuple):
    """What is divided; components in place of counts where `use_rep` says so."""

    name: str
    kind: str
    adata: anndata.AnnData
    use_rep: str | None = None


def real() -> Iterator[Tissue]:
    folder = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data" / "spatial"
    if not folder.is_dir():
        raise SystemExit("needs the shared folder: set GRAPHKIT_SHARED")

    def read(name: str) -> anndata.AnnData:
        return anndata.read_h5ad(folder / f"{name}.h5ad")

    for name, file in COUNTS.items():
        yield Tissue(name, "counts", read(file))
    embryo = read("seqfish_embryo_3parts")
    for part in embryo.obs["slice"].unique():
        yield Tissue(f"seqFISH {part}", "cell types", embryo[embryo.obs["slice"] == part].copy())
    four = read("dlpfc_4slices_pca50")
    for part in four.obs["slice"].unique():
        yield Tissue(f"{part} PCs", "components", four[four.obs["slice"] == part].copy(), "X")
    yield Tissue("MERFISH", "components", read("merfish_hypo_bregma-0.09_lognorm"), "X")


def simulated() -> Iterator[Tissue]:
    rng = np.random.default_rng(2026)
    for i in range(20):
        n = int(np.exp(rng.uniform(np.log(100), np.log(5000))))
        params = TissueParams(
            n_spots=n,
            n_layers=min(int(rng.integers(2, 11)), n // 20),
            contrast=float(rng.choice([0.7, 1.0, 1.5, 1.5])),
            depth=float(np.exp(rng.uniform(np.log(150), np.log(1000)))),
        )
        adata = tissue_adata(simulate_tissue(params, seed=1000 + i))
        yield Tissue(f"layers {i}, {n} spots", "simulated", adata)
    for i in range(20):
        adata = other_tissue(1000 + i)
        yield Tissue(f"mixtures {i}, {adata.n_obs} spots", "simulated otherwise", adata)


def score(truth: NDArray[Any], labels: NDArray[Any]) -> float:
    known = (truth != "nan") & (labels.astype(str) != "nan")
    return agreement(truth[known].tolist(), labels[known].tolist())[0]


def right(truth: NDArray[Any], labels: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which spots have the domain that goes with their label, matched one to one."""
    names, codes = np.unique(np.concatenate([truth, labels]), return_inverse=True)
    table = confusion_matrix(*np.split(codes, 2), labels=np.arange(len(names)))
    goes_with = linear_sum_assignment(-table.T)[1]
    return np.asarray(goes_with[codes[len(truth) :]] == codes[: len(truth)])


def find(tissue: Tissue, number: int | str, seed: int, **how: Any) -> tuple[Domains, NDArray[Any]]:
    adata = tissue.adata.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        if "method" in how and tissue.use_rep:
            return Domains(), np.zeros(len(adata))
        model = Domains(number, random_state=seed, **how).fit(adata, use_rep=tissue.use_rep)
        model.annotate(adata)
    found = adata.obs["domain"].astype(str).to_numpy()
    tissue.adata.obs["stability"] = adata.obs["domain_stability"]
    return model, found


def truth_of(tissue: Tissue) -> tuple[NDArray[Any], int]:
    """Return the labels, and how many there are."""
    label = "cell_type" if tissue.kind == "cell types" else "layer"
    truth = tissue.adata.obs[label].astype(str).to_numpy()
    return truth, len(set(truth) - {"nan"})


def sure(tissue: Tissue) -> dict[str, Any]:
    """Measure stability, with the number known."""
    truth, k = truth_of(tissue)
    labels = find(tissue, k, 0)[1]
    stability = tissue.adata.obs["stability"].to_numpy()
    known = (truth != "nan") & ~np.isnan(stability)
    hit, stability = right(truth[known], labels[known]), stability[known]
    return {
        "stability": np.histogram(stability, 10, (0, 1))[0].tolist(),
        "stability_right": np.histogram(stability[hit], 10, (0, 1))[0].tolist(),
        "stability_sum": np.histogram(stability, 10, (0, 1), weights=stability)[0].tolist(),
        "auroc": float(roc_auc_score(hit, stability)) if 0 < hit.mean() < 1 else None,
    }


def doubts(tissue: Tissue) -> dict[str, Any]:
    """Measure stability, and the number where it is not known."""
    number = find(tissue, "auto", 0)[0].number_
    auto = {"number": number.chosen, "determined": number.determined}
    return {**sure(tissue), "auto": auto}


def measure(tissue: Tissue) -> dict[str, Any]:
    adata = tissue.adata
    truth, k = truth_of(tissue)
    points = np.asarray(adata.obsm["spatial"], dtype=np.float64)[:, :2]
    raw = np.asarray(adata.X) if tissue.use_rep and adata.n_vars == 50 else None
    if raw is None and tissue.use_rep:
        raw = principal_components(np.asarray(adata.to_df()), n_components=15).scores
    if raw is None:
        raw = principal_components(log_normalise(raw_counts(adata)), n_components=15).scores
    seeds = SEEDS if tissue.kind in ("counts", "components", "cell types") else range(2)
    found: dict[str, list[float]] = {name: [] for name in SHOWN}
    started, chosen = time.process_time(), []
    for seed in seeds:
        model, labels = find(tissue, k, seed)
        found["ours"].append(score(truth, labels))
        chosen.append(str(model.smoothing_))
        if seed == 0:
            seconds = time.process_time() - started
        hops, n_neighbors = model.smoothing_.hops, max(model.smoothing_.n_neighbors, 1)
        same = smoothed_kmeans(raw, points, k, hops=hops, n_neighbors=n_neighbors, seed=seed)
        found["same"].append(score(truth, same))
        for name, (hops, n_neighbors) in PLAIN.items():
            plain = smoothed_kmeans(raw, points, k, hops=hops, n_neighbors=n_neighbors, seed=seed)
            found[name].append(score(truth, plain))
    with patch.object(smoothing, "CANDIDATES", (smoothing.NONE,)):
        found["no neighbours"].append(score(truth, find(tissue, k, 0)[1]))
    moved = adata.copy()
    moved.obsm["spatial"] = np.random.default_rng(0).permutation(points)
    with (
        patch.object(smoothing, "CANDIDATES", (smoothing.NONE, model.smoothing_)),
        patch.object(smoothing, "_COHERENT", 2.0),
    ):
        found["shuffled"].append(score(truth, find(tissue._replace(adata=moved), k, 0)[1]))
    if not tissue.use_rep and tissue.kind != "cell types":
        found["scrcl"].append(score(truth, find(tissue, k, 0, method="scrcl")[1]))
    return {
        "tissue": tissue.name,
        "kind": tissue.kind,
        "spots": len(adata),
        "domains": k,
        "chosen": chosen,
        "seconds": seconds,
        "ari": found,
        **doubts(tissue),
    }


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return means over the tissues of each kind, and paired differences with 95 % intervals."""
    kinds = dict.fromkeys(row["kind"] for row in rows)
    return {kind: _summary([row for row in rows if row["kind"] == kind]) for kind in kinds}


def _summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    means = [{name: float(np.mean(v)) for name, v in row["ari"].items() if v} for row in rows]
    measured = [name for name in SHOWN if any(name in one for one in means)]
    ahead = {
        name: [one["ours"] - one[name] for one in means if name in one] for name in measured[1:]
    }
    determined = [
        row["auto"]["number"] - row["domains"] for row in rows if row["auto"]["determined"]
    ]
    spots, hits, said = (
        np.sum([row[name] for row in rows], axis=0)
        for name in ("stability", "stability_right", "stability_sum")
    )
    full = spots >= 100
    return {
        "mean": {name: float(np.mean([o[name] for o in means if name in o])) for name in measured},
        "ahead of": {name: asdict(seed_interval(values)) for name, values in ahead.items()},
        "behind k-means on the same by more than .03": [
            row["tissue"]
            for row, one in zip(rows, means, strict=True)
            if one["ours"] < one["same"] - 0.03
        ],
        "determined": len(determined) / len(rows),
        "determined and off by": determined,
        "stability": (said[full] / spots[full]).tolist(),
        "share right": (hits[full] / spots[full]).tolist(),
        "stability AUROC": float(np.mean([r["auroc"] for r in rows if r["auroc"] is not None])),
    }


def main() -> None:
    rows, written = [], {}
    again = sure if "--stability" in sys.argv else doubts
    if len(sys.argv) > 1:
        before = json.loads(Path(__file__).with_suffix(".json").read_text())
        written = {row["tissue"]: row for row in before["results"]["rows"]}
    for tissue in (*real(), *simulated()):
        row = written.get(tissue.name)
        rows.append(measure(tissue) if row is None else row | again(tissue))
        print(tissue.name, flush=True)
    report(rows)


def report(rows: list[dict[str, Any]]) -> None:
    table = [
        {"tissue": r["tissue"], "spots": r["spots"], "chosen": r["chosen"][0]}
        | {name: float(np.mean(r["ari"][name])) if r["ari"][name] else None for name in SHOWN}
        for r in rows
    ]
    save(__file__, {"rows": rows, "summary": summary(rows)}, seed=0, threads=1)
    show(table, title="ARI; k-means over none, 6, 18 neighbours, and on the same as ours")


if __name__ == "__main__":
    main()
