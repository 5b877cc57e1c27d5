"""Train the `lncloc` that ships, or write its card anew from what was measured.

``make model`` trains on the genes of both sources, without near matches of the test set, by the
recipe that `log2_cn.py` measures, and replaces the folder in ``graphkit/pretrained``. ``--index``
changes no weight: it makes the index of measured transcripts anew. ``--card`` changes none either:
it takes the figures of `log2_cn.json`, `nearest.json` and `sealed.json` into the card.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from common import limit_threads

limit_threads(1)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from lncloc_genes import SEED, Genes, load_genes  # noqa: E402
from log2_cn import MODEL, Rows, train  # noqa: E402

from graphkit.tasks import NearestIndex, SequenceRegressor  # noqa: E402

HERE = Path(__file__).parent
CARD = (HERE / "lncloc_card.md").read_text("utf-8")
TARGET = HERE.parent / "graphkit" / "pretrained" / "lncloc"
TABLES = (
    ("Within RNAlight, five nested folds: AUROC of nucleus", "within RNAlight, AUROC"),
    (
        "Genes measured in three cell lines or more: Spearman with the adjusted ratio",
        "genes in three lines or more, Spearman",
    ),
    ("All measured genes: Spearman", "measured genes, Spearman"),
    (
        "Trained on RNAlight, tested on RCI genes like none of it: Spearman",
        "RNAlight -> unlike RCI, measured, Spearman",
    ),
    (
        "Trained on RCI, tested on RNAlight transcripts like none of it: AUROC",
        "RCI -> unlike RNAlight, AUROC",
    ),
)


def results(name: str) -> dict[str, Any]:
    path = HERE / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))["results"]
    return found


def make() -> None:
    torch.set_num_threads(1)
    genes = load_genes()
    model = train(genes, np.arange(len(genes.codes)), seed=SEED)
    about = {
        "name": "lncloc",
        "species": "Homo sapiens",
        "n": str(len(model.ensemble_.held_out)),
        "n_measured": str(int((genes.n_lines > 0).sum())),
    }
    save(with_index(model, genes, np.arange(len(genes.codes))), about)


def with_index(model: SequenceRegressor, genes: Genes, rows: Rows) -> SequenceRegressor:
    """Give a model the index of its measured training transcripts: numbers in place of names."""
    ensemble = model.ensemble_
    rows = rows[genes.n_lines[rows] > 0]
    adjusted = ensemble.quantity.effects.apply(genes.log2_cn[rows])
    index = NearestIndex("cosine").add(
        ensemble.embed([genes.codes[i] for i in rows]).astype(np.float16),
        np.arange(1, len(rows) + 1, dtype=np.int16),
        log2_CN=adjusted.value.astype(np.float32),
        lines=adjusted.lines.astype(np.uint8),
    )
    return SequenceRegressor.of(replace(ensemble, index=index.parts()))


def index() -> None:
    model, genes = SequenceRegressor.load(TARGET), load_genes()
    found = with_index(model, genes, np.arange(len(genes.codes)))
    save(found, dict(found.ensemble_.about))


def save(model: SequenceRegressor, about: dict[str, str]) -> None:
    SequenceRegressor.of(replace(model.ensemble_, about=about)).save(TARGET)


def three(found: list[float] | None, *, ahead: bool = False) -> str:
    if found is None:
        return "-"
    text = f"{found[0]:.3f} ({found[1]:.3f} to {found[2]:.3f})"
    return f"**{text}**" if ahead and found[1] > 0 else text


def markdown(title: str, rows: list[dict[str, Any]]) -> str:
    lines = [
        f"### {title} (n = {rows[0]['n']})\n",
        "| | score | this model ahead by |",
        "|---|---|---|",
        *(
            f"| {'lncloc' if row['name'] == MODEL else row['name']} | {three(row['score'])} "
            f"| {three(row['ahead'], ahead=True)} |"
            for row in rows
        ),
    ]
    return "\n".join(lines) + "\n"


def sealed(rows: list[dict[str, Any]]) -> str:
    table = [
        {
            "name": MODEL if row["name"] == "lncloc" else row["name"],
            "n": row["n"],
            "score": list(row["auroc_interval"].values())[:3],
            "ahead": row["ahead"] and list(row["ahead"].values())[:3],
        }
        for row in rows
    ]
    return markdown("The published tool's test set, its second reading: AUROC", table)


def nearest_says() -> str:
    found = results("nearest")
    model, ours = (
        [
            found[f"{title}, Spearman"][row]["score"][0]
            for title in ("measured", "three lines or more")
        ]
        for row in (0, 1)
    )
    more, low, high = found["measured, added"]["three nearest, embedding"]
    beyond = "nothing that shows" if low <= 0 <= high else "something"
    return (
        f"Of transcripts that the networks had not seen, the mean of the three nearest correlates "
        f"with the measured ratio at {ours[0]:.2f} (Spearman; {ours[1]:.2f} where it was measured "
        f"in three lines or more), the prediction at {model[0]:.2f} ({model[1]:.2f}); where the "
        f"prediction is known the neighbours add {beyond}: {more:.2f} ({low:.2f} to {high:.2f})."
    )


def card() -> None:
    measured, model = results("log2_cn"), SequenceRegressor.load(TARGET)
    ensemble = model.ensemble_
    quantity, about = ensemble.quantity, ensemble.about
    within = measured["within RNAlight, AUROC"][0]["score"][0]
    well = measured["genes in three lines or more, Spearman"][0]["score"][0]
    alone = measured["second source alone, Spearman"][0]["score"][0]
    width = measured["coverage of 80 % intervals"]["all"]["width"]
    says = (
        f"On unseen transcripts of RNAlight's kind, whose clear cases it was trained on, it puts a "
        f"nuclear one above a cytoplasmic one in {100 * within:.0f} of 100 pairs; its rank "
        f"correlation with the ratio of unseen genes measured in three lines or more is "
        f"{well:.2f}, with that of genes which are no clear cases {alone:.2f}. 80 % of the true "
        f"values lie within about {width / 2:.1f} of the "
        f"predicted one, to either side: a ratio of one gene is hardly predicted at all."
    )
    about = {
        "name": "lncloc",
        "n": about["n"],
        "n_measured": about["n_measured"],
        "summary": "Human lncRNAs: log2 of the cytoplasm/nucleus ratio (+ is cytoplasm).",
        "species": "Homo sapiens",
        "labels": "The ratio of a gene's RNA in cytoplasm and nucleus, measured in fractions of up "
        f"to {len(quantity.effects.lines)} human cell lines (lncATLAS) and adjusted for the line; "
        "classes of RNAlight's training split where there is no ratio.",
        "accuracy": says,
        "nearest": nearest_says(),
        "limits": "Of two lines the same genes correlate at .73: no number per gene can be better. "
        "It knows nothing of other species, other compartments, single cells or isoforms of one "
        "gene.",
        "card": CARD.format(
            members=len(ensemble.members),
            temperature=ensemble.temperature,
            threshold=quantity.threshold,
            lines=", ".join(quantity.effects.lines),
            n=int(about["n"]),
            n_measured=int(about["n_measured"]),
            tables="\n".join(
                [
                    *(markdown(title, measured[name]) for title, name in TABLES),
                    sealed(results("sealed")["sgcl_test"]),
                ]
            ),
            ece=measured["ECE of the label, RNAlight"],
            coverage=measured["coverage of 80 % intervals"]["all"]["noise allowed for"],
            in_between=measured["coverage of 80 % intervals"]["second source alone"][
                "noise allowed for"
            ],
            cannot=says,
            nearest=nearest_says(),
        ),
    }
    save(model, about)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--card", action="store_true", help="write the card; train nothing")
    parser.add_argument("--index", action="store_true", help="make the index; train nothing")
    asked = parser.parse_args()
    (index if asked.index else card if asked.card else make)()


if __name__ == "__main__":
    main()
