"""Tissue domains of five cortex slices: after scRCL beside smoothed k-means, one setting for all.

A seed is a consensus as ``graphkit domains`` makes it, of five networks and their mixtures. Beside
it: a majority vote over 50 neighbours, single mixtures that see next to nothing but the network,
and the consensus of the same mixtures without any network.

Layers are read at the end only; the number of domains is the number of layers. Spots without a
layer stay in the graph and out of the scores. Needs the shared folder (``GRAPHKIT_SHARED``).
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import anndata  # noqa: E402
import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from graphkit.builders import KNN, spatial_graph  # noqa: E402
from graphkit.evaluation.clusters import agreement, majority, match_and_average  # noqa: E402
from graphkit.evaluation.tissues.baselines import smoothed_kmeans  # noqa: E402
from graphkit.methods.scrcl import ScRCLParams  # noqa: E402
from graphkit.omics import log_normalise, principal_components, raw_counts  # noqa: E402
from graphkit.tasks.domains.features import spot_features  # noqa: E402
from graphkit.tasks.domains.members import divide, train_member  # noqa: E402

SEEDS = range(5)
NETWORKS = 5
HOPS = (1, 2, 4)
RECIPE = ScRCLParams()


def slices() -> dict[str, anndata.AnnData]:
    folder = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data" / "spatial"
    if not folder.is_dir():
        raise SystemExit("needs the shared folder: set GRAPHKIT_SHARED")
    four = anndata.read_h5ad(folder / "dlpfc_4slices_pca50.h5ad")
    found = {str(s): four[four.obs["slice"] == s].copy() for s in four.obs["slice"].unique()}
    return found | {"151510": anndata.read_h5ad(folder / "dlpfc_151510_500genes.h5ad")}


def components(slide: anndata.AnnData) -> NDArray[Any]:
    """Return plain principal components, as the baseline reads them."""
    if slide.n_vars == 50:
        return np.asarray(slide.X)
    return principal_components(log_normalise(raw_counts(slide)), n_components=15).scores


def score(layers: NDArray[Any], labels: NDArray[Any]) -> float:
    known = layers != "nan"
    return agreement(layers[known].tolist(), labels[known].tolist())[0]


def measure(name: str, slide: anndata.AnnData) -> dict[str, Any]:
    layers = slide.obs["layer"].astype(str).to_numpy()
    k = len(set(layers) - {"nan"})
    features, _ = spot_features(
        slide, n_top_genes=RECIPE.n_top_genes, n_components=RECIPE.n_components
    )
    points = np.asarray(slide.obsm["spatial"], dtype=np.float64)[:, :2]
    near = spatial_graph(slide).connectivities
    wide = KNN(RECIPE.n_neighbors).graph(points).connectivities
    members = [
        train_member(features, (wide, near), RECIPE, seed=0, number=number)
        for number in range(len(SEEDS) * NETWORKS)
    ]
    around = KNN(50).graph(points).connectivities
    raw = components(slide)

    def scores(recipe: ScRCLParams, *, refined: bool = False) -> list[float]:
        """Score the consensus of each seed's networks."""
        found = []
        for seed in SEEDS:
            mine = members[seed * NETWORKS : (seed + 1) * NETWORKS]
            every = [one.posterior for member in mine for one in divide(member, k, recipe)]
            labels = match_and_average(every)[0].argmax(axis=1)
            found.append(score(layers, majority(labels, around) if refined else labels))
        return found

    return {
        "slice": name,
        "domains": k,
        "by_seed": scores(RECIPE),
        "majority": scores(RECIPE, refined=True),
        "network alone": [
            score(layers, one.posterior.argmax(axis=1))
            for member in members
            for one in divide(member, k, replace(RECIPE, residual=10.0))[:1]
        ],
        "untrained": scores(replace(RECIPE, residual=0.0)),
        "smoothed_kmeans": {
            str(hops): [
                score(layers, smoothed_kmeans(raw, points, k, hops=hops, seed=seed))
                for seed in SEEDS
            ]
            for hops in HOPS
        },
    }


def main() -> None:
    rows = []
    for name, slide in slices().items():
        rows.append(measure(name, slide))
        print(name, flush=True)
    best = max(HOPS, key=lambda hops: np.mean([row["smoothed_kmeans"][str(hops)] for row in rows]))
    table = []
    for row in rows:
        base = float(np.mean(row["smoothed_kmeans"][str(best)]))
        table.append(
            {
                "slice": row["slice"],
                "scRCL, mean of seeds": float(np.mean(row["by_seed"])),
                "spread": float(np.std(row["by_seed"])),
                "majority of 50": float(np.mean(row["majority"])),
                "network alone": float(np.mean(row["network alone"])),
                "untrained": float(np.mean(row["untrained"])),
                "smoothed k-means": base,
                "ahead by": float(np.mean(row["by_seed"])) - base,
            }
        )
    names = [name for name in table[0] if name != "slice"]
    mean = {name: float(np.mean([row[name] for row in table])) for name in names}
    table.append({"slice": "mean", **mean})
    save(__file__, {"slices": rows, "best_hops": best, "table": table}, seed=0, threads=1)
    show(table, title=f"ARI; smoothed k-means with {best} hops")


if __name__ == "__main__":
    main()
