"""How likely the domain of a spot is right: set on three simulators, scored where it was not set.

The map in :mod:`graphkit.tasks.domains.members` is fitted to all three, tissues counting alike;
what counts is the score on each of a map fitted to the other two. Every tissue is read with its
counts and as components alone. No real slide has a part in it.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from common import limit_threads, save, show

limit_threads(1)

import anndata  # noqa: E402
import numpy as np  # noqa: E402
from domains import Tissue, find, right  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402
from tissues import fading_tissue, other_tissue  # noqa: E402

from graphkit.datasets import TissueParams, simulate_tissue  # noqa: E402
from graphkit.omics import log_normalise, principal_components, raw_counts, tissue_adata  # noqa: E402
from graphkit.tasks.domains.members import evidence  # noqa: E402
from graphkit.tasks.domains.smoothing import Places  # noqa: E402

SEEDS = range(20)
SIMULATORS = ("layers", "mixtures", "fading")


class Told(NamedTuple):
    """What is known of the spots of a tissue, and which of their domains are right."""

    simulator: str
    counted: bool
    evidence: NDArray[np.float64]
    right: NDArray[np.bool_]


def simulated(seed: int) -> Iterator[tuple[str, anndata.AnnData]]:
    """Return a tissue of each simulator, of 120 to 1,100 spots."""
    rng = np.random.default_rng((31, seed))
    n, other = (int(np.exp(rng.uniform(np.log(120), np.log(1100)))) for _ in range(2))
    params = TissueParams(
        n_spots=n,
        n_layers=min(int(rng.integers(2, 11)), n // 20),
        contrast=float(rng.choice([0.7, 1.0, 1.5, 1.5])),
        depth=float(np.exp(rng.uniform(np.log(150), np.log(1000)))),
    )
    yield "layers", tissue_adata(simulate_tissue(params, seed=20_000 + seed))
    yield "mixtures", other_tissue(20_000 + seed, n_spots=other)
    yield "fading", fading_tissue(seed)


def read(simulator: str, adata: anndata.AnnData, use_rep: str | None) -> Told:
    """Find the domains of a tissue, their number known."""
    truth = adata.obs["layer"].astype(str).to_numpy()
    tissue = Tissue(simulator, "simulated", adata, use_rep)
    model, labels = find(tissue, len(set(truth)), 0)
    known = labels != "nan"
    posterior = np.exp(model.logits(adata))[known]
    places = Places.read(adata).of(np.flatnonzero(known))
    told = evidence(posterior, places, agrees=model.kmeans_)
    return Told(simulator, use_rep is None, told, right(truth[known], labels[known]))


def fitted(tissues: Sequence[Told]) -> LogisticRegression:
    """Return the map that is likeliest, tissues counting alike."""
    weight = np.concatenate([np.full(len(one.right), 1e3 / len(one.right)) for one in tissues])
    told, hit = (np.concatenate(part) for part in zip(*(one[2:] for one in tissues), strict=True))
    return LogisticRegression(C=np.inf).fit(told, hit, sample_weight=weight)


def scored(model: LogisticRegression, tissues: Sequence[Told]) -> dict[str, Any]:
    """Return how far what is said is from what is so, in bins of at least 100 spots."""
    said = [model.predict_proba(one.evidence)[:, 1] for one in tissues]
    hit = [one.right for one in tissues]
    both = zip(hit, said, strict=True)
    ranked = [roc_auc_score(h, s) for h, s in both if 0 < h.mean() < 1]
    where = np.minimum((10 * np.concatenate(said)).astype(int), 9)
    spots, so, mean = (
        np.bincount(where, weights, minlength=10)
        for weights in (None, np.concatenate(hit), np.concatenate(said))
    )
    full = spots >= 100
    stability, share = mean[full] / spots[full], so[full] / spots[full]
    away = np.abs(stability - share)
    return {
        "stability": stability.tolist(),
        "share right": share.tolist(),
        "mean distance": float(away.mean()),
        "largest distance": float(away.max()),
        "AUROC": float(np.mean(ranked)),
    }


def main() -> None:
    tissues = []
    for seed in SEEDS:
        for simulator, adata in simulated(seed):
            scores = principal_components(log_normalise(raw_counts(adata)), n_components=15).scores
            adata.obsm["X_pca"] = scores
            tissues += [read(simulator, adata, use_rep) for use_rep in (None, "X_pca")]
        print(seed, flush=True)
    rows = []
    for simulator in SIMULATORS:
        model = fitted([one for one in tissues if one.simulator != simulator])
        for counted in (True, False):
            left = [o for o in tissues if o.simulator == simulator and o.counted == counted]
            rows.append({"left out": simulator, "counts": counted, **scored(model, left)})
    model = fitted(tissues)
    found = [float(value) for value in (*model.intercept_, *model.coef_[0])]
    save(__file__, {"map": found, "rows": rows}, seed=0, threads=1)
    show([{k: v for k, v in row.items() if not isinstance(v, list)} for row in rows])
    print("map", found)


if __name__ == "__main__":
    main()
