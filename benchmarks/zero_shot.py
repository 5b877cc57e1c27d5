"""Types that a reference lacks, told by their marker genes alone: kang and PBMC of two protocols.

Each of the five types that both sets have is taken out of the reference in turn, and given to
``annotate --markers`` by its ten best markers in that other set. Beside it: ``sc.tl.score_genes``
of the same genes, above its usual zero and above what a mixture of two normal distributions says.
Needs the shared folder (``GRAPHKIT_SHARED``, default ``../shared``).
"""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
import scanpy as sc  # noqa: E402
from sklearn.metrics import balanced_accuracy_score  # noqa: E402
from sklearn.mixture import GaussianMixture  # noqa: E402

from graphkit.omics import read_spatial  # noqa: E402
from graphkit.tasks.cells.types import CellTypes  # noqa: E402

PACKAGES = ("numpy", "scikit-learn", "scipy", "scanpy")
FILES = {"kang": "kang_pbmc_muscat", "pbmc": "pbmc_10x_v2_v3"}
# What a type is called in each set.
NAMES = {
    "CD14+ Monocytes": "Mono_CD14",
    "FCGR3A+ Monocytes": "Mono_CD16",
    "B cells": "B",
    "CD4 T cells": "T_CD4",
    "CD8 T cells": "T_CD8",
}
MARKERS = 10
SEEDS = 3


def logged(adata: Any) -> Any:
    """Return log-normalised cells, as scanpy's users make them."""
    cells = adata.copy()
    sc.pp.normalize_total(cells, target_sum=1e4)
    sc.pp.log1p(cells)
    return cells


def best_genes(reference: Any, genes: Any) -> dict[str, list[str]]:
    """Return the ten genes of each type that scanpy ranks first, of those that both sets have."""
    cells = logged(reference)[:, genes].copy()
    sizes = cells.obs["type"].value_counts()
    groups = [str(name) for name in sizes.index[sizes >= MARKERS]]
    sc.tl.rank_genes_groups(cells, "type", groups=groups, method="wilcoxon", n_genes=MARKERS)
    names = cells.uns["rank_genes_groups"]["names"]
    return {name: [str(gene) for gene in names[name]] for name in names.dtype.names}


def scores(query: Any, genes: list[str]) -> dict[str, Any]:
    """Return which cells scanpy's score of `genes` takes, by two rules, one row a seed."""
    cells, found = logged(query), {"score above 0": [], "mixture of the score": []}
    for seed in range(SEEDS):
        sc.tl.score_genes(cells, genes, random_state=seed)
        values = cells.obs["score"].to_numpy()[:, None]
        model = GaussianMixture(2, n_init=3, random_state=seed).fit(values)
        found["score above 0"].append(values[:, 0] > 0)
        found["mixture of the score"].append(model.predict(values) == model.means_.argmax())
    return found


def measure(reference: Any, query: Any) -> Iterator[dict[str, Any]]:
    """Yield the balanced accuracy of each type that was left out and described."""
    shared = reference.var_names[reference.var_names.isin(query.var_names)]
    markers = best_genes(reference, shared)
    truth = query.obs["type"].to_numpy()
    for name in NAMES.values():
        known = reference[(reference.obs["type"] != name).to_numpy()].copy()
        rules = scores(query, markers[name])
        rules["graphkit"] = [
            CellTypes(markers={name: markers[name]}, random_state=seed)
            .fit(known, label="type")
            .read(query.copy())
            .labels
            == name
            for seed in range(SEEDS)
        ]
        yield {
            "type": name,
            "cells": int((truth == name).sum()),
            **{
                rule: float(np.mean([balanced_accuracy_score(truth == name, one) for one in taken]))
                for rule, taken in rules.items()
            },
            "markers": markers[name],
        }


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # of types of one cell, and what is not confirmed
    shared = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data/singlecell"
    sets = {key: read_spatial(shared / f"{file}.h5ad", spatial_key=None)
            for key, file in FILES.items()}  # fmt: skip
    for adata in sets.values():
        adata.obs["type"] = adata.obs["cell_type"].astype(str).replace(NAMES)
    rows: list[dict[str, Any]] = []
    for one, other in (("kang", "pbmc"), ("pbmc", "kang")):
        for row in measure(sets[one], sets[other]):
            rows.append({"pair": f"{one} > {other}", **row})
            print(rows[-1], flush=True)
    rules = ("graphkit", "score above 0", "mixture of the score")
    means = {
        pair: {rule: float(np.mean([row[rule] for row in rows if row["pair"] == pair]))
               for rule in rules}
        for pair in dict.fromkeys(row["pair"] for row in rows)
    }  # fmt: skip
    save(__file__, {"means": means, "types": rows}, seed=0, threads=1, packages=PACKAGES)
    show([{"pair": k, **v} for k, v in means.items()], title="Balanced accuracy, types left out")
