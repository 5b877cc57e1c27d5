"""What a run is said to take beforehand against what it takes: processor seconds and peak memory.

Each command runs alone in its process, on one thread. Bar: within a factor of two, of both. The
constants of ``graphkit/tasks/costs.py`` were set on such runs.
"""

import contextlib
import json
import runpy
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from common import limit_threads, peak_memory_mb, run_alone, save, show

limit_threads(1)

PANELS = {"250 genes": 85, "1,165 genes": 1000}
SPOTS = (1_000, 4_000)
VERBS = {
    "denoise": [],
    "domains": ["--n-domains", "6"],
    "domains auto": ["--n-domains", "auto"],
    "modules": ["--n-modules", "6"],
    "modules auto": ["--n-modules", "auto"],
    "rank-genes": ["--groupby", "layer"],
}


def one(verb: str, source: Path, output: Path) -> dict[str, float]:
    """Run a command as the command line does."""
    sys.argv = ["graphkit", verb.split()[0], str(source), "-o", str(output), *VERBS[verb]]
    sys.argv += ["--device", "cpu", "--threads", "1"]
    with contextlib.suppress(SystemExit):
        runpy.run_module("graphkit", run_name="__main__")
    if not output.exists():
        raise SystemExit(f"{verb} wrote nothing")
    return {"seconds": time.process_time(), "gb": peak_memory_mb() / 1e3}


def said(verb: str, adata: Any) -> dict[str, float]:
    from graphkit.tasks import costs

    name, auto = verb.split()[0], "auto" in verb
    cost = {
        "denoise": lambda: costs.denoising_cost(adata),
        "domains": lambda: costs.domain_cost(adata, auto=auto),
        "modules": lambda: costs.module_cost(adata, auto=auto),
        "rank-genes": lambda: costs.ranking_cost(adata, n_groups=6),
    }[name]()
    return {"seconds said": cost.seconds, "gb said": cost.memory / 1e9}


def main() -> None:
    from graphkit.datasets import TissueParams, simulate_tissue
    from graphkit.omics import tissue_adata, write_adata

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for panel, more in PANELS.items():
            for n in SPOTS:
                params = TissueParams(n_spots=n, n_background=more, depth=600 + more)
                adata = tissue_adata(simulate_tissue(params, seed=0))
                source = Path(folder) / f"{n}.h5ad"
                write_adata(adata, source)
                for verb in VERBS:
                    suffix = "tsv" if verb == "rank-genes" else "h5ad"
                    output = Path(folder) / f"{verb.replace(' ', '_')}.{suffix}"
                    output.unlink(missing_ok=True)
                    taken = run_alone(__file__, "--verb", verb, source, output)
                    told = said(verb, adata)
                    off = {f"{x} off by": told[f"{x} said"] / taken[x] for x in ("seconds", "gb")}
                    rows.append({"verb": verb, "spots": n, "genes": panel, **told, **taken, **off})
                    print(json.dumps(rows[-1]), flush=True)
    worst = max(max(x, 1 / x) for row in rows for x in (row["seconds off by"], row["gb off by"]))
    save(__file__, {"rows": rows, "worst": worst}, seed=0, threads=1)
    show(rows, title=f"At worst off by a factor of {worst:.2f}")


if __name__ == "__main__":
    if "--verb" in sys.argv:
        name, place, out = sys.argv[sys.argv.index("--verb") + 1 :]
        print(json.dumps(one(name, Path(place), Path(out))))
    else:
        main()
