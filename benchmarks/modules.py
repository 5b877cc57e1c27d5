"""Agreement of gene modules found in two independent halves of the molecules.

Each slide's counts are split binomially (p = 0.5); a method finds modules in either half, knowing
nothing of the other, and the two halves share no seed. Beside the adjusted Rand index of the two
stands what tells agreement from triviality: sizes, entropy, held-out correlation, abundance.

The baselines are k-means on principal components of the z-scored gene images, for several numbers
of components, those of the method's embedding (12) among them. Two ablations: ``untrained`` is the
whole recipe but for the training of DARLC; ``denoised, once`` fits one t mixture to the z-scored
denoised images, without halves and consensus.

Each slide and seed runs in a process of its own and takes about 15 minutes; ``--slide`` and
``--seeds`` choose what is measured, and what else ``modules.json`` holds stays as it is.
"""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from common import limit_threads, run_alone, save, show

limit_threads(1)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from scipy import sparse  # noqa: E402
from scipy.stats import t as student  # noqa: E402

from graphkit.builders.gene_images import SpotRaster  # noqa: E402
from graphkit.builders.gene_views import GeneViews, gene_views  # noqa: E402
from graphkit.builders.neighbors.table import spot_table  # noqa: E402
from graphkit.evaluation.tissues.modules import agreement_table, pca_modules  # noqa: E402
from graphkit.methods.darlc import DARLC, DARLCParams  # noqa: E402
from graphkit.methods.mixtures import cluster  # noqa: E402
from graphkit.methods.spot_denoiser import DenoiserParams  # noqa: E402
from graphkit.omics import coordinates, raw_counts, read_spatial  # noqa: E402
from graphkit.tasks.denoise.denoiser import SpatialDenoiser  # noqa: E402
from graphkit.tasks.modules.fit import cluster_views, train_views  # noqa: E402

SHARED = Path(os.environ.get("GRAPHKIT_SHARED", Path(__file__).resolve().parents[2] / "shared"))
SLIDES = ("dlpfc_151510_500genes", "mob_rep11")
N_MODULES = (10, 20)
N_GENES = 2000
MIN_COUNTS = 20
OURS = "darlc"
COLUMNS = ("ari", "n_modules", "largest", "entropy", "held_out", "abundance")


def slide(name: str) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Return the counts of the most abundant genes in spots with counts, and the coordinates."""
    adata = read_spatial(SHARED / "data" / "spatial" / f"{name}.h5ad")
    counts, points = raw_counts(adata), coordinates(adata)
    spots = np.asarray(counts.sum(axis=1)).ravel() >= MIN_COUNTS
    counts = counts[spots]
    top = np.argsort(-np.asarray(counts.sum(axis=0)).ravel(), kind="stable")[:N_GENES]
    return sparse.csr_matrix(counts[:, np.sort(top)]), points[spots]


class Recipes:
    """The method and its ablations, which share one denoiser per half."""

    def __init__(self, points: np.ndarray) -> None:
        self.points = points
        self._views: dict[int, GeneViews] = {}

    def views(self, half: sparse.csr_matrix, seed: int) -> GeneViews:
        """Return the gene images of a half; the last two are kept."""
        if seed not in self._views:
            recipe = DenoiserParams()
            table = spot_table(self.points, n_neighbors=recipe.n_neighbors)
            model = SpatialDenoiser(recipe, random_state=seed, device="cpu", threads=1)
            model.fit_counts(half, table)
            found = gene_views(
                half,
                SpotRaster().raster(self.points),
                model.apply(half, table).rates(),
                n_components=DARLCParams().n_components,
            )
            self._views = dict([*list(self._views.items())[-1:], (seed, found)])
        return self._views[seed]

    def darlc(
        self, half: sparse.csr_matrix, k: int, seed: int, *, params: DARLCParams
    ) -> np.ndarray:
        """Return the modules of the recipe."""
        views = self.views(half, seed)
        method = train_views(views, k, seed=seed, params=params, device="cpu", threads=1)
        return cluster_views(method, views, n_modules=k, seed=seed).labels

    def once(self, half: sparse.csr_matrix, k: int, seed: int) -> np.ndarray:
        """Return the clusters of the denoised images, without halves and consensus."""
        views = self.views(half, seed)
        embedding = DARLC(views, k, seed=seed).embed(torch.from_numpy(views.denoised)).numpy()
        return cluster(embedding, k, seed=seed, restarts=10)[1].argmax(axis=1)


def run(name: str, seeds: Sequence[int]) -> list[dict[str, Any]]:
    counts, points = slide(name)
    recipes = Recipes(points)
    default = DARLCParams()
    finders = {
        OURS: partial(recipes.darlc, params=default),
        "untrained": partial(recipes.darlc, params=replace(default, epochs=0)),
        "denoised, once": recipes.once,
        **{f"pca {d} + k-means": partial(pca_modules, n_components=d) for d in (5, 12, 30)},
    }
    rows = agreement_table(counts, finders, n_modules=N_MODULES, seeds=seeds)
    return [{"slide": name, **row} for row in rows]


def summary(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return means over seeds, and the paired lead of the method over each other row."""
    found = []
    for name in dict.fromkeys(row["slide"] for row in rows):
        for k in N_MODULES:
            here = [row for row in rows if row["slide"] == name and row["k"] == k]
            ours = np.array([row["ari"] for row in here if row["finder"] == OURS])
            for finder in dict.fromkeys(row["finder"] for row in here):
                part = [row for row in here if row["finder"] == finder]
                line = {"slide": name, "k": k, "finder": finder}
                line |= {c: float(np.mean([row[c] for row in part])) for c in COLUMNS}
                lead = ours - np.array([row["ari"] for row in part])
                line |= interval(lead) if finder != OURS else {}
                found.append(line)
    return found


def interval(lead: np.ndarray) -> dict[str, float]:
    """Return mean and 95 % t interval of paired differences; of one no interval."""
    if len(lead) < 2:
        return {"ahead": float(lead.mean())}
    half = student.ppf(0.975, len(lead) - 1) * lead.std(ddof=1) / np.sqrt(len(lead))
    mean = float(lead.mean())
    return {"ahead": mean, "ahead_low": mean - float(half), "ahead_high": mean + float(half)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slide", choices=SLIDES, action="append")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--part", nargs=2, metavar=("SLIDE", "SEED"), help="print one as JSON")
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps(run(arguments.part[0], [int(arguments.part[1])])))
        return
    written = Path(__file__).with_suffix(".json")
    rows = json.loads(written.read_text())["results"]["rows"] if written.exists() else []
    for seed in arguments.seeds:
        for name in arguments.slide or SLIDES:
            rows = [row for row in rows if (row["slide"], row["seed"]) != (name, seed)]
            rows += run_alone(__file__, "--part", name, str(seed))
            save(__file__, {"summary": summary(rows), "rows": rows}, threads=1)
            print(name, seed, flush=True)
    columns = ("slide", "k", "finder", *COLUMNS, "ahead", "ahead_low", "ahead_high")
    show([{c: line.get(c) for c in columns} for line in summary(rows)], title="Gene modules")


if __name__ == "__main__":
    main()
