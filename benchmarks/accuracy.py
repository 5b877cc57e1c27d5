"""Accuracy of the whole `lncloc` recipe under the frozen protocol, beside every baseline.

Within each source: five outer folds, grouped by similarity over both sources; the ensemble, its
temperature included, is refitted on the other folds. Across sources: trained on one, scored on the
unlike transcripts of the other. ``--part`` runs one of these; finished parts are kept.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from lncloc_data import CLASSES, SEED, Pool, load_pool, untrained  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from graphkit.evaluation import BASELINES, compare_classifiers, grouped_folds  # noqa: E402
from graphkit.sequences import similar_groups, similar_to  # noqa: E402

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
MODEL = "lncloc"


def by_model(pool: Pool, train: Rows, test: Rows, *, seed: int) -> Floats:
    sources = np.unique(pool.source[train])
    model = untrained(sources=len(sources), seed=seed)
    model.fit(
        [pool.records[i] for i in train],
        [CLASSES[pool.y[i]] for i in train],
        sources=np.searchsorted(sources, pool.source[train]).tolist(),
    )
    return model.predict_proba(pool.records[i] for i in test)


def by_baseline(pool: Pool, train: Rows, test: Rows, name: str) -> Floats:
    """Fit a baseline on the records of the scored source where there are some, else on all."""
    own = train[np.isin(pool.source[train], pool.source[test])]
    rows = own if len(own) else train
    fitted = BASELINES[name]().fit([pool.records[i] for i in rows], pool.y[rows])
    return fitted.predict_proba([pool.records[i] for i in test])


def cross_validated(pool: Pool, predict: Callable[[Rows, Rows, int], Floats]) -> Floats:
    fold = grouped_folds(2 * pool.source + pool.y, similar_groups(pool.codes), folds=5, seed=SEED)
    found = np.full((len(pool.y), 2), np.nan)
    for number in range(5):
        train, test = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        found[test] = predict(train, test, number)
        print(f"  fold {number + 1}/5", flush=True)
    return found


def within(pool: Pool) -> dict[str, Any]:
    model = cross_validated(
        pool, lambda train, test, number: by_model(pool, train, test, seed=SEED + 10 * number)
    )
    tables = {}
    for source, title in ((0, "within RNAlight"), (1, "within RCI")):
        rows = pool.of(source)
        found = {MODEL: model[rows]}
        for name in BASELINES:

            def baseline(
                train: Rows, test: Rows, _: int, name: str = name, source: int = source
            ) -> Floats:
                p = np.full((len(test), 2), 0.5)
                inside = pool.source[test] == source
                p[inside] = by_baseline(pool, train, test[inside], name)
                return p

            found[name] = cross_validated(pool, baseline)[rows]
        tables[title] = table(pool, rows, found)
        if source == 1:
            other = [pool.codes[i] for i in pool.of(0)]
            new = ~similar_to([pool.codes[i] for i in rows], other)
            tables |= parts_of_rci(pool, rows, found, new)
    return tables


def parts_of_rci(
    pool: Pool, rows: Rows, found: dict[str, Floats], new: NDArray[np.bool_]
) -> dict[str, Any]:
    """Return the tables of transcripts unlike RNAlight's, and of those with a clear RCI."""
    clear = new & (np.abs(pool.rci[rows]) >= 1)
    return {
        f"within RCI, {what}": table(pool, rows[mask], {k: p[mask] for k, p in found.items()})
        for what, mask in (("unlike RNAlight", new), ("unlike RNAlight, |RCI| >= 1", clear))
    }


def across(pool: Pool) -> dict[str, Any]:
    tables = {}
    for first, title in ((0, "RNAlight -> RCI"), (1, "RCI -> RNAlight")):
        train, other = pool.of(first), pool.of(1 - first)
        new = ~similar_to([pool.codes[i] for i in other], [pool.codes[i] for i in train])
        test = other[new]
        found = {MODEL: by_model(pool, train, test, seed=SEED)}
        found |= {name: by_baseline(pool, train, test, name) for name in BASELINES}
        tables[title] = table(pool, test, found)
        if first == 0:
            clear = np.abs(pool.rci[test]) >= 1
            parts = {name: p[clear] for name, p in found.items()}
            tables[f"{title}, |RCI| >= 1"] = table(pool, test[clear], parts)
    return tables


def table(pool: Pool, rows: Rows, found: dict[str, Floats]) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            **row.scores.as_dict(),
            "auroc_interval": asdict(row.auroc),
            "ahead": None if row.ahead is None else asdict(row.ahead),
            "terciles": row.terciles,
        }
        for row in compare_classifiers(pool.y[rows], found, pool.lengths[rows], model=MODEL)
    ]


def lines(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def interval(found: dict[str, float] | None) -> str:
        if found is None:
            return "-"
        return f"{found['estimate']:+.3f} [{found['lower']:.3f}, {found['upper']:.3f}]"

    return [
        {
            "name": row["name"],
            "n": row["n"],
            "AUROC": interval(row["auroc_interval"]).lstrip("+"),
            "lncloc ahead by": interval(row["ahead"]),
            "ECE": row["ece"],
            "AUROC by length": " ".join(f"{part[3]:.2f}" for part in row["terciles"]),
        }
        for row in rows
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("within", "across"), help="run this part alone")
    chosen = parser.parse_args().part
    torch.set_num_threads(1)
    pool = load_pool()
    kept = Path(__file__).with_suffix(".json")
    results = json.loads(kept.read_text("utf-8"))["results"] if chosen and kept.exists() else {}
    for name, run in (("across", across), ("within", within)):
        if chosen in (None, name):
            print(name, flush=True)
            results[name] = run(pool)
            save(__file__, results, seed=SEED, threads=1)
    for part in results.values():
        for title, rows in part.items():
            show(lines(rows), title=title)


if __name__ == "__main__":
    main()
