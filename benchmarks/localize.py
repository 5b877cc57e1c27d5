"""Speed of the published architecture here, beside the published tool; one thread.

The tool's figures are reference values measured on a machine of the same kind (two virtual cores,
AVX-512): 21.1 s for its 151 test sequences, 15 ms to build a graph, 41 training samples per second.
Needs the shared folder (``GRAPHKIT_SHARED``, default ``../shared``) for weights and sequences.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from common import limit_threads, peak_memory_mb, run_alone, save, show

limit_threads(2 if "--localize" in sys.argv else 1)

import numpy as np  # noqa: E402
import torch  # noqa: E402

from graphkit.builders import DeBruijnBuilder, Spectrum, edge_weights  # noqa: E402
from graphkit.cli.main import main as cli  # noqa: E402
from graphkit.methods import LncLoc, LncLocParams, SGCLLncLoc  # noqa: E402
from graphkit.pretrained import load  # noqa: E402
from graphkit.sequences import encode, kmer_counts, read_fasta, read_labelled  # noqa: E402
from graphkit.tasks import SequenceClassifier  # noqa: E402
from graphkit.tasks.localize.published import published_sgcl_lncloc  # noqa: E402
from graphkit.training import TrainSettings, fit  # noqa: E402
from graphkit.types import Record  # noqa: E402

SEED = 0
REFERENCE = {"test_set_s": 21.1, "graph_ms": 15.0, "training_samples_per_s": 41.0}
GRAPH_MS_BY_LENGTH = {252: 11.0, 2_212: 13.5, 9_566: 19.0, 91_671: 120.0}


def best_of(function: Callable[[], object], *, times: int = 15) -> float:
    """Return the shortest of several runs, in seconds: the one least disturbed."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def random_sequence(length: int) -> str:
    letters = np.frombuffer(b"ACGT", np.uint8)
    return letters[np.random.default_rng(SEED).integers(4, size=length)].tobytes().decode()


