"""One measured quantity, log2 C/N: accuracy, intervals and domain of use under nested folds.

Five outer folds, grouped by gene and similarity over both sources. Outside each, the whole recipe
is fitted: line effects, class cut, five members on inner folds of the same kind, and on what those
held out the threshold, temperature and interval. Baselines are fitted on the same rows. Across
sources no gene of the scored set, and nothing like it, is trained on. ``--keep FOLDER`` holds
finished folds: a run that was stopped goes on from there.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import torch  # noqa: E402
from lncloc_genes import CLASSES, SEED, Genes, folder, load_genes, untrained  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from scipy.special import expit  # noqa: E402
from scipy.stats import bootstrap, spearmanr  # noqa: E402
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.svm import SVC, SVR  # noqa: E402

from graphkit.evaluation import (  # noqa: E402
    Interval,
    auroc_difference,
    auroc_interval,
    expected_calibration_error,
    grouped_folds,
)
from graphkit.evaluation.classifiers.baselines import kmer_features  # noqa: E402
from graphkit.methods import LncLocValue, LncLocValueParams  # noqa: E402
from graphkit.sequences import (  # noqa: E402
    LEAST_APPLICABILITY,
    LineEffects,
    dinucleotide_shuffle,
    encode,
    read_fasta,
    similar_to,
)
from graphkit.tasks import SequenceRegressor  # noqa: E402

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
MODEL, FOLDS = "log2 C/N", 5
BASELINES = ("SVM, classes", "SVM, log2 C/N", "ExtraTrees, classes", "ExtraTrees, log2 C/N")
UNLIKE = ("dinucleotide-shuffled", "reversed", "30 % substituted", "mRNA")


@dataclass(frozen=True)
class Answers:
    """What a model says of sequences, by member and all together."""

    location: Floats
    scale: Floats
    low: Floats
    high: Floats
    p: Floats
    by_line: Floats

    @classmethod
    def of(cls, model: SequenceRegressor, codes: list[NDArray[np.uint8]]) -> "Answers":
        """Return the model's answers."""
        ensemble = model.ensemble_
        answers = ensemble.outputs(codes, LncLocValue.answer)
        verdict = ensemble.judge(codes)
        mean = answers.mean(dim=1).numpy()
        offsets = np.array(ensemble.quantity.effects.offsets)
        own = mean[:, :1] + mean[:, 2:] + offsets
        return cls(
            verdict.value[:, 0],
            mean[:, 1],
            *verdict.value.T[1:],
            verdict.probabilities[:, 1],
            own,
        )


def train(genes: Genes, rows: Rows, *, seed: int) -> SequenceRegressor:
    """Fit the recipe that ships on `rows`.

    The second source's own classes are signs of a mean over whatever lines: not asked. Its genes
    are of all kinds, the first's are clear cases: intervals count both alike.
    """
    rows = rows[(genes.n_lines[rows] > 0) | ~genes.second[rows]]
    first = ~genes.second[rows]
    sampled, measured = genes.sampled[rows], genes.n_lines[rows] > 0
    rarer = (measured & ~sampled).sum() / max(1, (measured & sampled).sum())
    labels = np.where(genes.nucleus[rows], *reversed(CLASSES)).tolist()
    return untrained(seed=seed).fit(
        [genes.records[i] for i in rows],
        pd.DataFrame(genes.log2_cn[rows], columns=genes.lines),
        labels=[name if one else None for name, one in zip(labels, first, strict=True)]
        if first.any()
        else None,
        groups=[genes.genes[i] for i in rows],
        interval_weight=np.where(sampled, rarer or 1.0, 1.0),
    )


def spectra(genes: Genes) -> Floats:
    """Return log 3-mers of the whole, log 2-mers of both ends, log length: the SVM's features."""
    data = LncLocValue.inputs(genes.codes, LncLocValueParams())
    parts = data.nodes.double().split([64, 16, 16, 16], dim=1)
    logs = [
        ((part + 1) * part.shape[1] / (part.sum(dim=1, keepdim=True) + part.shape[1])).log()
        for part in parts
    ]
    return np.column_stack([*logs, np.log10(genes.lengths)])


