"""What the benchmarks share: the machine in words, peak memory, one JSON per script, a table.

Import it before numpy or torch: :func:`limit_threads` works only until those are loaded.
"""

import json
import os
import platform
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]

PACKAGES = ("graphkit-bio", "numpy", "torch", "torch-geometric", "lightning", "gensim")
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def limit_threads(n: int) -> None:
    """Let numpy and torch use `n` threads, in this process and those it starts."""
    for variable in THREAD_VARIABLES:
        os.environ[variable] = str(n)


def machine() -> dict[str, Any]:
    """Return the kind of machine: nothing that names it or says where it stands."""
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def versions(packages: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Return the installed version of each package that is installed."""
    found = {}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def peak_memory_mb() -> float:
    """Return the most memory this process has held so far, in MB (10^6 bytes)."""
    # getrusage counts what the parent held when it started this process; the kernel's own
    # high-water mark does not.
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        mark = next(line for line in lines if line.startswith("VmHWM:"))
        return int(mark.split()[1]) * 1024 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def run_alone(
    script: str | Path, *arguments: str | Path, python: str | Path = sys.executable
) -> Any:
    """Run `script` in a process of its own and return the JSON on the last line it prints.

    Peak memory belongs to a process, so each thing measured gets one.
    """
    command = [str(python), str(script), *map(str, arguments)]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(printed.splitlines()[-1])


def save(
    script: str | Path,
    results: Any,
    *,
    seed: int | None = None,
    threads: int | None = None,
    packages: Sequence[str] = PACKAGES,
) -> Path:
    """Write ``NAME.json`` beside the script ``NAME.py``: the results and what they depend on.

    Parameters
    ----------
    script
        ``__file__`` of the benchmark.
    results
        Anything JSON can hold.
    seed, threads
        What the run used, where it matters.
    packages
        Whose versions matter.

    Returns
    -------
    Path
        Of the file, which is replaced as a whole.
    """
    target = Path(script).with_suffix(".json")
    content = {
        "results": results,
        "seed": seed,
        "threads": threads,
        "machine": machine(),
        "versions": versions(packages),
    }
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        draft.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def show(rows: Sequence[Row], *, title: str = "") -> None:
    """Print rows as a table, numbers to the right; the first row names the columns."""
    columns = list(rows[0]) if rows else []
    cells = [[_text(row.get(column)) for column in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    right = [all(_is_number(row.get(column)) for row in rows) for column in columns]
    if title:
        print(f"\n{title}")
    for line in [columns, ["-" * width for width in widths], *cells]:
        parts = zip(line, widths, right, strict=True)
        print("  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in parts).rstrip())


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