def encoding() -> list[dict[str, float]]:
    rows = []
    for length in (1_000, 10_000, 100_000, 10_000_000):
        text = random_sequence(length)
        rounds = max(1, 2_000_000 // length)

        def run(text: str = text, rounds: int = rounds) -> None:
            for _ in range(rounds):
                kmer_counts(encode(text), 6)

        rows.append({"nt": length, "mnt_per_s": rounds * length / best_of(run) / 1e6})
    return rows


def graphs(records: list[Record]) -> list[dict[str, float]]:
    builder = DeBruijnBuilder(5)

    def build(items: list[Record]) -> None:
        # In chunks of 32, as a prediction does.
        for start in range(0, len(items), 32):
            edge_weights(builder.spectrum(items[start : start + 32]).edges)

    whole = 1e3 * best_of(lambda: build(records)) / len(records)
    reference = REFERENCE["graph_ms"]
    rows = [{"what": "test set, mean", "ms": whole, "published_ms": reference}]
    for length, published in GRAPH_MS_BY_LENGTH.items():
        item = Record("x", random_sequence(length))
        ms = 1e3 * best_of(lambda item=item: build([item] * 32)) / 32
        rows.append({"what": f"{length:,} nt", "ms": ms, "published_ms": published})
    return [{**row, "times_faster": row["published_ms"] / row["ms"]} for row in rows]


def floor(n_sequences: int, n_members: int) -> float:
    """Return the seconds of the one product nobody can share: 1024 x 256 x 256 per fold."""
    nodes, weight = torch.rand(1024, 256), torch.rand(256, 256)
    out = torch.empty(1024, 256)
    with torch.inference_mode():
        one = best_of(lambda: [torch.mm(nodes, weight, out=out) for _ in range(100)]) / 100
    return one * n_sequences * n_members


def predicting(model: SequenceClassifier, records: list[Record]) -> dict[str, float]:
    seconds = best_of(lambda: model.localize(records))
    return {
        "seconds": seconds,
        "published_s": REFERENCE["test_set_s"],
        "times_faster": REFERENCE["test_set_s"] / seconds,
    }


def training(shared: Path) -> dict[str, float]:
    path = shared / "data" / "lncrna" / "rnalight_train.fasta.gz"
    data = read_labelled(read_fasta(path), file=path)
    rows = np.random.default_rng(SEED).permutation(len(data))[:640]
    spectrum: Spectrum = DeBruijnBuilder(5).spectrum(
        [data.codes[i] for i in rows], y=data.labels[rows].tolist()
    )
    member = SGCLLncLoc(data.classes, parity="paper")
    course = fit(
        member, spectrum, settings=TrainSettings(epochs=3, batch_size=16, threads=1), seed=SEED
    )
    reference = REFERENCE["training_samples_per_s"]
    return {
        "samples_per_s": course.samples_per_second,
        "published": reference,
        "times_faster": course.samples_per_second / reference,
    }


def training_shipped(shared: Path) -> dict[str, float]:
    """Train one member as the shipped model was, for fewer epochs; crops are drawn anew in each."""
    path = shared / "data" / "lncrna" / "rnalight_train.fasta.gz"
    data = read_labelled(read_fasta(path), file=path)
    rows = np.random.default_rng(SEED).permutation(len(data))[:1920]
    codes = [data.codes[i] for i in rows]
    params = LncLocParams()
    known = {
        "y": data.labels[rows].tolist(),
        "seed": SEED,
    }
    member = LncLoc.fresh(data.classes, params, codes, **known)
    settings = replace(LncLoc.recipe, epochs=3, threads=1)
    course = fit(
        member, LncLoc.training_inputs(codes, params, **known), settings=settings, seed=SEED
    )
    reference = REFERENCE["training_samples_per_s"]
    return {
        "samples_per_s": course.samples_per_second,
        "published": reference,
        "times_faster": course.samples_per_second / reference,
    }


def command_line() -> list[dict[str, object]]:
    """Run ``graphkit localize`` as a user does: start-up included, two threads."""
    many = [(f"t{i}", random_sequence(500 + 37 * (i % 100))) for i in range(400)]
    inputs = {
        "400 transcripts, 500-4,200 nt": many,
        "5,000 records of 200 nt": [(f"t{i}", random_sequence(200)) for i in range(5_000)],
        "one record of 10 Mb": [("chromosome", random_sequence(10_000_000))],
    }
    rows: list[dict[str, object]] = []
    for name, records in inputs.items():
        with tempfile.TemporaryDirectory() as folder:
            fasta = Path(folder) / "in.fa"
            fasta.write_text("".join(f">{i}\n{s}\n" for i, s in records), encoding="ascii")
            table = Path(folder) / "out.tsv"
            start = time.perf_counter()
            peak = run_alone(__file__, "--localize", fasta, table)
            seconds = time.perf_counter() - start
            lines = len(table.read_text("utf-8").splitlines())
        if lines != len(records) + 1:
            raise SystemExit(f"{name}: {lines} lines")
        rows.append({"what": name, "seconds": seconds, "peak_mb": peak})
    return rows


def localize_alone(fasta: str, table: str) -> None:
    """Run the command in this process, then print the most memory it held."""
    sys.argv = ["graphkit", "localize", fasta, "-o", table, "--threads", "2"]
    try:
        cli()
    except SystemExit as end:
        if end.code:
            raise
    print(peak_memory_mb())


def main() -> None:
    shared = Path(os.environ.get("GRAPHKIT_SHARED", "../shared"))
    if not shared.is_dir():
        raise SystemExit("needs the shared folder: set GRAPHKIT_SHARED")
    torch.set_num_threads(1)
    records = list(read_fasta(shared / "data" / "lncrna" / "sgcl_test.fasta"))
    with np.load(shared / "peers" / "sgcl_lncloc" / "weights.npz", allow_pickle=False) as arrays:
        published = published_sgcl_lncloc(dict(arrays))
    results = {
        "encoding": encoding(),
        "graphs": graphs(records),
        "predicting_published_net": predicting(published, records),
        "predicting_shipped_model": predicting(load("lncloc"), records),
        "training_published_net": training(shared),
        "training_shipped_model": training_shipped(shared),
        "command_line": command_line(),
    }
    lowest = floor(len(records), len(published.ensemble_.members))
    results["floor"] = {
        "seconds": lowest,
        "ratio": results["predicting_published_net"]["seconds"] / lowest,
    }
    show(results["encoding"], title="Encoding and counting 6-mers")
    show(results["graphs"], title="Building graphs")
    for name in (
        "predicting_published_net",
        "predicting_shipped_model",
        "training_published_net",
        "training_shipped_model",
    ):
        show([results[name]], title=name.replace("_", " ").capitalize())
    show(results["command_line"], title="graphkit localize, start-up included, two threads")
    show([results["floor"]], title="The floor: one 1024 x 256 x 256 product per fold and sequence")
    save(__file__, results, seed=SEED, threads=1)


if __name__ == "__main__":
    if "--localize" in sys.argv:
        localize_alone(*sys.argv[2:])
    else:
        main()
