"""Memory of ``cluster`` by the number of cells; how long one table takes there and in ``annotate``.

Simulated cells are drawn again from 5,000, each with nine tenths of its molecules: making 100,000
anew would take more memory than clustering them. Networks see each cell once, for memory does not
depend on how often. The times need the shared folder (``GRAPHKIT_SHARED``); one half of the table
is annotated by the other. With sizes, ``time`` or ``annotate``, it measures those, and the others
in ``cells_scale.json`` stay as they are.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from common import limit_threads, peak_memory_mb, run_alone, save, show

limit_threads(1)

import anndata  # noqa: E402
import numpy as np  # noqa: E402
from scipy import sparse  # noqa: E402

from graphkit import annotate  # noqa: E402
from graphkit.datasets import CellsParams, simulate_cells  # noqa: E402
from graphkit.methods import CellParams  # noqa: E402
from graphkit.omics import read_spatial  # noqa: E402
from graphkit.tasks.cells.clusters import CellClusters  # noqa: E402

SIZES = (2_000, 10_000, 30_000, 100_000)
DRAWN, MEMBERS = 5_000, 5


def table(n: int) -> anndata.AnnData:
    rng = np.random.default_rng(0)
    cells = simulate_cells(CellsParams(n_cells=DRAWN), seed=0)
    counts = sparse.csr_matrix(cells.counts, dtype=np.float32)[rng.integers(0, DRAWN, n)]
    counts.data = rng.binomial(counts.data.astype(np.int64), 0.9).astype(np.float32)
    counts.eliminate_zeros()
    return anndata.AnnData(counts)


def measure(what: str) -> dict[str, Any]:
    """Return peak memory and time of one table, in a process of its own."""
    if what in ("time", "annotate"):
        folder = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data/singlecell"
        adata = read_spatial(folder / "pbmc4k_10x_top2000.h5ad", spatial_key=None)
    else:
        adata = table(int(what))
    before, begun, cpu = peak_memory_mb(), time.perf_counter(), time.process_time()
    if what == "time":
        CellClusters(8, members=MEMBERS, device="cpu", threads=1).fit(adata)
    elif what == "annotate":
        known = np.random.default_rng(0).permutation(adata.n_obs) < adata.n_obs // 2
        annotate(adata[known], adata[~known].copy(), label="cell_type")
    else:
        params = CellParams(steps=1, min_epochs=1)
        CellClusters(6, members=1, params=params, device="cpu", threads=1).fit(adata)
    return {
        "cells": adata.n_obs,
        "counts_stored": int(adata.X.nnz),
        "mb_before": before,
        "mb_peak": peak_memory_mb(),
        "seconds": time.perf_counter() - begun,
        "cpu_seconds": time.process_time() - cpu,
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--alone"]:
        print(json.dumps(measure(sys.argv[2])))
        sys.exit()
    file = Path(__file__).with_suffix(".json")
    results = json.loads(file.read_text())["results"] if file.is_file() else {}
    for what in sys.argv[1:] or [*map(str, SIZES), "time", "annotate"]:
        results[what] = run_alone(__file__, "--alone", what)
        save(__file__, results, seed=0, threads=1)
    show([{"what": k, **v} for k, v in results.items()], title="cluster, annotate")
