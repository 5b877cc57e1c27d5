"""What is read once a model: the test set of the published tool, by the model that ships.

Run when nothing is left to choose; this is the second reading, the first was of the model before.
Baselines are fitted on RNAlight's transcripts without near matches of the test set, as the model
is; the published net has its published weights. It is also scored on RCI's transcripts that are
unlike RNAlight's, which it was very likely trained on.
"""

from dataclasses import asdict
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
from lncloc_genes import SEED, TEST, folder, load_genes, read  # noqa: E402

from graphkit.evaluation import BASELINES, compare_classifiers  # noqa: E402
from graphkit.pretrained import load  # noqa: E402
from graphkit.sequences import similar_to  # noqa: E402
from graphkit.tasks import SequenceClassifier  # noqa: E402
from graphkit.tasks.localize.published import published_sgcl_lncloc  # noqa: E402

PUBLISHED = "SGCL-LncLoc as published"


def published() -> SequenceClassifier:
    weights = folder().parents[1] / "peers" / "sgcl_lncloc" / "weights.npz"
    with np.load(weights) as arrays:
        return published_sgcl_lncloc(dict(arrays))


def table(
    y: np.ndarray, found: dict[str, np.ndarray], lengths: Any, *, model: str
) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            **row.scores.as_dict(),
            "auroc_interval": asdict(row.auroc),
            "ahead": None if row.ahead is None else asdict(row.ahead),
            "terciles": row.terciles,
        }
        for row in compare_classifiers(y, found, lengths, model=model)
    ]


def test_set() -> list[dict[str, Any]]:
    data, genes = read(TEST), load_genes()
    rows = np.flatnonzero(~genes.second)
    found = {
        "lncloc": load("lncloc").predict_proba(data.records),
        PUBLISHED: published().predict_proba(data.records),
    }
    for name, baseline in BASELINES.items():
        fitted = baseline().fit([genes.records[i] for i in rows], genes.nucleus[rows].astype(int))
        found[name] = fitted.predict_proba(data.records)
    return table(data.labels, found, [len(codes) for codes in data.codes], model="lncloc")


def published_on_rci() -> list[dict[str, Any]]:
    """Score the published net where it has seen nothing alike."""
    genes = load_genes(own_sequences=True)
    first, other = np.flatnonzero(~genes.second), np.flatnonzero(genes.second)
    new = other[~similar_to([genes.codes[i] for i in other], [genes.codes[i] for i in first])]
    found = {PUBLISHED: published().predict_proba([genes.records[i] for i in new])}
    return table(genes.nucleus[new].astype(int), found, genes.lengths[new], model=PUBLISHED)


def main() -> None:
    results = {"sgcl_test": test_set(), "RNAlight -> RCI": published_on_rci()}
    save(__file__, results, seed=SEED, threads=1)
    for title, rows in results.items():
        columns = ("name", "n", "auroc", "auprc", "accuracy", "ece")
        show([{name: row[name] for name in columns} for row in rows], title=title)


if __name__ == "__main__":
    main()