def baselines(genes: Genes, rows: Rows, test: Rows, tables: tuple[Floats, Floats]) -> list[Floats]:
    """Return scores of `test`, + is cytoplasm, in the order of `BASELINES`."""
    svm, trees = tables
    adjusted = LineEffects.fit(genes.log2_cn[rows], lines=genes.lines).apply(genes.log2_cn[rows])
    measured, nucleus = adjusted.lines > 0, genes.nucleus[rows]
    classed = ~genes.second[rows] if (~genes.second[rows]).any() else measured
    # A class alone stands for the middle of the measured genes of its kind, at a third the weight.
    middle = [np.median(adjusted.value[measured & (nucleus == kind)]) for kind in (False, True)]
    target = np.where(measured, adjusted.value, np.where(nucleus, middle[1], middle[0]))
    weight = np.where(measured, adjusted.lines / (adjusted.lines + 1), 0.3)
    used = measured | classed
    gamma = 0.5 / svm.shape[1]
    found = []
    for table, classifier, regressor in (
        (
            svm,
            make_pipeline(StandardScaler(), SVC(C=1.0, gamma=gamma)),
            make_pipeline(StandardScaler(), SVR(C=1.0, epsilon=0.3, gamma=gamma)),
        ),
        (
            trees,
            ExtraTreesClassifier(500, min_samples_leaf=2, random_state=0),
            ExtraTreesRegressor(500, min_samples_leaf=2, max_features="sqrt", random_state=0),
        ),
    ):
        classifier.fit(table[rows[classed]], nucleus[classed])
        if hasattr(classifier, "predict_proba"):
            score = classifier.predict_proba(table[test])[:, 1]
        else:
            score = classifier.decision_function(table[test])
        found.append(-score)
        name = "svr__sample_weight" if table is svm else "sample_weight"
        regressor.fit(table[rows[used]], target[used], **{name: weight[used] / weight[used].mean()})
        found.append(regressor.predict(table[test]))
    return found


def run_fold(genes: Genes, fold: Rows, number: int, tables: tuple[Floats, Floats]) -> dict:
    rows, test = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
    started = process_time()
    model = train(genes, rows, seed=SEED + 10 * number)
    seconds = process_time() - started
    codes = [genes.codes[i] for i in test]
    said, quantity = Answers.of(model, codes), model.ensemble_.quantity
    adjusted = quantity.effects.apply(genes.log2_cn[test])
    return {
        "test": test,
        "location": said.location,
        "low": said.low,
        "high": said.high,
        "p": said.p,
        "by_line": said.by_line,
        "value": adjusted.value,
        "covered": quantity.interval.covers(
            adjusted.value, location=said.location, scale=said.scale, variance=adjusted.variance
        ),
        "line_covered": quantity.line_interval.covers(
            genes.log2_cn[test], location=said.by_line, scale=said.scale[:, None]
        ),
        "threshold": quantity.threshold,
        "temperature": model.ensemble_.temperature,
        "applicability": [model.ensemble_.domain.judge(one).value for one in codes],
        "baselines": np.array(baselines(genes, rows, test, tables)),
        "train_seconds": seconds,
        **strangers(model, codes, seed=number),
    }


def strangers(
    model: SequenceRegressor, codes: list[NDArray[np.uint8]], *, seed: int
) -> dict[str, Any]:
    """Return applicability and surest class of sequences made from held-out ones, and of mRNAs."""
    generator = np.random.default_rng(seed)
    real = [one for one in codes if len(one) >= 200][:200]

    def substituted(one: NDArray[np.uint8]) -> NDArray[np.uint8]:
        hit = generator.random(len(one)) < 0.3
        return np.where(hit, (one + generator.integers(1, 4, len(one))) % 4, one).astype(np.uint8)

    mrna = list(read_fasta(folder() / "mrna_rnalight.fasta.gz"))[seed::FOLDS]
    made = (
        [dinucleotide_shuffle(one, generator) for one in real],
        [one[::-1].copy() for one in real],
        [substituted(one) for one in real],
        [encode(record.sequence) for record in mrna],
    )
    found = {}
    for name, sequences in zip(UNLIKE, made, strict=True):
        p = Answers.of(model, sequences).p
        sure = np.maximum(p, 1 - p)
        applicability = [model.ensemble_.domain.judge(one).value for one in sequences]
        found[f"unlike {name}"] = np.array([applicability, sure])
    return found


def across(genes: Genes, tables: tuple[Floats, Floats]) -> dict[str, Any]:
    """Train on the first source, score genes of the second that are like none of it."""
    rows, other = np.flatnonzero(~genes.second), np.flatnonzero(genes.second)
    new = ~similar_to([genes.codes[i] for i in other], [genes.codes[i] for i in rows])
    test = other[new]
    model = train(genes, rows, seed=SEED)
    said, quantity = Answers.of(model, [genes.codes[i] for i in test]), model.ensemble_.quantity
    adjusted = quantity.effects.apply(genes.log2_cn[test])
    return {
        "test": test,
        "location": said.location,
        "value": adjusted.value,
        "covered": quantity.interval.covers(
            adjusted.value, location=said.location, scale=said.scale, variance=adjusted.variance
        ),
        "baselines": np.array(baselines(genes, rows, test, tables)),
    }


