"""Transcripts on a Ray cluster: throughput of workers, what one record costs whom, and memory.

``localize`` with the model that ships, on long records, by one and by two workers of this machine,
models loaded before the clock starts; what the process that reads, sends, takes and writes spends
on a record; and the memory of that process and of the workers as records become more. Beyond 10^4
the workers give a ready answer, so that only what the engine does grows. Each in a process of its
own.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from common import limit_threads, peak_memory_mb, run_alone, save, show

limit_threads(1)

import numpy as np  # noqa: E402
import psutil  # noqa: E402

SEED = 0
REPEATS = 3


def fake_records(n: int, length: int) -> Iterator[str]:
    """Yield the records of a FASTA, random ones; letters repeat, ids do not."""
    letters = "".join(np.random.default_rng(SEED).choice([*"ACGU"], 100_000))
    starts = np.random.default_rng(SEED).integers(0, 100_000 - length, n)
    return (f">t{i}\n{letters[at : at + length]}\n" for i, at in enumerate(starts))


def ready(records: list) -> list:
    """Answer at once, with as much as a prediction holds."""
    from graphkit.types import Prediction

    p, known = (0.25, 0.75), (0.5, -1.5, 2.5)
    return [
        Prediction(one.id, None, None, len(one.sequence), "predicted", "Nucleus", p, "5/5", 0.0,
                   one.warnings, 0.5, value=known)
        for one in records
    ]  # fmt: skip


def spent() -> float:
    """Return the CPU time of workers and of what Ray keeps beside them, in seconds."""
    return sum(sum(one.cpu_times()[:2]) for one in psutil.Process().children(recursive=True))


def measure(what: str, n: int, length: int, workers: int) -> dict[str, float]:
    """Localize `n` records into a table, and return what that took."""
    import ray

    from graphkit.distributed.engine import answers
    from graphkit.pretrained import load_ensemble
    from graphkit.reports.output import open_output
    from graphkit.reports.tables import Format, TableWriter
    from graphkit.sequences import read_fasta
    from graphkit.types import NOBODY

    ensemble = load_ensemble("lncloc")
    task = partial(ensemble.predict_each, on_error="skip") if what == "model" else ready
    ray.init("local", num_cpus=workers, include_dashboard=False, log_to_driver=False)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "x.fa"
        with source.open("w") as file:
            file.writelines(fake_records(n, length))
        some = read_fasta(Path(folder) / "x.fa")
        list(answers(task, [next(some) for _ in range(min(n, 64))], workers=workers, size=16))
        before, begun, used = spent(), time.perf_counter(), time.process_time()
        with (
            open_output(Path(folder) / "out.tsv") as output,
            TableWriter(output, tuple(ensemble.row(NOBODY)), format=Format.TSV) as writer,
        ):
            for prediction in answers(task, read_fasta(source), workers=workers):
                writer.write(ensemble.row(prediction))
        seconds, cpu = time.perf_counter() - begun, time.process_time() - used
        others = spent() - before
    ours = psutil.Process().children(recursive=True)
    held = [one.memory_info().rss / 1e6 for one in ours if one.name().startswith("ray::")]
    ray.shutdown()
    return {
        "seconds": seconds,
        "reader_cpu_us": 1e6 * cpu / n,
        "workers_cpu_ms": 1e3 * others / n,
        "reader_mb": peak_memory_mb(),
        "worker_mb": max(held),
    }


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], *map(int, sys.argv[2:]))))
        return
    rows = []
    jobs = [("model", 8_000, 3_000, 1), ("model", 8_000, 3_000, 2), ("model", 1_000, 300, 2),
            ("model", 10_000, 300, 2), ("ready", 10_000, 300, 2), ("ready", 100_000, 300, 2),
            ("ready", 1_000_000, 300, 2)]  # fmt: skip
    for what, n, length, workers in jobs:
        runs = REPEATS if length == 3_000 else 1
        found = [run_alone(__file__, what, n, length, workers) for _ in range(runs)]
        best = min(found, key=lambda one: one["seconds"])
        alone = next((row["seconds"] for row in rows if row["length"] == length == 3_000), None)
        rows.append(
            {
                "answers": what,
                "records": n,
                "length": length,
                "workers": workers,
                **best,
                "ms_per_record_and_worker": 1e3 * best["seconds"] * workers / n,
                "efficiency": alone / best["seconds"] / workers if alone else None,
                "load": os.getloadavg()[0],
            }
        )
        save(__file__, rows, seed=SEED)
    show(rows)


if __name__ == "__main__":
    main()
