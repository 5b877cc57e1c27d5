"""Types of cells told from a reference: across species, conditions, donors, protocols, patients.

Every type is also left out of the reference in turn: is it found to be odd? Needs the shared folder
(``GRAPHKIT_SHARED``, default ``../shared``).
"""

import os
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
from sklearn.decomposition import PCA  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402
from sklearn.neighbors import NearestNeighbors  # noqa: E402

from graphkit.omics import highly_variable, log_normalise, read_spatial  # noqa: E402
from graphkit.tasks.cells.types import UNKNOWN, CellTypes  # noqa: E402

PACKAGES = ("numpy", "scikit-learn", "scipy")
LABEL = "cell_type"
DRAWS = 2000
# Cells of a type below which leaving it out says nothing.
FEWEST = 5


def pairs(folder: Path) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield a group, a name, a reference and a query."""

    def of(file: str, column: str) -> tuple[Any, Any]:
        adata = read_spatial(folder / f"{file}.h5ad", spatial_key=None)
        return adata, adata.obs[column].astype(str).to_numpy()

    baron, species = of("baron_human_mouse_small", "species")
    for one, other in (("human", "mouse"), ("mouse", "human")):
        yield f"{one} > {other}", "baron", baron[species == one], baron[species == other]
    kang, condition = of("kang_pbmc_muscat", "condition")
    yield "ctrl > stim", "kang", kang[condition == "ctrl"], kang[condition == "stim"]
    donor = kang.obs["sample"].astype(str).to_numpy()
    for one, other in (
        ("ctrl101", "ctrl107"),
        ("ctrl107", "ctrl101"),
        ("ctrl101", "stim107"),
        ("ctrl107", "stim101"),
    ):
        yield "donor > donor", f"{one} > {other}", kang[donor == one], kang[donor == other]
    pbmc, protocol = of("pbmc_10x_v2_v3", "batch")
    for one, other in (("3pv1", "3pv2"), ("3pv2", "3pv1")):
        yield f"{one} > {other}", "pbmc", pbmc[protocol == one], pbmc[protocol == other]
    lung, patient = of("lung_tumour_dc_zilionis", "batch")
    for one in np.unique(patient):
        if (patient == one).sum() > 20:
            yield "patient left out", one, lung[patient != one], lung[patient == one]


def distance(reference: Any, query: Any) -> Any:
    """Return the baseline of oddness: distance to the nearest ten in 30 components, [m]."""
    counts = reference.X.tocsr()
    genes = np.flatnonzero(np.asarray((counts > 0).sum(axis=0)).ravel() >= 3)
    genes = genes[highly_variable(counts[:, genes], n_top_genes=2000)]
    known, asked = (
        log_normalise(one.X.tocsr(), target_sum=1e4)[:, genes].toarray()
        for one in (reference, query)
    )
    mean, deviation = known.mean(axis=0), np.maximum(known.std(axis=0), 1e-3)
    known, asked = (np.clip((one - mean) / deviation, -10, 10) for one in (known, asked))
    components = PCA(30, random_state=0).fit(known)
    near = NearestNeighbors(n_neighbors=10).fit(components.transform(known))
    return near.kneighbors(components.transform(asked))[0].mean(axis=1)


def measure(reference: Any, query: Any) -> dict[str, Any]:
    """Return what is told of one pair; the query's labels are read after all is told."""
    reference, query = reference.copy(), query.copy()
    begun = time.process_time()
    found = CellTypes().fit(reference, label=LABEL).read(query)
    seconds = time.process_time() - begun
    truth = query.obs[LABEL].astype(str).to_numpy()
    right, baseline = found.likeliest == truth, found.baseline == truth
    unknown = found.labels == UNKNOWN
    rng = np.random.default_rng(0)
    draws = [(right * 1.0 - baseline)[rng.integers(0, len(truth), len(truth))].mean()
             for _ in range(DRAWS)]  # fmt: skip
    order = np.argsort(found.oddness, kind="stable")
    return {
        "cells": len(truth),
        "accuracy": right.mean(),
        "svm": baseline.mean(),
        "ahead_low": np.quantile(draws, 0.025),
        "ahead_high": np.quantile(draws, 0.975),
        "confidence": found.confidence.mean(),
        "unknown": unknown.mean(),
        "accuracy_of_known": right[~unknown].mean(),
        "accuracy_of_the_least_odd_half": right[order[: len(order) // 2]].mean(),
        "reference_rejected": found.held_out.rejected,
        "reference_cells": found.held_out.n,
        "cpu_seconds": seconds,
    }


def left_out(reference: Any, query: Any) -> Iterator[dict[str, Any]]:
    """Yield how well each type is found to be odd, once it is left out of the reference."""
    types = reference.obs[LABEL].astype(str)
    truth = query.obs[LABEL].astype(str).to_numpy()
    for name in sorted(set(types)):
        new = truth == name
        if new.sum() < FEWEST or types.nunique() < 3 or new.all():
            continue
        known = reference[(types != name).to_numpy()].copy()
        found = CellTypes().fit(known, label=LABEL).read(query.copy())
        unknown = found.labels == UNKNOWN
        yield {
            "type": name,
            "auroc": roc_auc_score(new, found.oddness),
            "pca_distance": roc_auc_score(new, distance(known, query)),
            "new_unknown": unknown[new].mean(),
            "others_unknown": unknown[~new].mean(),
        }


def as_floats(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row that JSON can hold."""
    return {key: value if isinstance(value, str | int) else float(value)
            for key, value in row.items()}  # fmt: skip


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # of types of one cell, and what is not confirmed
    shared = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data/singlecell"
    rows, odd = [], []
    for group, name, reference, query in pairs(shared):
        rows.append({"group": group, "pair": name, **as_floats(measure(reference, query))})
        print(rows[-1], flush=True)
        odd += [{"group": group, "pair": name, **as_floats(row)}
                for row in left_out(reference, query)]  # fmt: skip
    groups = {}
    for group in dict.fromkeys(row["group"] for row in rows):
        told = [row for row in rows if row["group"] == group]
        new = [row for row in odd if row["group"] == group]
        groups[group] = {
            key: float(np.mean([row[key] for row in told]))
            for key in ("accuracy", "svm", "confidence", "unknown", "accuracy_of_known")
        } | {
            key: float(np.mean([row[key] for row in new]))
            for key in ("auroc", "pca_distance", "new_unknown", "others_unknown")
        }
    cells = [row["reference_cells"] for row in rows]
    pooled = float(np.average([row["reference_rejected"] for row in rows], weights=cells))
    results = {"groups": groups, "pairs": rows, "left_out": odd, "reference_rejected": pooled}
    save(__file__, results, seed=0, threads=1, packages=PACKAGES)
    show([{"group": k, **v} for k, v in groups.items()], title="Types told, and types left out")