def back(genes: Genes) -> dict[str, Any]:
    """Train on the second source with its own sequences, score unlike transcripts of the first."""
    rows, other = np.flatnonzero(genes.second), np.flatnonzero(~genes.second)
    taught = {genes.genes[i] for i in rows}
    new = ~similar_to([genes.codes[i] for i in other], [genes.codes[i] for i in rows])
    new &= np.array([genes.genes[i] not in taught for i in other])
    test = other[new]
    model = train(genes, rows, seed=SEED)
    tables = spectra(genes), kmer_features(genes.codes)
    return {
        "test": test,
        "location": Answers.of(model, [genes.codes[i] for i in test]).location,
        "nucleus": genes.nucleus[test],
        "baselines": np.array(baselines(genes, rows, test, tables)),
    }


def kept(folder: Path, name: str, make: Any) -> dict[str, Any]:
    path = folder / f"{name}.npz"
    if not path.exists():
        np.savez(path, **make())
        print(name, "done", flush=True)
    return dict(np.load(path))


def ranks(nucleus: NDArray[np.bool_], scores: dict[str, Floats]) -> list[dict[str, Any]]:
    """Return AUROC of each score (+ is cytoplasm) and how far the first is ahead of it."""
    y = nucleus.astype(int)

    def two(score: Floats) -> Floats:
        p = expit((score - score.mean()) / score.std())
        return np.column_stack([p, 1 - p])

    rows = []
    for name, score in scores.items():
        ahead = None if name == MODEL else auroc_difference(y, two(scores[MODEL]), two(score))
        rows.append(line(name, len(y), auroc_interval(y, two(score)), ahead))
    return rows


def correlations(value: Floats, scores: dict[str, Floats]) -> list[dict[str, Any]]:
    """Return Spearman's correlation of each score and how far the first is ahead of it."""

    def interval(statistic: Callable[[Rows], float]) -> Interval:
        everything = np.arange(len(value))
        drawn = bootstrap(
            (everything,),
            statistic,
            n_resamples=1000,
            vectorized=False,
            method="percentile",
            rng=np.random.default_rng(0),
        ).confidence_interval
        return Interval(statistic(everything), float(drawn.low), float(drawn.high))

    def rho(score: Floats, i: Rows) -> float:
        return float(spearmanr(value[i], score[i])[0])

    rows = []
    for name, score in scores.items():
        ahead = None
        if name != MODEL:
            ahead = interval(lambda i, s=score: rho(scores[MODEL], i) - rho(s, i))
        rows.append(line(name, len(value), interval(lambda i, s=score: rho(s, i)), ahead))
    return rows


def line(name: str, n: int, found: Any, ahead: Any) -> dict[str, Any]:
    def three(one: Any) -> list[float] | None:
        return None if one is None else [round(x, 4) for x in (one.estimate, one.lower, one.upper)]

    return {"name": name, "n": n, "score": three(found), "ahead": three(ahead)}


