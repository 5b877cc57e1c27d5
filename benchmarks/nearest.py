"""What the nearest measured transcripts say: the index that ships, under the folds of log2_cn.py.

Outside each of five folds, grouped by gene and similarity, the model is trained, and its measured
training transcripts make the index. The mean of what was measured of the three nearest is set
beside what was measured of each held-out transcript; so are the model's own prediction, the three
nearest by k-mers, and three at random. ``added`` is Spearman's correlation with the measured value
once the prediction is known: what the neighbours say beyond it.
"""

from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from lncloc_genes import SEED, Genes, load_genes  # noqa: E402
from log2_cn import FOLDS, MODEL, Answers, Floats, Rows, correlations, spectra, train  # noqa: E402
from scipy.stats import bootstrap, rankdata  # noqa: E402
from ship_lncloc import with_index  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

from graphkit.evaluation import grouped_folds  # noqa: E402
from graphkit.tasks import NearestIndex  # noqa: E402

NEAREST = 3
OURS, KMERS, RANDOM = "three nearest, embedding", "three nearest, k-mers", "three at random"


def run_fold(genes: Genes, fold: Rows, number: int, kmers: Floats) -> dict[str, Floats]:
    rows, test = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
    model = train(genes, rows, seed=SEED + 10 * number)
    ensemble = with_index(model, genes, rows).ensemble_
    adjusted = ensemble.quantity.effects.apply(genes.log2_cn)
    rows, test = rows[genes.n_lines[rows] > 0], test[genes.n_lines[test] > 0]
    value = adjusted.value[rows]
    codes = [genes.codes[i] for i in test]
    scale = StandardScaler().fit(kmers[rows])
    other = NearestIndex().add(scale.transform(kmers[rows]), value)
    found = ensemble.nearest.nearest(ensemble.embed(codes), NEAREST)
    assert np.allclose(ensemble.nearest.columns_["log2_CN"], value)
    drawn = np.random.default_rng(number).integers(0, len(rows), (len(test), NEAREST))
    return {
        "test": test,
        "value": adjusted.value[test],
        MODEL: Answers.of(model, codes).location,
        OURS: value[found.rows].mean(axis=1),
        KMERS: other.nearest(scale.transform(kmers[test]), NEAREST).labels.mean(axis=1),
        RANDOM: value[drawn].mean(axis=1),
    }


def added(value: Floats, said: Floats, near: Floats) -> list[float]:
    """Return the partial rank correlation of `near` and `value` given `said`, and its ends."""

    def partial(i: Rows) -> float:
        (_, xy, xz), (_, _, yz), _ = np.corrcoef([rankdata(x[i]) for x in (near, value, said)])
        return float((xy - xz * yz) / np.sqrt((1 - xz**2) * (1 - yz**2)))

    everything = np.arange(len(value))
    ends = bootstrap(
        (everything,),
        partial,
        n_resamples=1000,
        vectorized=False,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return [round(float(x), 4) for x in (partial(everything), ends.low, ends.high)]


def main() -> None:
    torch.set_num_threads(1)
    genes = load_genes()
    kmers = spectra(genes)
    fold = grouped_folds(2 * genes.second + genes.nucleus, genes.groups, folds=FOLDS, seed=SEED)
    parts = [run_fold(genes, fold, i, kmers) for i in range(FOLDS)]
    pooled = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    well = genes.n_lines[pooled["test"]] >= 3
    results: dict[str, Any] = {}
    for title, rows in (("measured", well | True), ("three lines or more", well)):
        value = pooled["value"][rows]
        scores = {name: pooled[name][rows] for name in (MODEL, OURS, KMERS, RANDOM)}
        results[f"{title}, Spearman"] = correlations(value, scores)
        results[f"{title}, added"] = {
            name: added(value, scores[MODEL], scores[name]) for name in (OURS, KMERS, RANDOM)
        }
    save(__file__, results, seed=SEED, threads=1)
    for title, found in results.items():
        if isinstance(found, list):
            show([{k: str(v) for k, v in row.items()} for row in found], title=title)
        else:
            print(f"\n{title}\n{found}")


if __name__ == "__main__":
    main()
