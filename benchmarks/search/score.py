"""Turn the logits of ``trials.py`` into the scores of a trial: ``python score.py NAME --folder F``.

Writes ``NAME.json`` beside this script: AUROC with intervals within and across sources, paired
differences to the baselines, calibration with a temperature fitted on other folds, terciles.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import spearmanr
from training import mixed
from trials import TRIALS, splits

from data import Sources, load_sources
from graphkit.evaluation import (
    auroc_interval,
    calibrate_across_folds,
    compare_classifiers,
    expected_calibration_error,
)

BASELINES = ("ExtraTrees", "composition", "length")


def two_columns(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities ``[n, 2]`` of log-odds ``[n]``."""
    return np.stack([expit(-logit), expit(logit)], axis=1)


def member_logits(folder: Path, name: str, split: str) -> NDArray[np.float64]:
    """Logits of all members of a split, ``[M, n, 3]``."""
    files = sorted(folder.glob(f"{name}.{split.replace(' ', '-')}.*.npz"))
    return np.stack([np.load(file)["z"] for file in files]).astype(np.float64)


def baseline(folder: Path, name: str, split: str) -> NDArray[np.float64] | None:
    file = folder / f"{name}.{split.replace(' ', '-')}.npz"
    return np.load(file)["p"] if file.exists() else None


def pooled_baseline(
    folder: Path, name: str, data: Sources, suffix: str, rows: NDArray[np.bool_]
) -> NDArray[np.float64] | None:
    """Out-of-fold probabilities ``[n, 2]``, or None where a fold is missing."""
    p = np.full((len(data.y), 2), np.nan)
    for i in range(5):
        found = baseline(folder, name, f"fold{i}{suffix}")
        if found is None:
            return None
        inside = np.flatnonzero((data.folds == i) & rows)
        p[inside] = found
    return p


def line(y, p, others, lengths) -> dict:
    """Everything about one set of records."""
    rows = compare_classifiers(y, {"model": p, **others}, lengths, model="model")
    return {
        row.name: {
            **row.scores.as_dict(),
            "auroc_interval": asdict(row.auroc),
            "ahead": None if row.ahead is None else asdict(row.ahead),
            "terciles": row.terciles,
        }
        for row in rows
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=list(TRIALS))
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--prior", type=float, default=0.2)
    parser.add_argument("--sharpness", type=float, default=2.0)
    chosen = parser.parse_args()
    result = evaluate(load_sources(), chosen.folder, chosen.name, chosen.prior, chosen.sharpness)
    target = Path(__file__).with_name(f"{chosen.name}.json")
    target.write_text(json.dumps(result, indent=1) + "\n")


def evaluate(data: Sources, folder: Path, name: str, prior: float, sharpness: float) -> dict:
    """Score a trial under the whole protocol."""
    y, lengths = data.y, data.lengths
    first, second = data.source == 0, data.source == 1
    new = second & data.unseen
    strong = new & (np.abs(np.nan_to_num(data.rci)) >= 1)
    stacks = [member_logits(folder, name, f"fold{i}") for i in range(5)]
    # An interrupted run has trained more members on the first folds.
    each = np.full((min(map(len, stacks)), len(y)), np.nan)
    for i, z in enumerate(stacks):
        each[:, data.folds == i] = mixed(z[: len(each)], prior=prior, sharpness=sharpness)
    f = each.mean(axis=0)
    p = calibrate_across_folds(np.stack([-f / 2, f / 2], axis=1), y, data.folds)
    result: dict = {"members": len(each), "prior": prior, "sharpness": sharpness}
    sets = {
        "first": first,
        "second": second,
        "second unseen": new,
        "second unseen |RCI|>=1": strong,
    }
    for title, rows in sets.items():
        own = " source0" if title == "first" else " source1"
        others = {}
        for b in BASELINES:
            joint = pooled_baseline(folder, b, data, "", np.ones(len(y), bool))
            alone = pooled_baseline(folder, b, data, own, first if title == "first" else second)
            if joint is not None:
                others[f"{b} both sources"] = joint[rows]
            if alone is not None:
                others[f"{b} own source"] = alone[rows]
        result[title] = line(y[rows], p[rows], others, lengths[rows])
        if second[rows].all():
            rho = spearmanr(f[rows], -data.rci[rows])[0]
            result[title]["model"]["spearman"] = float(rho)
        singles = [
            auroc_interval(y[rows], two_columns(m[rows]), resamples=2).estimate for m in each
        ]
        result[title]["model"]["member_mean"] = float(np.nanmean(singles))
    result["ece pooled"] = expected_calibration_error(y, p)
    for split, column in (("first to second", 0), ("second to first", 1)):
        z = member_logits(folder, name, split)[..., column].mean(axis=0)
        test = splits(data)[split][1]
        others = {b: q for b in BASELINES if (q := baseline(folder, b, split)) is not None}
        result[split] = line(y[test], two_columns(z), others, lengths[test])
        if split == "first to second":
            big = np.abs(data.rci[test]) >= 1
            part = {b: q[big] for b, q in others.items()}
            result[f"{split} |RCI|>=1"] = line(
                y[test][big], two_columns(z[big]), part, lengths[test][big]
            )
    return result


if __name__ == "__main__":
    main()
