"""How many clusters of cells ``cluster --n-clusters auto`` finds, where their number is known.

Simulated cells of 2 to 10 types, 200 to 3,000 cells, easy and hard; cells of a second simulator,
built otherwise, whose types hang on a tree and may differ in a handful of genes; cells without
types; and, with the shared folder (``GRAPHKIT_SHARED``), annotated sets.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
from cells import SETS  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from scipy import sparse  # noqa: E402

from graphkit.datasets import CellsParams, simulate_cells  # noqa: E402
from graphkit.methods import CellParams  # noqa: E402
from graphkit.omics import highly_variable, raw_counts, read_spatial  # noqa: E402
from graphkit.tasks.cells.features import scaled_components  # noqa: E402
from graphkit.tasks.cells.number import CellNumber, choose_number  # noqa: E402

NUMBERS = (2, 3, 4, 6, 8, 10)
# The rule was made on others.
SEEDS, OTHERS, NONSENSE = range(100, 160), range(100, 140), range(100, 106)


def find(counts: sparse.csr_matrix) -> CellNumber:
    recipe = CellParams()
    genes = highly_variable(counts, n_top_genes=recipe.n_top_genes)
    (table,) = scaled_components(counts, genes, n_components=recipe.n_components)
    one_batch = np.zeros(counts.shape[0], dtype=np.int64)
    return choose_number(counts, genes, table, batch=one_batch, n_neighbors=recipe.n_neighbors)


def simulated(seed: int) -> tuple[sparse.csr_matrix, NDArray[Any]]:
    """Return counts and types; what is hard about them follows from the seed."""
    rng = np.random.default_rng((5, seed))
    cells = simulate_cells(
        CellsParams(
            n_types=NUMBERS[seed % len(NUMBERS)],
            n_cells=int(np.exp(rng.uniform(np.log(200), np.log(3000)))),
            unequal=float(rng.choice([1, 3, 6])),
            contrast=float(rng.choice([1.5, 2.0, 2.5])),
            depth=float(rng.choice([1000, 2000, 4000])),
            n_programs=int(rng.choice([0, 3, 6])),
        ),
        seed=seed,
    )
    return sparse.csr_matrix(cells.counts.astype(np.float32)), cells.types


def other_cells(seed: int, n_types: int = 0) -> tuple[sparse.csr_matrix, NDArray[Any]]:
    """Return counts and types of a second simulator: each type hangs on an earlier one."""
    rng = np.random.default_rng((91, seed))
    k = n_types or int(rng.integers(2, 13))
    n = max(int(np.exp(rng.uniform(np.log(200), np.log(3000)))), 25 * k)
    n_genes = int(rng.choice([300, 800, 2000]))
    share, size = rng.choice([0.03, 0.06, 0.12]), rng.uniform(0.7, 1.8)
    levels = [rng.normal(0, 1.3, n_genes)]
    for _ in range(1, k):
        changed = rng.normal(0, size, n_genes) * (rng.random(n_genes) < share)
        levels.append(levels[rng.integers(len(levels))] + changed)
    weight = np.maximum(rng.dirichlet(np.full(k, 4.0)), 12 / n)
    types = rng.choice(k, n, p=weight / weight.sum())
    programs = int(rng.integers(0, 5))
    loads = rng.normal(0, rng.uniform(0.1, 0.35), (programs, n_genes))
    loads *= rng.random(loads.shape) < 0.15
    # Gradients have no middle where most cells are, or they do.
    mixed = rng.uniform(-1.7, 1.7, (n, programs))
    mixed = rng.normal(0, 1, (n, programs)) if rng.random() < 0.5 else mixed
    rates = np.exp(np.array(levels)[types] + mixed @ loads)
    depth = np.exp(rng.uniform(np.log(500), np.log(6000))) * rng.lognormal(0, 0.45, (n, 1))
    depth = depth * rng.lognormal(0, 0.3, k)[types][:, None]
    mean = depth * rates / rates.sum(axis=1, keepdims=True)
    counts = rng.poisson(rng.gamma(5, mean / 5)).astype(np.float32)
    return sparse.csr_matrix(counts), types


def nonsense(seed: int) -> dict[str, sparse.csr_matrix]:
    """Return cells without types: one type alone, of either simulator, and genes shuffled."""
    counts, types = simulated(seed)
    rng = np.random.default_rng(seed)
    shuffled = rng.permuted(counts.toarray(), axis=0)
    return {
        "one type": counts[types == np.bincount(types).argmax()],
        "one type, second simulator": other_cells(seed, 1)[0],
        "genes shuffled": sparse.csr_matrix(shuffled),
    }


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    told = [row for row in rows if row["determined"]]
    off = np.array([abs(row["found"] - row["planted"]) for row in told])
    return {
        "tables": len(rows),
        "determined": len(told) / len(rows),
        "exact_of_these": float((off == 0).mean()),
        "exact_or_one_off_of_these": float((off <= 1).mean()),
        "exact_or_one_off_of_all": float(
            np.mean([abs(row["found"] - row["planted"]) <= 1 for row in rows])
        ),
        "rows": rows,
    }


def planted(make: Any, seeds: range) -> dict[str, Any]:
    rows = []
    for seed in seeds:
        counts, types = make(seed)
        found = find(counts)
        rows.append(
            {
                "seed": seed,
                "cells": counts.shape[0],
                "planted": len(np.unique(types)),
                "found": found.chosen,
                "determined": found.determined,
            }
        )
    return summary(rows)


def annotated(folder: Path) -> dict[str, Any]:
    rows = {}
    for name, file in SETS.items():
        adata = read_spatial(folder / f"{file}.h5ad", spatial_key=None)
        found = find(raw_counts(adata))
        rows[name] = {
            "annotated": int(adata.obs["cell_type"].nunique()),
            "found": found.chosen,
            "determined": found.determined,
            "curve": {str(k): round(v, 2) for k, v in found.curve.items() if k <= 20},
        }
    return rows


if __name__ == "__main__":
    shared = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data/singlecell"
    file = Path(__file__).with_suffix(".json")
    results = json.loads(file.read_text())["results"] if file.is_file() else {}
    parts = {
        "simulated": lambda: planted(simulated, SEEDS),
        "second simulator": lambda: planted(other_cells, OTHERS),
        "nonsense": lambda: {
            name: [find(tables[name]).determined for tables in map(nonsense, NONSENSE)]
            for name in nonsense(NONSENSE[0])
        },
        "annotated": lambda: annotated(shared),
    }
    for name in sys.argv[1:] or parts:
        results[name] = parts[name]()
        save(__file__, results, seed=0, threads=1, packages=("numpy", "scikit-learn", "igraph"))
    told = ("simulated", "second simulator")
    show(
        [{"set": k, **{i: j for i, j in results[k].items() if i != "rows"}} for k in told],
        title="Number of types",
    )
    print(results["nonsense"])
    show([{"set": k, **{i: str(j) for i, j in v.items()}} for k, v in results["annotated"].items()])
