"""Tissue domains where the source of a slide had no part in setting the rule's constants.

The rule that chooses the amount of smoothing has four constants. Three settings of them are scored
on each real slide: those that ship, those that do best on simulated tissues alone, and those that
do best on simulated tissues and all real sources but the slide's own (all cortex is one source).
What does best is told by k-means, the mean over sources; scored is the consensus that users get,
mean of three seeds. Only the last is blind. Needs the shared folder (``GRAPHKIT_SHARED``).
"""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from unittest.mock import patch

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
from domains import Tissue, real, score, simulated  # noqa: E402
from tissues import other_tissue  # noqa: E402

from graphkit.tasks.domains import smoothing  # noqa: E402
from graphkit.tasks.domains.features import SpotFeatures, kept_spots, spot_features  # noqa: E402
from graphkit.tasks.domains.members import fit_members  # noqa: E402
from graphkit.tasks.domains.smoothing import (  # noqa: E402
    NONE,
    Places,
    Smoothing,
    coherence,
    kmeans,
    score_smoothings,
)

SEEDS = range(3)
OF_KINDS = range(2000, 2030)
GRID = {
    "room": (6, 12, 20),
    "coherent": (0.2, 0.25, 0.3, 0.35),
    "power": (1.25, 1.5, 1.75, 2.0, 2.5),
    "earned": (1.0, 1.05, 1.1, 1.2),
}


class Constants(NamedTuple):
    """What the rule has to be told."""

    room: float
    coherent: float
    power: float
    earned: float


SHIPPED = Constants(smoothing._ROOM, smoothing._COHERENT, smoothing._POWER, smoothing._EARNED)


class Scores(NamedTuple):
    """What the rule reads of a tissue, with one seed."""

    n_spots: int
    alone: float
    each: dict[Smoothing, tuple[float, float]]

    def choose(self, by: Constants) -> Smoothing:
        """Return what the rule takes."""
        fits = [one for one in self.each if one.hops and self.n_spots >= by.room * _reach(one)]
        tried = fits if fits and self.alone < by.coherent else [NONE, *fits]

        def value(one: Smoothing) -> float:
            reliable, explained = (max(value, 1e-3) for value in self.each[one])
            return reliable * explained**by.power * (1.0 if one.hops else by.earned)

        return max(tried, key=value)


def _reach(one: Smoothing) -> int:
    return 1 + one.n_neighbors * one.hops


class Read:
    """A tissue as the rule sees it; what was computed is kept."""

    def __init__(self, tissue: Tissue) -> None:
        self.name, self.source = tissue.name, source_of(tissue)
        kept = kept_spots(
            tissue.adata, layer=None, use_rep=tissue.use_rep, min_counts=10, off_tissue=False
        )
        adata = tissue.adata[kept].copy()
        label = "cell_type" if tissue.kind == "cell types" else "layer"
        self.truth = adata.obs[label].astype(str).to_numpy()
        self.number = len(set(self.truth) - {"nan"})
        self.places = Places.read(adata)
        self.adata, self.use_rep = adata, tissue.use_rep
        self.first, table = self.scores(0), self.features(0).table
        self.plain = {
            one: score(
                self.truth, kmeans(one.apply(table, self.places), self.number, seed=0).labels_
            )
            for one in self.first.each
        }
        self.consensus: dict[tuple[int, Smoothing], float] = {}

    def features(self, seed: int) -> SpotFeatures:
        """Return what is averaged and clustered."""
        return spot_features(
            self.adata, n_top_genes=3000, n_components=15, use_rep=self.use_rep, seed=seed
        )[0]

    def scores(self, seed: int) -> Scores:
        """Return what every amount of smoothing scores, for any of the constants."""
        found, k = self.features(seed), self.number
        alone = coherence(kmeans(found.table, k, seed=seed).labels_, self.places)
        with patch.multiple(smoothing, _COHERENT=-2.0, _ROOM=min(GRID["room"])):
            tried = score_smoothings(found.table, found.halves, self.places, n_domains=k, seed=seed)
        each = {one.smoothing: (one.reliability, one.explained) for one in tried}
        return Scores(len(self.truth), alone, each)

    def ari(self, seed: int, one: Smoothing) -> float:
        """Return what users get at an amount of smoothing."""
        if (seed, one) not in self.consensus:
            smooth = one.apply(self.features(seed).table, self.places)
            labels = fit_members(smooth, self.number, members=16, seen=0.8, seed=seed)[2]
            self.consensus[seed, one] = score(self.truth, labels)
        return self.consensus[seed, one]


def source_of(tissue: Tissue) -> str:
    if tissue.kind.startswith("simulated"):
        return tissue.kind
    if tissue.name.startswith("15"):
        return "cortex"
    return tissue.name.split(" ")[0] if tissue.name.startswith("seqFISH") else tissue.name


def of_kinds() -> Iterator[Tissue]:
    """Simulate cells that are labelled by kind: there smoothing hurts."""
    for seed in OF_KINDS:
        adata = other_tissue(seed)
        if "cell_type" in adata.obs:
            adata.obs["layer"] = adata.obs["cell_type"]
            yield Tissue(f"kinds {seed}", "simulated kinds", adata)


def best(tissues: Iterable[Read]) -> Constants:
    """Return the constants with which k-means does best, sources counting alike."""
    sources: dict[str, list[Read]] = {}
    for one in tissues:
        sources.setdefault(one.source, []).append(one)

    def value(by: Constants) -> float:
        return float(
            np.mean([np.mean([o.plain[o.first.choose(by)] for o in s]) for s in sources.values()])
        )

    return max((Constants(*each) for each in itertools.product(*GRID.values())), key=value)


def main() -> None:
    made = [Read(tissue) for tissue in (*simulated(), *of_kinds())]
    print("simulated tissues read", flush=True)
    slides = []
    for tissue in real():
        slides.append(Read(tissue))
        print(tissue.name, flush=True)
    alone = best(made)
    left = {
        source: best([*made, *(one for one in slides if one.source != source)])
        for source in dict.fromkeys(one.source for one in slides)
    }
    rows = []
    for one in slides:
        settings = {"shipped": SHIPPED, "simulated": alone, "left out": left[one.source]}
        found: dict[str, list[float]] = {name: [] for name in settings}
        chosen: dict[str, list[str]] = {name: [] for name in settings}
        for seed in SEEDS:
            scores = one.scores(seed) if seed else one.first
            for name, by in settings.items():
                amount = scores.choose(by)
                found[name].append(one.ari(seed, amount))
                chosen[name].append(str(amount))
        rows.append({"tissue": one.name, "source": one.source, "ari": found, "chosen": chosen})
        print(
            one.name, {name: round(float(np.mean(v)), 3) for name, v in found.items()}, flush=True
        )
    constants = {"shipped": SHIPPED, "simulated": alone, **left}
    results = {
        "rows": rows,
        "mean over sources": {name: over_sources(rows, name) for name in rows[0]["ari"]},
        "constants": {name: by._asdict() for name, by in constants.items()},
    }
    save(__file__, results, seed=0, threads=1)
    table = [
        {"tissue": row["tissue"], **{name: float(np.mean(v)) for name, v in row["ari"].items()}}
        for row in rows
    ]
    show(table, title="ARI by what the rule's constants were set on")


def over_sources(rows: list[dict[str, Any]], name: str) -> float:
    sources: dict[str, list[float]] = {}
    for row in rows:
        sources.setdefault(row["source"], []).append(float(np.mean(row["ari"][name])))
    return float(np.mean([np.mean(values) for values in sources.values()]))


if __name__ == "__main__":
    main()
