"""What a denoiser costs: graphs, epochs and memory up to 100,000 spots; two threads.

Bars, for 50,000 spots x 2,000 genes on two cores: graph < 30 s, epoch < 5 min, peak < 8 GB; memory
linear from 5,000 to 100,000 spots; a whole Visium slide (4,600 spots, 3,000 genes read, 15,000
predicted) < 5 min. Counts are simulated on a hexagonal grid, a fifth of them not zero.
"""

import itertools
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from common import limit_threads, peak_memory_mb, run_alone, save, show

limit_threads(2)

import numpy as np  # noqa: E402
from scipy import sparse  # noqa: E402

from graphkit import denoise  # noqa: E402
from graphkit.builders import SpotInputs, spot_table  # noqa: E402
from graphkit.methods import DenoiserParams  # noqa: E402
from graphkit.omics import highly_variable  # noqa: E402
from graphkit.tasks.denoise.networks import apply_networks, train_network  # noqa: E402

SEED = 0
SIZES = (5_000, 20_000, 50_000, 100_000)
N_GENES = 2_000
DENSITY = 0.2


def slide(n_spots: int, n_genes: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Return counts with a fifth of the entries set, and places on a hexagonal grid."""
    generator = np.random.default_rng(SEED)
    per_spot = int(DENSITY * n_genes)
    indices = np.concatenate(
        [
            np.sort(generator.choice(n_genes, per_spot, replace=False)).astype(np.int32)
            for _ in range(n_spots)
        ]
    )
    data = generator.geometric(0.5, len(indices)).astype(np.float32)
    indptr = np.arange(n_spots + 1) * per_spot
    counts = sparse.csr_matrix((data, indices, indptr), shape=(n_spots, n_genes))
    row, column = np.divmod(np.arange(n_spots), int(n_spots**0.5))
    return counts, np.column_stack([column + row % 2 / 2, row * 3**0.5 / 2])


def one_size(n_spots: int) -> dict[str, float]:
    counts, points = slide(n_spots, N_GENES)
    made = peak_memory_mb()
    start = time.perf_counter()
    table = spot_table(points)
    graph_s = time.perf_counter() - start
    source = SpotInputs(counts, highly_variable(counts), float(N_GENES))
    params = replace(DenoiserParams(), steps=1, min_epochs=1)
    start = time.perf_counter()
    network = train_network(source, table, params, seed=SEED, threads=2)
    epoch_s = time.perf_counter() - start
    start = time.perf_counter()
    for _ in apply_networks([network], source, table).rates():
        pass
    return {
        "spots": n_spots,
        "genes": N_GENES,
        "graph_s": graph_s,
        "epoch_s": epoch_s,
        "apply_s": time.perf_counter() - start,
        "counts_mb": made,
        "peak_mb": peak_memory_mb(),
    }


def visium() -> dict[str, float]:
    """Denoise a whole slide as a user does, gains included."""
    from anndata import AnnData

    counts, points = slide(4_600, 15_000)
    adata = AnnData(counts, obsm={"spatial": points})
    start, cpu = time.perf_counter(), time.process_time()
    denoise(adata, progress=True)
    return {
        "spots": 4_600,
        "genes_read": 3_000,
        "genes": 15_000,
        "seconds": time.perf_counter() - start,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": peak_memory_mb(),
    }


def main() -> None:
    whole = run_alone(__file__, "--visium")
    show([whole], title="A Visium slide, three networks and the gains")
    keep(visium=whole)
    sizes = [run_alone(__file__, "--size", str(n)) for n in SIZES]
    show(sizes, title="One epoch, alone in its process")
    # Grows by as much per spot from the second half to the whole as before it, or it is not linear.
    grown = [
        (b["peak_mb"] - a["peak_mb"]) / (b["spots"] - a["spots"])
        for a, b in itertools.pairwise(sizes)
    ]
    print("MB per further 1,000 spots:", [round(1000 * g, 1) for g in grown])
    keep(sizes=sizes, mb_per_further_spot=grown)


def keep(**found: Any) -> None:
    """Write what was measured; the rest of the file stays as it is."""
    written = Path(__file__).with_suffix(".json")
    before = json.loads(written.read_text())["results"] if written.exists() else {}
    packages = ("numpy", "scipy", "torch", "lightning")
    save(__file__, before | found, seed=SEED, threads=2, packages=packages)


if __name__ == "__main__":
    if "--size" in sys.argv:
        print(json.dumps(one_size(int(sys.argv[-1]))))
    elif "--visium" in sys.argv:
        print(json.dumps(visium()))
    else:
        main()
