"""Whether ``cluster_stability`` is how often cells are in the same cluster again.

The molecules of each table are tossed into two halves, both are clustered, each with seeds of its
own, and their clusters are matched: no label is read. Simulated cells of two simulators and cells
without types set the numbers of the logistic function, of the share of the votes and of how far
the clusterings agree; annotated sets, with the shared folder (``GRAPHKIT_SHARED``), have no part in
them. Bar: of no annotated set is the mean off by more than .1. Beside it stands how far the share
of the votes is off by itself.
"""

import json
import os
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import anndata  # noqa: E402
import numpy as np  # noqa: E402
from cell_numbers import nonsense, other_cells, simulated  # noqa: E402
from cells import SETS  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from scipy import sparse  # noqa: E402
from scipy.special import expit, logit  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402

from graphkit.evaluation.clusters import aligned  # noqa: E402
from graphkit.evaluation.tissues.thinning import thin  # noqa: E402
from graphkit.omics import raw_counts, read_spatial  # noqa: E402
from graphkit.tasks.cells import clusters  # noqa: E402

# Others than those on which the number of clusters is measured.
SEEDS, NONSENSE = range(200, 208), range(200, 202)
BINS = (0.0, 0.4, 0.6, 0.8, 0.95, 1.0)
SIZES = ((60, 5), (150, 3), (400, 6))
Evidence = NDArray[np.float64]
Again = NDArray[np.bool_]


def tables(shared: Path) -> Iterator[tuple[str, str, sparse.csr_matrix, int]]:
    """Yield kind, name, counts and number of clusters."""
    for seed in SEEDS:
        for kind, make in (("simulated", simulated), ("second simulator", other_cells)):
            counts, types = make(seed)
            yield kind, str(seed), counts, len(np.unique(types))
    for seed in NONSENSE:
        for name, counts in nonsense(seed).items():
            yield "without types", f"{name}, {seed}", counts, 4
        for n, number in SIZES:
            counts = np.random.default_rng((seed, n)).poisson(1.0, (n, 200)).astype(np.float32)
            yield "without types", f"{n} all alike, {seed}", sparse.csr_matrix(counts), number
    for name, file in SETS.items() if shared.is_dir() else ():
        adata = read_spatial(shared / f"{file}.h5ad", spatial_key=None)
        yield "annotated", name, raw_counts(adata), adata.obs["cell_type"].nunique()


def twice(counts: sparse.csr_matrix, number: int) -> tuple[Evidence, Again]:
    """Return what speaks for the cluster of each cell, and whether the other half says the same.

    The evidence [n, 2] is the logit of its share of the votes, and how far clusterings agree.
    """
    warnings.simplefilter("ignore")  # of cells without types, that nothing is clear
    first, second = (
        clusters.CellClusters(number, random_state=seed, device="cpu", threads=1).fit(
            anndata.AnnData(half.astype(np.float32))
        )
        for seed, half in enumerate(thin(counts, seed=0))
    )
    told = (first.labels_ != "") & (second.labels_ != "")
    names = [np.unique(one.labels_[told], return_inverse=True)[1] for one in (first, second)]
    width = 1 + max(one.max() for one in names)
    order = aligned(*(np.eye(width)[one] for one in names))
    again = np.argsort(order)[names[1]] == names[0]
    start, slope, agrees = clusters._AGAIN
    share = (logit(first.stability_[told]) - start - agrees * first.agreement_) / slope
    return np.column_stack([share, np.full(len(share), first.agreement_)]), again


def off(said: Evidence, again: Again) -> float:
    """Return how far what is said is from what is, mean over bins by their cells."""
    bins = np.digitize(said, BINS[1:-1])
    return sum(
        abs(said[bins == one].mean() - again[bins == one].mean()) * (bins == one).mean()
        for one in np.unique(bins)
    )


def logistic(pairs: list[tuple[Evidence, Again]]) -> list[float]:
    """Return intercept and slopes, every table of equal weight."""
    x = np.concatenate([evidence for evidence, _ in pairs])
    y = np.concatenate([again for _, again in pairs])
    weight = np.concatenate([np.full(len(again), 1 / len(again)) for _, again in pairs])
    model = LogisticRegression(C=np.inf).fit(x, y, sample_weight=weight)
    return [float(model.intercept_[0]), *model.coef_[0].tolist()]


if __name__ == "__main__":
    shared = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data/singlecell"
    kinds, names, counts, numbers = zip(*tables(shared), strict=True)
    with ProcessPoolExecutor(2) as pool:
        found = list(zip(kinds, names, *zip(*pool.map(twice, counts, numbers), strict=True),
                         strict=True))  # fmt: skip
    start, *slopes = logistic([(x, a) for kind, _, x, a in found if kind != "annotated"])
    rows: list[dict[str, Any]] = []
    for kind, name, evidence, again in found:
        said = expit(start + evidence @ slopes)
        rows.append(
            {
                "kind": kind,
                "table": name,
                "cells": len(again),
                "agreement": float(evidence[0, 1]),
                "stability": float(said.mean()),
                "again": float(again.mean()),
                "off": float(off(said, again)),
                "votes_off": float(off(expit(evidence[:, 0]), again)),
                "auroc": float(roc_auc_score(again, said)) if 0 < again.mean() < 1 else None,
            }
        )
    save(__file__, {"logistic": [start, *slopes], "tables": rows}, seed=0, threads=1)
    show(rows, title=json.dumps([start, *slopes]))
