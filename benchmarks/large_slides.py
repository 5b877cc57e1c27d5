"""Slides larger than memory: what each further spot takes where counts are mapped from the disk.

A slide of 500 genes, 89 counts a spot, is written block by block, read with ``on_disk=True`` and
denoised (one network, one epoch, and the gains, which train another) or told the domains of a small
one (with the mean over 18 neighbours, twice), each in a process of its own. Bar: at most 1 kB of
memory more per further spot. A million spots are denoised by the whole recipe, too. Memory is what
the process owns; pages of files, which the system takes back when it likes, are not in it.
"""

import itertools
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

from common import limit_threads, run_alone, save, show

limit_threads(1)

import anndata  # noqa: E402
import h5py  # noqa: E402
import numpy as np  # noqa: E402
from scipy import sparse  # noqa: E402

SEED = 0
SIZES = {
    "denoise": (50_000, 200_000),
    "domains": (50_000, 200_000, 1_000_000),
    "denoise by the whole recipe": (1_000_000,),
}
FITTED = 3_000
N_GENES, N_COUNTS, N_DOMAINS = 500, 120, 6
BLOCK = 20_000


def write_slide(path: Path, n: int) -> None:
    """Write spots on a hexagonal grid, in six stripes."""
    generator = np.random.default_rng(SEED)
    row, column = np.divmod(np.arange(n), int(n**0.5))
    points = np.column_stack([column + row % 2 / 2, row * 3**0.5 / 2])
    empty = sparse.csr_matrix((n, N_GENES), dtype=np.float32)
    anndata.AnnData(empty, obsm={"spatial": points}).write_h5ad(path)
    profiles = generator.gamma(0.5, 1.0, (N_DOMAINS, N_GENES))
    profiles *= N_COUNTS / profiles.sum(axis=1, keepdims=True)
    stripe = (N_DOMAINS * points[:, 0] / (points[:, 0].max() + 1)).astype(int)
    sizes = [np.zeros(1, dtype=np.int64)]
    with h5py.File(path, "r+") as file:
        x = file["X"]
        for name in ("data", "indices"):
            kind = x[name].dtype
            del x[name]
            x.create_dataset(name, (0,), kind, maxshape=(None,), chunks=(1 << 18,))
        for start in range(0, n, BLOCK):
            drawn = generator.poisson(profiles[stripe[start : start + BLOCK]])
            block = sparse.csr_matrix(drawn.astype(np.float32))
            for name in ("data", "indices"):
                at = len(x[name])
                x[name].resize(at + block.nnz, axis=0)
                x[name][at:] = getattr(block, name)
            sizes.append(np.diff(block.indptr))
        del x["indptr"]
        x["indptr"] = np.cumsum(np.concatenate(sizes))


def owned_mb() -> float:
    """Return the memory of this process that is no page of a file, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(one for one in lines if one.startswith("RssAnon")).split()[1]) * 1024 / 1e6


def one_size(what: str, n: int) -> dict[str, float | str]:
    from graphkit import denoise
    from graphkit.methods import DenoiserParams
    from graphkit.omics import read_spatial, write_adata
    from graphkit.tasks import Domains
    from graphkit.tasks.domains.smoothing import Smoothing

    peak = [0.0]

    def watch() -> None:
        while True:
            peak[0] = max(peak[0], owned_mb())
            time.sleep(0.02)

    threading.Thread(target=watch, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        write_slide(Path(folder) / "x.h5ad", n)
        peak[0], start, cpu = 0.0, time.perf_counter(), time.process_time()
        adata = read_spatial(Path(folder) / "x.h5ad", on_disk=True)
        if what == "denoise":
            denoise(adata, params=DenoiserParams(steps=1, min_epochs=1, members=1), device="cpu")
        elif what != "domains":
            denoise(adata, device="cpu")
        else:
            write_slide(Path(folder) / "small.h5ad", FITTED)
            model = Domains(N_DOMAINS).fit(read_spatial(Path(folder) / "small.h5ad"))
            model.smoothing_ = Smoothing(18, 2)
            model.annotate(adata)
        write_adata(adata, Path(folder) / "out.zarr")
        return {
            "what": what,
            "spots": n,
            "counts_mb": adata.X.nnz * 8 / 1e6,
            "layer_mb": 4 * N_GENES * n / 1e6 if what != "domains" else 0.0,
            "peak_mb": peak[0],
            "seconds": time.perf_counter() - start,
            "cpu_s": time.process_time() - cpu,
        }


def main() -> None:
    if len(sys.argv) > 2:
        print(json.dumps(one_size(sys.argv[1], int(sys.argv[2]))))
        return
    written = Path(__file__).with_suffix(".json")
    rows = json.loads(written.read_text())["results"] if written.exists() else []
    for what in sys.argv[1:] or SIZES:
        rows = [row for row in rows if row["what"] != what]
        mine: list[dict[str, float]] = []
        for n in SIZES[what]:
            mine.append(run_alone(__file__, what, n))
            for a, b in itertools.pairwise(mine[-2:]):
                more = (b["peak_mb"] - a["peak_mb"]) / (b["spots"] - a["spots"])
                b["kb_per_further_spot"] = 1e3 * more
            save(__file__, rows + mine, seed=SEED, threads=1)
        rows += mine
    show(rows)


if __name__ == "__main__":
    main()
