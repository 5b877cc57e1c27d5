"""Planted elements: is each found, and nothing where they say nothing of the class.

Random elements are planted in simulated transcripts, one kind in each and none in a fifth: three
elements in each class, or all six in both. A small model learns from some transcripts; motifs are
found in its explanations of others, and tested on their classes. In a third simulation two elements
of one class stand side by side in half of its transcripts and alone in the others, and two of the
other class are never apart: the first are two motifs, the second are one. One thread.
"""

from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
import torch  # noqa: E402

from graphkit.attribution import recovery  # noqa: E402
from graphkit.datasets import SimulationParams, random_elements, simulate_transcripts  # noqa: E402
from graphkit.motifs import Motif, MotifTable, Track, align, discover  # noqa: E402
from graphkit.motifs.motif import shares_core  # noqa: E402
from graphkit.sequences import encode  # noqa: E402
from graphkit.tasks import SequenceClassifier  # noqa: E402
from graphkit.tasks.explain.explain import explain  # noqa: E402
from graphkit.tasks.explain.explained_model import log_odds_of  # noqa: E402
from graphkit.training import TrainSettings  # noqa: E402

SETS = (1, 2, 3)
N_TRAIN, N_TESTED = 300, 360
SETTINGS = TrainSettings(epochs=24, lr=0.015)


def measure(params: SimulationParams, *, seed: int) -> tuple[float, MotifTable]:
    """Return the AUROC of a model on transcripts it has not seen, and the motifs it finds there."""
    simulated = simulate_transcripts(params, seed=seed)
    training, unseen = simulated[:N_TRAIN], simulated[N_TRAIN:]
    small = {"k": 4, "features": "one-hot", "hidden": 16, "dropout": 0.1}
    model = SequenceClassifier(
        "sgcl-lncloc", params=small, members=2, random_state=seed, settings=SETTINGS
    )
    model.fit([one.record for one in training], [one.label for one in training])
    target = params.classes[1]
    effect, positive = log_odds_of(model, target), [one.label == target for one in unseen]
    auroc = recovery(effect([encode(one.record.sequence) for one in unseen]), np.array(positive))
    explained = explain(model, [one.record for one in unseen], target=target, steps=6)
    tracks = [
        Track(e.id, encode(e.sequence), e.scores.values) for e in explained if e.scores is not None
    ]
    table = discover(
        tracks,
        labels=[int(one) for one in positive],
        classes=params.classes,
        effect=effect,
        seed=seed,
    )
    return float(auroc), table


def found(element: str, favours: str, table: MotifTable) -> dict[str, Any]:
    """Return the motif of a class that is most like an element, and its rank in that class."""
    planted = Motif.from_consensus(element)
    own = [row for row in table.rows if row.favours == favours]
    if not own:
        return {"rank": None, "consensus": None, "q": None, "knock_out": None, "control": None}
    rank, row = max(enumerate(own, start=1), key=lambda pair: align(pair[1].motif, planted)[0])
    broken = row.knock_out
    return {
        "rank": rank,
        "consensus": row.consensus,
        "q": row.q,
        "knock_out": None if broken is None else broken.effect,
        "control": None if broken is None else broken.control,
    }


def side_by_side(seed: int) -> dict[str, Any]:
    """Plant two elements side by side or alone, and two that are never apart; say what is found."""
    (a, b, _), (c, d, e) = random_elements(seed=seed)
    params = SimulationParams(
        n_transcripts=N_TRAIN + N_TESTED,
        elements=((a, b, a + b, a + b), (c + d, e)),
        n_kinds=1,
        blank_share=0.2,
    )
    auroc, table = measure(params, seed=seed)

    def rows_with(*elements: str) -> list[str]:
        planted = [Motif.from_consensus(element) for element in elements]
        return [
            row.consensus for row in table.rows if all(shares_core(row.motif, p) for p in planted)
        ]

    return {
        "set": seed,
        "AUROC": auroc,
        "at times side by side": f"{a} {b}",
        "found": " ".join(str(found(w, params.classes[0], table)["consensus"]) for w in (a, b)),
        "glued": len(rows_with(a, b)),
        "always side by side": c + d,
        "found whole": len(rows_with(c, d)),
    }


def main() -> None:
    torch.set_num_threads(1)
    elements_found: list[dict[str, Any]] = []
    beside: list[dict[str, Any]] = []
    runs: list[dict[str, Any]] = []
    for seed in SETS:
        elements = random_elements(seed=seed)
        for shared in (False, True):
            params = SimulationParams(
                n_transcripts=N_TRAIN + N_TESTED,
                elements=elements,
                n_kinds=1,
                blank_share=0.2,
                shared_elements=shared,
            )
            auroc, table = measure(params, seed=seed)
            print(f"set {seed}, shared: {shared}, AUROC {auroc:.3f}", flush=True)
            q = [row.q for row in table.rows if row.q is not None]
            runs.append(
                {
                    "set": seed,
                    "planted in": "both classes" if shared else "one class",
                    "AUROC": auroc,
                    "motifs": len(table.rows),
                    "q < 0.05": sum(value < 0.05 for value in q),
                    "least q": min(q, default=None),
                }
            )
            if not shared:
                elements_found += [
                    {"set": seed, "class": name, "element": e, **found(e, name, table)}
                    for name, group in zip(params.classes, elements, strict=True)
                    for e in group
                ]
        beside.append(side_by_side(seed))
    save(__file__, {"runs": runs, "elements": elements_found, "side by side": beside}, threads=1)
    show(runs, title="Models and motifs")
    show(elements_found, title="Elements planted in one class")
    show(beside, title="Elements side by side")


if __name__ == "__main__":
    main()
