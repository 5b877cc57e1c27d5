"""Domains of two slides together, with and without what a slide adds: a factor on each gene, depth.

Pairs of simulated slides show the same layers, or parts of one tissue that overlap in some layers.
Each pair is drawn four times: as it is, with a factor on each gene of the second slide (standard
deviation of its logarithm .3), with half of its counts, and with both; the last is also brought
together by Harmony. Bar: the mean adjusted Rand index of the labels of both slides together within
.03 of that without a shift. Constants were set on other pairs. With the names of shifts it measures
those, and the others in ``slides.json`` stay as they are.
"""

import json
import sys
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import anndata  # noqa: E402
import numpy as np  # noqa: E402

from graphkit.datasets import TissueParams, simulate_tissue  # noqa: E402
from graphkit.evaluation.clusters import agreement  # noqa: E402
from graphkit.evaluation.intervals import seed_interval  # noqa: E402
from graphkit.tasks import Domains  # noqa: E402

PAIRS = range(12)
GENE_SHIFT, DEPTH = 0.3, 0.5
SHIFTS = {
    "none": (0.0, 1.0),
    "genes": (GENE_SHIFT, 1.0),
    "depth": (0.0, DEPTH),
    "both": (GENE_SHIFT, DEPTH),
    "both, Harmony": (GENE_SHIFT, DEPTH),
}
KINDS = ("same layers", "other parts")


def pair(kind: str, seed: int, *, genes: float, depth: float) -> anndata.AnnData:
    """Return two slides in one table; the same tissue for one seed, whatever the shift."""
    rng = np.random.default_rng((5, seed))
    n_layers = int(rng.integers(4, 8))
    params = TissueParams(
        n_spots=int(rng.integers(400, 1200)),
        n_layers=n_layers,
        contrast=float(rng.choice([1.0, 1.5])),
        n_slides=2,
        batch_effect=0.0,
    )
    tissue = simulate_tissue(params, seed=9000 + seed)
    second = tissue.slide == 1
    shown = np.ones(len(second), dtype=bool)
    if kind == "other parts":
        # Two layers at least are on both.
        last = int(rng.integers(2, n_layers - 1))
        first = int(rng.integers(1, last))
        shown = np.where(second, tissue.layer >= first, tissue.layer <= last)
    rates = tissue.rates * np.where(
        second[:, None], np.exp(genes * rng.normal(size=tissue.rates.shape[1])), 1.0
    )
    expected = rates / rates.sum(axis=1, keepdims=True) * tissue.depth[:, None]
    expected *= np.where(second, depth, 1.0)[:, None]
    spread = 1 / params.dispersion
    counts = rng.poisson(expected * rng.gamma(spread, 1 / spread, expected.shape))
    adata = anndata.AnnData(counts.astype(np.float32), obsm={"spatial": tissue.coordinates})
    adata.obs["layer"], adata.obs["slide"] = tissue.layer.astype(str), tissue.slide.astype(str)
    return adata[shown].copy()


def measure(kind: str, seed: int, shifts: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": kind, "pair": seed}
    for name in shifts:
        genes, depth = SHIFTS[name]
        adata = pair(kind, seed, genes=genes, depth=depth)
        integrate = "harmony" if name.endswith("Harmony") else "effects"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            model = Domains(adata.obs["layer"].nunique(), integrate=integrate, random_state=seed)
            labels = model.fit(adata, library_key="slide").predict(adata, library_key="slide")
        row[name] = agreement(adata.obs["layer"].tolist(), labels.tolist())[0]
    return row


def main() -> None:
    rows: list[dict[str, Any]] = []
    shifts, written = sys.argv[1:] or list(SHIFTS), {}
    if sys.argv[1:]:
        before = json.loads(Path(__file__).with_suffix(".json").read_text())["results"]["rows"]
        written = {(row["kind"], row["pair"]): row for row in before}
    for kind in KINDS:
        for seed in PAIRS:
            rows.append(written.get((kind, seed), {}) | measure(kind, seed, shifts))
            print({k: round(v, 2) if isinstance(v, float) else v for k, v in rows[-1].items()})
    summary = []
    for kind in KINDS:
        here = [row for row in rows if row["kind"] == kind]
        for name in SHIFTS:
            lost = [row["none"] - row[name] for row in here]
            mean = float(np.mean([row[name] for row in here]))
            line = {
                "kind": kind,
                "shift": name,
                "mean": mean,
                "median lost": float(np.median(lost)),
            }
            summary.append(line | {"lost": asdict(seed_interval(lost))})
    save(__file__, {"rows": rows, "summary": summary}, seed=0, threads=1)
    show([{**line, **line["lost"]} for line in summary], title="ARI of both slides' labels")


if __name__ == "__main__":
    main()
