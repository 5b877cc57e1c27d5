"""Recipes of the metric-learning literature on cells, each part on and off, beside what is simple.

Three tables, three seeds each, label-blind where labels are not what is taught; one setting for all
sets. ``embedding``: what the networks of ``cluster --method`` say, by k-means beside principal
components (adjusted Rand index), and by Recall@1 and @10 of their own numbers. ``annotation``:
TripletCell and the part that matches batches, beside a linear SVM on data sets that are each scaled
on their own. ``labels``: scCoRR on labels of which a share is wrong, beside a vote of neighbours.

Needs the shared folder (``GRAPHKIT_SHARED``, default ``../shared``). Named tables are measured, the
others in ``cell_recipes.json`` stay as they are.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
from cells import PACKAGES, SETS  # noqa: E402
from scipy import sparse  # noqa: E402
from sklearn.cluster import KMeans  # noqa: E402
from sklearn.metrics import adjusted_rand_score, roc_auc_score  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.svm import LinearSVC  # noqa: E402

from graphkit.evaluation import recall_at_k  # noqa: E402
from graphkit.methods import (  # noqa: E402
    CICL,
    CellParams,
    CICLParams,
    GroupCollaborative,
    GroupParams,
    ScCoRR,
    TripletCell,
    TripletParams,
)
from graphkit.omics import (  # noqa: E402
    column_moments,
    highly_variable,
    log_normalise,
    principal_components,
    raw_counts,
    read_spatial,
)
from graphkit.tasks.cells.networks import Cells, scrcl  # noqa: E402
from graphkit.training import PerClass, embed_all  # noqa: E402

SEEDS = 3
T = 4.303  # of Student's distribution, two degrees of freedom, 95 %


def units(x: Any) -> Any:
    """Return a table centred, its rows of length 1 on average."""
    centred = x - x.mean(axis=0)
    return centred / np.sqrt(np.square(centred).sum(axis=1).mean())


def cells_of(counts: Any, number: int, encoder: str = "mlp") -> Cells:
    """Return cells as networks read them: 2,000 variable genes and 30 components."""
    counts = sparse.csr_matrix(counts)
    genes = highly_variable(counts, n_top_genes=2000)
    logged = log_normalise(counts, target_sum=1e4)[:, genes]
    mean, scale = column_moments(logged)
    scaled = np.clip((logged.toarray() - mean) / scale, -10, 10)
    components = units(principal_components(scaled, n_components=30).scores.astype(np.float64))
    recipe = CellParams(encoder=encoder)
    chosen = sparse.csr_matrix(counts[:, genes])
    return Cells(chosen, components, number, recipe, device="cpu", threads=1)


def guided(cells: Cells, recipe: Any, seed: int) -> Any:
    """Return what the network says that `recipe` makes a method of."""
    network = cells.network(seed)
    cells.train(recipe(network), cells.thinned(seed), seed=seed)
    return embed_all(network, cells.whole).numpy()


def variants(number: int) -> dict[str, tuple[str, Any]]:
    """Return encoder and recipe of each row; the recipe also takes cells and seed."""

    def cicl(clusters: float) -> Any:
        params = CICLParams(clusters=clusters)
        return lambda n, cells, seed: CICL(n, number, params, data=cells.whole, seed=seed)

    def group(params: GroupParams) -> Any:
        return lambda n, cells, seed: GroupCollaborative(
            n, number, params, data=cells.whole, seed=seed
        )

    def plain(network: Any, *_: Any) -> Any:
        return network

    looks = GroupParams(attention=0.1)
    return {
        "autoencoder": ("mlp", plain),
        "autoencoder, GCN": ("gcn", plain),
        "autoencoder, GAT": ("gat", plain),
        "CICL, lambda 0": ("mlp", cicl(0.0)),
        "CICL, lambda .1": ("mlp", cicl(0.1)),
        "groups and distillation": ("mlp", group(GroupParams())),
        "groups and distillation, GAT, attention": ("gat", group(looks)),
    }


def embedding(folder: Path) -> Iterator[tuple[str, Any]]:
    """Score every embedding of every set."""
    for name, file in reversed(SETS.items()):  # the small ones first
        adata = read_spatial(folder / f"{file}.h5ad", spatial_key=None)
        truth = adata.obs["cell_type"].astype(str).to_numpy()
        number = len(set(truth))
        kinds = {kind: cells_of(raw_counts(adata), number, kind) for kind in ("mlp", "gcn", "gat")}
        plain = kinds["mlp"].components
        rows: dict[str, list[dict[str, float]]] = {}
        spent: dict[str, float] = {}

        def add(row: str, z: Any, seed: int, both: Any) -> None:
            labels = KMeans(number, n_init=10, random_state=seed).fit_predict(both)  # noqa: B023
            near = NearestNeighbors(n_neighbors=10).fit(z).kneighbors(return_distance=False)
            score = {"ari": adjusted_rand_score(truth, labels)}  # noqa: B023
            for k in (1, 10):
                score[f"recall@{k}"] = recall_at_k(truth, truth[near], k=k)  # noqa: B023
            rows.setdefault(row, []).append(score)  # noqa: B023

        for seed in range(SEEDS):
            add("principal components", plain, seed, plain)
            made = {
                row: lambda seed, kind=kind, recipe=recipe: guided(
                    kinds[kind],  # noqa: B023
                    lambda n: recipe(n, kinds[kind], seed),  # noqa: B023
                    seed,
                )
                for row, (kind, recipe) in variants(number).items()
            }
            made["scRCL"] = lambda seed: scrcl(kinds["mlp"], seed=seed)  # noqa: B023
            for row, make in made.items():
                begun = time.process_time()
                z = units(make(seed))
                spent[row] = spent.get(row, 0.0) + (time.process_time() - begun) / SEEDS
                add(row, z, seed, np.hstack([z, plain]))
        yield (
            name,
            {
                row: {
                    **{key: float(np.mean([one[key] for one in scores])) for key in scores[0]},
                    "cpu_seconds": spent.get(row, 0.0),
                    "by_seed": [one["ari"] for one in scores],
                    "recall@1_by_seed": [one["recall@1"] for one in scores],
                }
                for row, scores in rows.items()
            },
        )


def pairs(folder: Path) -> dict[str, tuple[Any, Any]]:
    """Return reference and query of each pair."""
    baron = read_spatial(folder / "baron_human_mouse_small.h5ad", spatial_key=None)
    human, mouse = (baron[baron.obs["species"] == one].copy() for one in ("human", "mouse"))
    kang = read_spatial(folder / "kang_pbmc_muscat.h5ad", spatial_key=None)
    ctrl, stim = (kang[kang.obs["condition"] == one].copy() for one in ("ctrl", "stim"))
    return {
        "Baron human -> mouse": (human, mouse),
        "Baron mouse -> human": (mouse, human),
        "Kang ctrl -> stim": (ctrl, stim),
    }


def annotation(folder: Path) -> Iterator[tuple[str, Any]]:
    """Score the annotation of a query by six neighbours in the embedding, and by the SVM."""
    for name, (reference, query) in pairs(folder).items():
        n = reference.n_obs
        tables = [raw_counts(one) for one in (reference, query)]
        cells = cells_of(sparse.vstack(tables, format="csr"), 2)
        known, truth = (one.obs["cell_type"].astype(str).to_numpy() for one in (reference, query))
        types, codes = np.unique(known, return_inverse=True)
        labels = np.concatenate([codes, np.full(query.n_obs, -1)])
        batch = np.repeat([0, 1], [n, query.n_obs])
        # Query cells are a class of their own to the sampler: every batch has some.
        drawn = np.where(labels < 0, len(types), labels)
        logged = log_normalise(cells.counts, target_sum=1e4).toarray()
        read, asked = (StandardScaler().fit_transform(one) for one in (logged[:n], logged[n:]))
        vote = KNeighborsClassifier(6)

        def near(z: Any) -> float:
            z = z / np.linalg.norm(z, axis=1, keepdims=True)
            return float((vote.fit(z[:n], known).predict(z[n:]) == truth).mean())  # noqa: B023

        rows = {
            "SVM, each set scaled": [
                float((LinearSVC(max_iter=20_000).fit(read, known).predict(asked) == truth).mean())
            ],
            "components": [near(cells.components)],
        }
        for row, parts in {
            "TripletCell": {"batches": 0.0},
            "and moments of batches": {},
            "moments, no triplets": {"triplets": 0.0},
            "moments alone": {"triplets": 0.0, "types": 0.0},
        }.items():
            params = TripletParams(**parts)
            for seed in range(SEEDS):
                network = cells.network(seed)
                data = PerClass(cells.thinned(seed), drawn, seed=seed)
                method = TripletCell(network, labels, params, batches=batch)
                cells.train(method, data, seed=seed)
                accuracy = near(embed_all(network, cells.whole).numpy())
                rows.setdefault(row, []).append(accuracy)
        yield name, {row: _mean(one) for row, one in rows.items()}


def labels(folder: Path) -> Iterator[tuple[str, Any]]:
    """Score labels after scCoRR, where some were wrong, uniformly."""
    adata = read_spatial(folder / f"{SETS['kang']}.h5ad", spatial_key=None)
    names, truth = np.unique(adata.obs["cell_type"].astype(str), return_inverse=True)
    cells = cells_of(raw_counts(adata), len(names))
    logged = log_normalise(cells.counts, target_sum=1e4)
    for share in (0.0, 0.2, 0.4):
        rows: dict[str, list[float]] = {}
        for seed in range(SEEDS):
            rng = np.random.default_rng(seed)
            wrong = rng.random(len(truth)) < share
            other = (truth + rng.integers(1, len(names), len(truth))) % len(names)
            given = np.where(wrong, other, truth)
            vote = KNeighborsClassifier(20).fit(cells.components, given).predict(cells.components)
            method = ScCoRR(
                cells.network(seed),
                given,
                expression=logged,
                points=cells.components,
                graph=cells.graph.connectivities,
            )
            cells.train(method, PerClass(cells.thinned(seed), given, seed=seed), seed=seed)
            after = method.corrected(cells.whole)
            likely = method.probabilities(cells.whole)[np.arange(len(given)), given]
            scores = {
                "given": (given == truth).mean(),
                "vote of 20 neighbours": (vote == truth).mean(),
                "scCoRR": (after == truth).mean(),
                "right labels changed": ((after != given) & (given == truth)).mean(),
                "anchors": method.anchors.mean(),
                "anchors that are right": (given == truth)[method.anchors].mean(),
            }
            if share:
                scores["suspicion AUROC"] = roc_auc_score(given != truth, -likely)
            for row, value in scores.items():
                rows.setdefault(row, []).append(float(value))
        yield f"{share:.0%} wrong", {row: _mean(one) for row, one in rows.items()}


def _mean(values: list[float]) -> dict[str, float]:
    half = T * np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return {"mean": float(np.mean(values)), "half_interval": float(half)}


TABLES = {"embedding": embedding, "annotation": annotation, "labels": labels}

if __name__ == "__main__":
    shared = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data/singlecell"
    path = Path(__file__).with_suffix(".json")
    results = json.loads(path.read_text())["results"] if path.is_file() else {}
    for table in sys.argv[1:] or TABLES:
        for name, rows in TABLES[table](shared):
            results.setdefault(table, {})[name] = rows
            save(__file__, results, seed=0, threads=1, packages=PACKAGES)
    for table, sets in results.items():
        for name, rows in sets.items():
            flat = [
                {"row": row} | {k: v for k, v in one.items() if not isinstance(v, list)}
                for row, one in rows.items()
            ]
            show(flat, title=f"{table}: {name}")
