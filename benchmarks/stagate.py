"""Domains beside STAGATE on two slices of cortex: seconds and agreement, one thread.

STAGATE is ``stagate-modern``, which the project does not depend on: the argument is the Python of
an environment that has it, and without one this says so and ends. It gets what its tutorial for
Visium gives it: 3,000 variable genes, log-normalised beforehand and outside its seconds, the six
nearest spots, 1,000 epochs; its embedding is divided by mixtures of one covariance, as its authors
do. The network is trained once, the mixtures have five seeds. Needs the shared folder
(``GRAPHKIT_SHARED``).
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from common import limit_threads, run_alone, save, show

limit_threads(1)

import anndata  # noqa: E402
import numpy as np  # noqa: E402

SLIDES = ("151510", "151673")
SEEDS = range(5)


def clock() -> np.ndarray:
    """Return wall and processor seconds."""
    return np.array([time.perf_counter(), time.process_time()])


def divide_by_stagate(slide: str, number: str) -> dict[str, Any]:
    """Divide `slide`, once for each seed; runs where STAGATE is, and graphkit is not."""
    import torch
    from sklearn.mixture import GaussianMixture
    from STAGATE_pyG import Cal_Spatial_Net, train_STAGATE

    torch.set_num_threads(1)
    adata = anndata.read_h5ad(slide)
    start = clock()
    Cal_Spatial_Net(adata, k_cutoff=6, model="KNN", verbose=False)
    train_STAGATE(adata, verbose=False, device="cpu")
    trained = clock()
    found = [
        GaussianMixture(int(number), covariance_type="tied", n_init=3, random_state=seed)
        .fit_predict(adata.obsm["STAGATE"])
        .tolist()
        for seed in SEEDS
    ]
    seconds = trained - start + (clock() - trained) / len(SEEDS)
    return {"seconds": seconds.tolist(), "domains": found}


def measure(name: str, python: str) -> dict[str, Any]:
    from domains import find, real, score, truth_of
    from scipy import sparse

    from graphkit.omics import highly_variable, log_normalise, raw_counts

    tissue = next(one for one in real() if one.name == name)
    truth, number = truth_of(tissue)
    start = clock()
    ours = [find(tissue, number, seed)[1] for seed in SEEDS]
    wall, cpu = ((clock() - start) / len(SEEDS)).tolist()
    counts = raw_counts(tissue.adata)
    genes = highly_variable(counts, n_top_genes=3000)
    logged = sparse.csr_matrix(log_normalise(counts, target_sum=1e4)[:, genes])
    with tempfile.TemporaryDirectory() as folder:
        slide = Path(folder) / "slide.h5ad"
        anndata.AnnData(logged, obsm={"spatial": tissue.adata.obsm["spatial"]}).write_h5ad(slide)
        theirs = run_alone(__file__, "--stagate", slide, str(number), python=python)
    their_wall, their_cpu = theirs["seconds"]
    return {
        "slide": name,
        "spots": len(truth),
        "wall_s": wall,
        "stagate_wall_s": their_wall,
        "cpu_s": cpu,
        "stagate_cpu_s": their_cpu,
        "cpu_ratio": their_cpu / cpu,
        "ari": [score(truth, one) for one in ours],
        "stagate_ari": [score(truth, np.asarray(one)) for one in theirs["domains"]],
    }


def main(python: str) -> None:
    rows = []
    for name in SLIDES:
        rows.append(measure(name, python))
        save(__file__, rows, seed=0, threads=1)
    mean = [
        {k: float(np.mean(v)) if isinstance(v, list) else v for k, v in row.items()} for row in rows
    ]
    show(mean, title="Domains; seconds of one fit, ARI as a mean of five seeds")


def has_stagate(python: str) -> bool:
    return subprocess.run([python, "-c", "import STAGATE_pyG"], check=False).returncode == 0


if __name__ == "__main__":
    if "--stagate" in sys.argv:
        print(json.dumps(divide_by_stagate(*sys.argv[2:])))
    elif len(sys.argv) == 2 and has_stagate(sys.argv[1]):
        main(sys.argv[1])
    else:
        print("skipped: give the Python of an environment with stagate-modern (pip install it)")