def score(genes: Genes, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Pool the outer folds and make tables of them."""
    n = len(genes.codes)
    order = np.argsort(np.concatenate([part["test"] for part in parts]))
    pooled = {
        name: np.concatenate([part[name] for part in parts])[order]
        for name in (
            "location",
            "low",
            "high",
            "value",
            "covered",
            "p",
            "applicability",
            "by_line",
            "line_covered",
        )
    }
    scores = {MODEL: pooled["location"]}
    stacked = np.concatenate([part["baselines"] for part in parts], axis=1)[:, order]
    scores |= dict(zip(BASELINES, stacked, strict=True))
    first, measured, well = ~genes.second, genes.n_lines > 0, genes.n_lines >= 3
    thirds = np.searchsorted(np.quantile(genes.lengths[measured], [1 / 3, 2 / 3]), genes.lengths)

    def pick(rows: NDArray[np.bool_]) -> dict[str, Floats]:
        return {name: one[rows] for name, one in scores.items()}

    p = pooled["p"]
    sure = np.maximum(p, 1 - p)
    groups = {
        "all": measured,
        "short third": measured & (thirds == 0),
        "middle third": measured & (thirds == 1),
        "long third": measured & (thirds == 2),
        "second source": measured & genes.sampled,
        "second source alone": measured & genes.second,
        "one line": genes.n_lines == 1,
        "three lines or more": well,
    }
    raw = (pooled["value"] >= pooled["low"]) & (pooled["value"] <= pooled["high"])
    unlike = {}
    for name in UNLIKE:
        away, surest = np.concatenate([part[f"unlike {name}"] for part in parts], axis=1)
        real = pooled["applicability"]
        answered = (away >= LEAST_APPLICABILITY) & (surest > 0.8)
        unlike[name] = {
            "AUROC of applicability": round(
                float((real[:, None] > away).mean() + (real[:, None] == away).mean() / 2), 4
            ),
            "answered": round(float((away >= LEAST_APPLICABILITY).mean()), 4),
            "answered above .8": round(float(answered.mean()), 4),
        }
    within = (pooled["applicability"] >= LEAST_APPLICABILITY) & (sure > 0.8)
    by_line = []
    for column, name in enumerate(genes.lines):
        seen = np.isfinite(genes.log2_cn[:, column])
        truth = genes.log2_cn[seen, column]
        own = spearmanr(truth, pooled["by_line"][seen, column])[0]
        mean = spearmanr(truth, pooled["location"][seen])[0]
        covered = float(pooled["line_covered"][seen, column].mean())
        by_line.append(
            {"line": name, "n": int(seen.sum()), "own": own, "gene mean": mean, "covered": covered}
        )
    return {
        "within RNAlight, AUROC": ranks(genes.nucleus[first], pick(first)),
        "genes in three lines or more, Spearman": correlations(pooled["value"][well], pick(well)),
        "measured genes, Spearman": correlations(pooled["value"][measured], pick(measured)),
        "second source alone, Spearman": correlations(
            pooled["value"][measured & genes.second], pick(measured & genes.second)
        ),
        "coverage of 80 % intervals": {
            name: {
                "n": int(rows.sum()),
                "noise allowed for": round(float(pooled["covered"][rows].mean()), 4),
                "measured values as they are": round(float(raw[rows].mean()), 4),
                "width": round(float((pooled["high"] - pooled["low"])[rows].mean()), 3),
            }
            for name, rows in groups.items()
        },
        "ECE of the label, RNAlight": round(
            expected_calibration_error(
                genes.nucleus[first].astype(int), np.column_stack([1 - p, p])[first]
            ),
            4,
        ),
        "accuracy of the label, RNAlight": round(
            float(((p > 0.5) == genes.nucleus)[first].mean()), 4
        ),
        "thresholds": [round(float(part["threshold"]), 3) for part in parts],
        "temperatures": [round(float(part["temperature"]), 3) for part in parts],
        "real held-out that lose their answer": round(
            float((pooled["applicability"] < LEAST_APPLICABILITY).mean()), 4
        ),
        "real held-out answered above .8": round(float(within.mean()), 4),
        "unlike": unlike,
        "cell lines, Spearman": by_line,
        "seconds to train five members": [round(float(part["train_seconds"])) for part in parts],
        "n": n,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, required=True, help="folder of finished parts")
    chosen = parser.parse_args()
    chosen.keep.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    genes = load_genes()
    fold = grouped_folds(2 * genes.second + genes.nucleus, genes.groups, folds=FOLDS, seed=SEED)
    tables = spectra(genes), kmer_features(genes.codes)
    parts = [
        kept(chosen.keep, f"fold{i}", lambda i=i: run_fold(genes, fold, i, tables))
        for i in range(FOLDS)
    ]
    results = score(genes, parts)
    there = kept(chosen.keep, "across", lambda: across(genes, tables))
    named = dict(zip(BASELINES, there["baselines"], strict=True))
    seen = np.isfinite(there["value"])
    well = genes.n_lines[there["test"]] >= 3
    for title, rows in (("measured", seen), ("three lines or more", seen & well)):
        results[f"RNAlight -> unlike RCI, {title}, Spearman"] = correlations(
            there["value"][rows],
            {name: one[rows] for name, one in {MODEL: there["location"], **named}.items()},
        )
    results["RNAlight -> unlike RCI, classes by sign, AUROC"] = ranks(
        genes.nucleus[there["test"]], {MODEL: there["location"], **named}
    )
    results["RNAlight -> unlike RCI, coverage"] = round(float(there["covered"][seen].mean()), 4)
    other = kept(chosen.keep, "back", lambda: back(load_genes(own_sequences=True)))
    results["RCI -> unlike RNAlight, AUROC"] = ranks(
        other["nucleus"],
        {MODEL: other["location"], **dict(zip(BASELINES, other["baselines"], strict=True))},
    )
    save(__file__, results, seed=SEED, threads=1)
    for title, rows in results.items():
        if isinstance(rows, list) and rows and isinstance(rows[0], dict):
            show([{k: str(v) for k, v in row.items()} for row in rows], title=title)
        else:
            print(f"\n{title}\n{rows}")


if __name__ == "__main__":
    main()
