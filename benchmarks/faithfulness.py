"""What explanations are worth: gradients beside attention, random scores and mutagenesis.

Transcripts come from the published test set; their labels are not read. Explained is the value
that a model predicts, or the log-odds of the class it favours. Needs the shared folder
(``GRAPHKIT_SHARED``, default ``../shared``) for sequences and for the published weights. One
thread. Each part may run by itself: what is not measured again stays in ``faithfulness.json`` as
it is.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from common import Row, limit_threads, peak_memory_mb, run_alone, save, show

limit_threads(1)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from graphkit.attribution import (  # noqa: E402
    FaithfulnessParams,
    LogOdds,
    attention_mass,
    integrated_gradients,
    mutagenesis,
)
from graphkit.attribution.checks import summarise  # noqa: E402
from graphkit.attribution.faithfulness import measure  # noqa: E402
from graphkit.pretrained import load  # noqa: E402
from graphkit.sequences import encode, read_fasta  # noqa: E402
from graphkit.tasks import SequenceClassifier  # noqa: E402
from graphkit.tasks.explain.explained_model import log_odds_of, member_attention  # noqa: E402
from graphkit.tasks.localize.published import published_sgcl_lncloc  # noqa: E402

SEED = 0
PACKAGES = ("graphkit-bio", "numpy", "scipy", "torch", "captum")
Codes = NDArray[np.uint8]


def transcripts(shared: Path, n: int, *, longest: int) -> list[Codes]:
    """Return `n` transcripts of at most `longest` letters, evenly spaced over the lengths."""
    records = read_fasta(shared / "data" / "lncrna" / "sgcl_test.fasta")
    found = sorted((encode(r.sequence) for r in records), key=len)
    fitting = [codes for codes in found if len(codes) <= longest]
    rows = np.unique(np.linspace(0, len(fitting) - 1, min(n, len(fitting))).round().astype(int))
    return [fitting[row] for row in rows]


def favoured(model: SequenceClassifier, codes: Codes) -> LogOdds:
    """Return the value that is predicted, or the log-odds of the class the model favours."""
    if model.ensemble_.quantity is not None:
        return log_odds_of(model, model.ensemble_.positive)
    return max((log_odds_of(model, name) for name in model.classes_), key=lambda f: f([codes])[0])


def faithful(
    name: str, model: SequenceClassifier, sequences: list[Codes], params: FaithfulnessParams
) -> list[Row]:
    """Measure each transcript and return the table."""

    def attention(odds: LogOdds, codes: Codes) -> NDArray[np.float64]:
        weights = member_attention(model, codes).mean(axis=0)
        return attention_mass(weights, odds.builder.provenance(codes))[0].values

    measured = []
    for number, codes in enumerate(sequences):
        start = time.perf_counter()
        odds = favoured(model, codes)
        measured.append(
            measure(odds, codes, views={"attention": attention}, params=params, number=number)
        )
        seconds = time.perf_counter() - start
        print(
            f"{name}: {number + 1}/{len(sequences)}, {len(codes)} nt, {seconds:.0f} s", flush=True
        )
    rows = [asdict(check) for check in summarise(measured)]
    # JSON has no NaN.
    return [{**row, "value": None if np.isnan(row["value"]) else row["value"]} for row in rows]


def best_of(function: Callable[[], object], *, times: int = 3) -> float:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def random_codes(length: int) -> Codes:
    return np.random.default_rng(SEED).integers(4, size=length).astype(np.uint8)


def speed(name: str) -> list[Row]:
    odds = log_odds_of(load(name), load(name).classes_[-1])
    two, one = random_codes(2_000), random_codes(1_000)
    unknown = {"peak_mb": None, "more_than_1_kb_mb": None}
    rows: list[Row] = [
        {
            "what": "gradients, 64 steps, 2 kb",
            "seconds": best_of(lambda: integrated_gradients(odds, two)),
            "bar_s": 3.0,
            **unknown,
        },
        {
            "what": "mutagenesis, 1 kb",
            "seconds": best_of(lambda: mutagenesis(odds, one)),
            "bar_s": 30.0,
            **unknown,
        },
    ]
    for length in (90_000, 1_000_000):
        alone = run_alone(__file__, "--alone", str(length), "--model", name)
        what = f"gradients, 64 steps, {length:,} nt"
        rows.append({"what": what, "seconds": alone.pop("seconds"), "bar_s": None, **alone})
    return rows


def explain_alone(name: str, length: int) -> None:
    """Explain one long transcript, then print time and the memory it took."""
    torch.set_num_threads(1)
    odds = log_odds_of(load(name), load(name).classes_[-1])
    codes = random_codes(length)
    integrated_gradients(odds, codes[:1_000])
    before = peak_memory_mb()
    seconds = best_of(lambda: integrated_gradients(odds, codes), times=1)
    peak = peak_memory_mb()
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "more_than_1_kb_mb": peak - before}))


def main(arguments: argparse.Namespace) -> None:
    shared = Path(os.environ.get("GRAPHKIT_SHARED", "../shared"))
    if not shared.is_dir():
        raise SystemExit("needs the shared folder: set GRAPHKIT_SHARED")
    torch.set_num_threads(1)
    params = FaithfulnessParams(seed=SEED)
    # Its networks are twenty times as slow: fewer knock-outs, and fewer lines of many steps.
    fewer = FaithfulnessParams(fine=2, permutations=2, shares=(0.02, 0.1, 0.5), draws=2, seed=SEED)
    written = Path(__file__).with_suffix(".json")
    results = json.loads(written.read_text())["results"] if written.exists() else {}
    if arguments.records:
        results |= {"model": Path(arguments.model).name, "speed": speed(arguments.model)}
        show(results["speed"], title="Speed")
        chosen = transcripts(shared, arguments.records, longest=arguments.longest)
        results["lengths"] = [len(codes) for codes in chosen]
        results["faithfulness"] = faithful("model", load(arguments.model), chosen, params)
        show(results["faithfulness"], title=f"{results['model']}, {len(chosen)} transcripts")
    if arguments.save:
        save(__file__, results, seed=SEED, threads=1, packages=PACKAGES)
    if arguments.published:
        with np.load(shared / "peers" / "sgcl_lncloc" / "weights.npz") as arrays:
            published = published_sgcl_lncloc(dict(arrays))
        chosen = transcripts(shared, arguments.published, longest=arguments.published_longest)
        results["published_lengths"] = [len(codes) for codes in chosen]
        results["published"] = faithful("published", published, chosen, fewer)
        show(results["published"], title=f"Published weights, {len(chosen)} transcripts")
    if arguments.save:
        save(__file__, results, seed=SEED, threads=1, packages=PACKAGES)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="lncloc", help="name or folder of a model")
    parser.add_argument("--records", type=int, default=40, help="transcripts; 0: none")
    parser.add_argument("--longest", type=int, default=2_000, help="their greatest length")
    parser.add_argument(
        "--published", type=int, default=30, help="transcripts for the published weights; 0: none"
    )
    parser.add_argument("--published-longest", type=int, default=1_000)
    parser.add_argument("--no-save", dest="save", action="store_false", help="print only")
    parser.add_argument("--alone", type=int, help="explain one random transcript of this length")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    chosen = parse(sys.argv[1:])
    if chosen.alone:
        explain_alone(chosen.model, chosen.alone)
    else:
        main(chosen)
