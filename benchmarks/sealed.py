"""What is read once: the test set of the published tool, by the model that ships.

Run when nothing is left to choose. Baselines are fitted on RNAlight's transcripts without near
matches of the test set, as the model is; the published net has its published weights. It is also
scored on RCI's transcripts that are unlike RNAlight's, which it was very likely trained on.
"""

from dataclasses import asdict
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
from accuracy import by_baseline, lines  # noqa: E402
from lncloc_data import SEED, TEST, Pool, folder, load_pool, read  # noqa: E402

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


def rows_of(pool: Pool, found: dict[str, np.ndarray], *, model: str) -> list[dict[str, Any]]:
    table = compare_classifiers(pool.y, found, pool.lengths, model=model)
    return [
        {
            "name": row.name,
            **row.scores.as_dict(),
            "auroc_interval": asdict(row.auroc),
            "ahead": None if row.ahead is None else asdict(row.ahead),
            "terciles": row.terciles,
        }
        for row in table
    ]


def test_set(pool: Pool) -> list[dict[str, Any]]:
    data = read(TEST)
    n = len(data.records)
    # The test set is of RNAlight's kind: baselines are fitted on that source.
    both = Pool(
        [*pool.records, *data.records],
        [*pool.codes, *data.codes],
        np.concatenate([pool.y, data.labels]),
        np.concatenate([pool.source, np.zeros(n, dtype=np.int64)]),
        np.concatenate([pool.rci, np.full(n, np.nan)]),
    )
    rows = np.arange(len(pool.y), len(both.y))
    found = {
        "lncloc": load("lncloc").predict_proba(data.records),
        PUBLISHED: published().predict_proba(data.records),
    }
    train = np.arange(len(pool.y))
    found |= {name: by_baseline(both, train, rows, name) for name in BASELINES}
    test = Pool(
        list(data.records), list(data.codes), data.labels, both.source[rows], both.rci[rows]
    )
    return rows_of(test, found, model="lncloc")


def published_on_rci(pool: Pool) -> dict[str, list[dict[str, Any]]]:
    """Score the published net where it has seen nothing alike."""
    rows = pool.of(1)
    new = ~similar_to([pool.codes[i] for i in rows], [pool.codes[i] for i in pool.of(0)])
    tables = {}
    for title, mask in (("", new), (", |RCI| >= 1", new & (np.abs(pool.rci[rows]) >= 1))):
        chosen = rows[mask]
        part = Pool(
            [pool.records[i] for i in chosen],
            [pool.codes[i] for i in chosen],
            pool.y[chosen],
            pool.source[chosen],
            pool.rci[chosen],
        )
        found = {PUBLISHED: published().predict_proba(part.records)}
        tables[f"RNAlight -> RCI{title}"] = rows_of(part, found, model=PUBLISHED)
    return tables


def main() -> None:
    pool = load_pool()
    results = {"sgcl_test": test_set(pool), **published_on_rci(pool)}
    save(__file__, results, seed=SEED, threads=1)
    for title, rows in results.items():
        show(lines(rows), title=title)


if __name__ == "__main__":
    main()
