"""Train the `lncloc` that ships, or write its card anew from what was measured.

``make model`` trains on both sources, without near matches of the test set, by the recipe that
`accuracy.py` measures, and replaces the folder in ``graphkit/pretrained``. ``--card`` changes no
weight: it takes the figures of `accuracy.json` and `sealed.json` into the card. ``--domain``
changes no weight either: it describes the training records anew, as training does at its end.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from common import limit_threads

limit_threads(1)

import torch  # noqa: E402
from lncloc_data import CLASSES, load_pool, untrained  # noqa: E402

from graphkit.sequences import DomainOfUse  # noqa: E402
from graphkit.tasks import SequenceClassifier  # noqa: E402
from graphkit.training import load_model  # noqa: E402

HERE = Path(__file__).parent
CARD = (HERE / "lncloc_card.md").read_text("utf-8")
TARGET = HERE.parent / "graphkit" / "pretrained" / "lncloc"


def train() -> None:
    torch.set_num_threads(1)
    pool = load_pool()
    model = untrained()
    model.progress = True
    model.fit(
        pool.records,
        [CLASSES[y] for y in pool.y],
        sources=pool.source.tolist(),
    )
    about = {"name": "lncloc", "n_first": str(len(pool.of(0))), "n": str(len(pool.y))}
    save(model, about)


def domain() -> None:
    ensemble = SequenceClassifier.load(TARGET).ensemble_
    _, before = load_model(TARGET)
    described = replace(ensemble, domain=DomainOfUse.fit(load_pool().codes))
    SequenceClassifier.of(described).save(TARGET)
    _, after = load_model(TARGET)
    learned = {name for name in after if not name.startswith("domain.")}
    assert learned == {name for name in before if not name.startswith("domain.")}
    for name in learned:
        assert after[name].numpy().tobytes() == before[name].numpy().tobytes(), name


def save(model: SequenceClassifier, about: dict[str, str]) -> None:
    SequenceClassifier.of(replace(model.ensemble_, about=about)).save(TARGET)


def interval(found: dict[str, float] | None) -> str:
    if found is None:
        return "-"
    text = f"{found['estimate']:.3f} ({found['lower']:.3f} to {found['upper']:.3f})"
    return f"**{text}**" if found["lower"] > 0.0 and "ahead" in found else text


def markdown(title: str, rows: list[dict[str, Any]]) -> str:
    lines = [
        f"### {title} (n = {rows[0]['n']})\n",
        "| | AUROC | this model ahead by | AUPRC | accuracy | MCC | ECE | by length |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        ahead = None if row["ahead"] is None else {**row["ahead"], "ahead": 1.0}
        thirds = " / ".join(f"{part[3]:.2f}" for part in row["terciles"])
        figures = " | ".join(f"{row[name]:.3f}" for name in ("auprc", "accuracy", "mcc", "ece"))
        lines.append(
            f"| {row['name']} | {interval(row['auroc_interval'])} | {interval(ahead)} "
            f"| {figures} | {thirds} |"
        )
    return "\n".join(lines) + "\n"


def results(name: str) -> dict[str, Any]:
    path = HERE / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))["results"]
    return found


def card() -> None:
    measured, sealed = results("accuracy"), results("sealed")
    model = SequenceClassifier.load(TARGET)
    across, within = measured["across"], measured["within"]
    n, n_first = int(model.ensemble_.about["n"]), int(model.ensemble_.about["n_first"])
    tables = [
        ("Within RNAlight, five nested folds", within["within RNAlight"]),
        ("Within RCI, five nested folds", within["within RCI"]),
        ("Within RCI, transcripts unlike RNAlight's", within["within RCI, unlike RNAlight"]),
        ("The published tool's test set, read once", sealed["sgcl_test"]),
        ("Across: trained on RNAlight, tested on unlike RCI", across["RNAlight -> RCI"]),
        ("The same, the published net", sealed["RNAlight -> RCI"]),
        ("Across: trained on RCI, tested on unlike RNAlight", across["RCI -> RNAlight"]),
    ]
    first, other = within["within RNAlight"][0], within["within RNAlight"][1:]
    there, back = across["RNAlight -> RCI"][0], across["RCI -> RNAlight"][0]
    best = max(other, key=lambda row: row["auroc"])
    says = (
        f"On unseen transcripts of a source it was trained on it puts a nuclear one above a "
        f"cytoplasmic one in {100 * first['auroc']:.0f} of 100 pairs (the best simple baseline, "
        f"{best['name']}: {100 * best['auroc']:.0f}); on transcripts of a source it never saw in "
        f"{100 * there['auroc']:.0f} to {100 * back['auroc']:.0f} of 100, where a coin gets 50. "
        f"Your own list is a source it never saw."
    )
    about = {
        "name": "lncloc",
        "n": str(n),
        "n_first": str(n_first),
        "summary": "Human lncRNA transcripts: nucleus or cytoplasm.",
        "species": "Homo sapiens",
        "labels": "Where a transcript is enriched, nucleus or cytoplasm, as measured in fractions "
        "of human cell lines (RNAlight's training split; lncATLAS).",
        "accuracy": says,
        "limits": "Trained on noisy labels: near copies agree in about 80 % of theirs. It knows "
        "nothing of other species, other compartments, single cells or isoforms of one gene.",
        "card": CARD.format(
            members=len(model.ensemble_.members),
            temperature=model.ensemble_.temperature,
            n=n,
            n_first=n_first,
            n_second=n - n_first,
            tables="\n".join(markdown(title, rows) for title, rows in tables),
            cannot=says,
        ),
    }
    save(model, about)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--card", action="store_true", help="write the card; train nothing")
    parser.add_argument("--domain", action="store_true", help="the domain of use; train nothing")
    chosen = parser.parse_args()
    if chosen.card:
        card()
    elif chosen.domain:
        domain()
    else:
        train()


if __name__ == "__main__":
    main()
