"""Tables of the site, made of the JSON that the scripts in ``benchmarks/`` write.

Each public function is one table in Markdown; ``{measured} NAME`` shows it on a page.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@cache
def results(name: str) -> Any:
    """Return what a benchmark measured."""
    return json.loads((BENCHMARKS / f"{name}.json").read_text("utf-8"))["results"]


def share(value: float | None, digits: int = 2) -> str:
    """Write a number below one as papers do: .76, -.02, and a dash for none."""
    if value is None:
        return "-"
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def interval(value: Sequence[float] | Mapping[str, float], digits: int = 2) -> str:
    """Write an estimate and its 95 % interval."""
    middle, low, high = value.values() if isinstance(value, Mapping) else value
    return f"{share(middle, digits)} ({share(low, digits)} to {share(high, digits)})"


def table(header: str, rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown; `header` parts its columns by bars."""
    names = header.split(" | ")
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def bold_best(values: Sequence[float | None], digits: int = 2) -> list[str]:
    """Write numbers, the highest in bold."""
    best = max(value for value in values if value is not None)
    return [
        f"**{share(value, digits)}**" if value == best else share(value, digits) for value in values
    ]


def localization() -> str:
    """Show localization beside the better of two support vector machines and of two ExtraTrees."""
    found = results("log2_cn")
    tests = {
        "RNAlight, five nested folds: AUROC": "within RNAlight, AUROC",
        "genes in three lines or more: Spearman": "genes in three lines or more, Spearman",
        "genes that are no clear cases: Spearman": "second source alone, Spearman",
        "trained on RNAlight, unlike RCI genes: Spearman": (
            "RNAlight -> unlike RCI, measured, Spearman"
        ),
        "trained on RCI, unlike RNAlight: AUROC": "RCI -> unlike RNAlight, AUROC",
    }
    body = []
    for what, key in tests.items():
        scores = {row["name"]: row["score"] for row in found[key]}
        others = [
            max(score[0] for name, score in scores.items() if name.startswith(kind))
            for kind in ("SVM", "ExtraTrees")
        ]
        body.append(
            [f"{what} ({found[key][0]['n']:,})", interval(scores["log2 C/N"], 3)]
            + [share(other, 3) for other in others]
        )
    test = {row["name"]: row for row in results("sealed")["sgcl_test"]}
    trees = test["ExtraTrees 1-5-mers + length"]["auroc"]
    body.append(
        [
            f"the published tool's test set: AUROC ({test['lncloc']['n']})",
            interval(test["lncloc"]["auroc_interval"], 3),
            "-",
            share(trees, 3),
        ]
    )
    return table("tested on (records) | `lncloc` (95 %) | SVM | ExtraTrees", body)


def faithfulness() -> str:
    """Show explanations of the model that ships and of the published one beside mutagenesis."""
    rows = {
        "Spearman with mutagenesis, median": (
            "agreement with mutagenesis",
            "median signed Spearman",
        ),
        "knocking out the top 10 % moves the value by": (
            "deletion",
            "top 10 %: change of the log-odds",
        ),
        "... times what random stretches do": ("deletion", "top 10 %: times what random runs do"),
    }
    tracks = ("gradients", "attention", "random", "mutagenesis")
    body = []
    for model, key in (("`lncloc`", "faithfulness"), ("SGCL-LncLoc", "published")):
        values = {
            (row["test"], row["statistic"], row["track"]): row["value"]
            for row in results("faithfulness")[key]
        }
        for what, (test, statistic) in rows.items():
            shown = [values.get((test, statistic, track)) for track in tracks]
            body.append([model, what, *(share(one) for one in shown)])
    return table("model | what | gradients | attention | random | mutagenesis", body)


def known_elements() -> str:
    """Show known elements in the classes they are said to stand for."""
    return table(
        "element | consensus | expected in | transcripts | odds ratio | q | knock-out (control)",
        (
            [
                row["element"],
                row["consensus"],
                row["expected in"],
                f"{row['transcripts with it']}",
                share(row["odds ratio"]),
                share(row["q"]),
                f"{row['knock-out']:+.3f} ({row['control']:+.3f})",
            ]
            for row in results("known_elements")["known_elements"]
        ),
    )


SLIDES = {
    "dlpfc_151510_500genes": "cortex, DLPFC 151510 (500 genes)",
    "mob_rep11": "olfactory bulb",
    "starmap_visual_cortex_1k": "visual cortex, STARmap",
    "breast_cancer_4slices": "breast cancer, four slices",
}


def denoising() -> str:
    """Show the gain on held-out molecules beside components and neighbours, tuned per slide."""
    body = []
    for slide, name in SLIDES.items():
        found = results("denoise")["data"][slide]
        rows = {row["name"]: row for row in found["rows"]}
        tuned = rows["PCA + neighbours"]
        body.append(
            [
                name,
                *bold_best([rows["model"]["gain"]["estimate"], tuned["gain"]["estimate"]], 4),
                interval(tuned["behind"], 4),
                share(rows["model, spots alone"]["gain"]["estimate"], 4),
                f"{found['equivalent_depth']:.1f} x",
            ]
        )
    return table(
        "slide | graphkit | tuned PCA + neighbours | ahead by (95 %) | spots alone"
        " | as if sequenced deeper",
        body,
    )


def domains() -> str:
    """Show the adjusted Rand index of domains beside k-means, networks and no neighbours."""
    ways = ("ours", "none", "6", "18", "no neighbours", "shuffled", "scrcl")
    summary = ("simulated", "simulated otherwise")
    rows = results("domains")["rows"]
    body = [
        [
            f"{row['tissue']} ({row['spots']:,})",
            *bold_best([fmean(row["ari"][way]) if row["ari"].get(way) else None for way in ways]),
        ]
        for row in rows
        if row["kind"] not in summary
    ]
    for kind in summary:
        found = results("domains")["summary"][kind]["mean"]
        n = sum(row["kind"] == kind for row in rows)
        body.append([f"{n} {kind} (mean)", *bold_best([found.get(way) for way in ways])])
    return table(
        "tissue (spots) | `domains` | k-means: plain | 6 neighbours | 18 neighbours"
        " | no neighbours | edges shuffled | scRCL",
        body,
    )


def doubts() -> str:
    """Show how far the stability and the number of domains are to be believed."""
    rows, body = results("domains")["rows"], []
    for kind, found in results("domains")["summary"].items():
        said, right = found["stability"], found["share right"]
        off = [abs(one - other) for one, other in zip(said, right, strict=True)]
        near = sum(abs(by) <= 1 for by in found["determined and off by"])
        determined = len(found["determined and off by"])
        body.append(
            [
                f"{kind} ({sum(row['kind'] == kind for row in rows)})",
                share(found["stability AUROC"]),
                f"{share(fmean(off))}, {share(max(off))}",
                f"{share(said[-1])}: {share(right[-1])}",
                str(determined),
                f"{near} of {determined}" if determined else "-",
            ]
        )
    return table(
        "tissues | stability: AUROC | off the diagonal, mean and most | says: is right in"
        " | number determined | exact or one off",
        body,
    )


def stability() -> str:
    """Show how likely right domains are, on simulators that had no part in saying so."""
    return table(
        "simulator left out | read | AUROC | off the diagonal, mean and most | says: is right in",
        (
            [
                row["left out"],
                "counts" if row["counts"] else "components",
                share(row["AUROC"]),
                f"{share(row['mean distance'])}, {share(row['largest distance'])}",
                f"{share(row['stability'][-1])}: {share(row['share right'][-1])}",
            ]
            for row in results("stability")["rows"]
        ),
    )


def stagate() -> str:
    """Show domains beside STAGATE: seconds on one thread, and agreement with the annotation."""
    return table(
        "slide (spots) | `domains`: ARI | STAGATE: ARI | processor seconds | STAGATE | times",
        (
            [
                f"{row['slide']} ({row['spots']:,})",
                *bold_best([fmean(row["ari"]), fmean(row["stagate_ari"])]),
                f"{row['cpu_s']:.0f}",
                f"{row['stagate_cpu_s']:.0f}",
                f"{row['cpu_ratio']:.0f}",
            ]
            for row in results("stagate")
        ),
    )


def slides() -> str:
    """Show what a shift between two slides costs their joint domains."""
    return table(
        "slides show | shift | mean ARI | lost (95 %)",
        (
            [row["kind"], row["shift"], share(row["mean"]), interval(row["lost"], 3)]
            for row in results("slides")["summary"]
        ),
    )


def modules() -> str:
    """Show how far gene modules of two halves of the molecules agree."""
    body = []
    for slide in ("dlpfc_151510_500genes", "mob_rep11"):
        for k in (10, 20):
            found = {
                row["finder"]: row["ari"]
                for row in results("modules")["summary"]
                if (row["slide"], row["k"]) == (slide, k)
            }
            pca = max(value for name, value in found.items() if name.startswith("pca"))
            values = [found["darlc"], pca, found["untrained"], found["denoised, once"]]
            body.append([SLIDES[slide], str(k), *bold_best(values)])
    return table(
        "slide | modules | `modules` | PCA + k-means, the best of three"
        " | image encoder untrained | denoised, one clustering",
        body,
    )


def spatial_scale() -> str:
    """Show seconds and memory of denoising by number of spots."""
    return table(
        "spots | genes | graph, s | a pass of training, s | applying, s | peak, GB",
        (
            [f"{row['spots']:,}", f"{row['genes']:,}"]
            + [f"{row[key]:.1f}" for key in ("graph_s", "epoch_s", "apply_s")]
            + [f"{row['peak_mb'] / 1000:.1f}"]
            for row in results("spatial_scale")["sizes"]
        ),
    )


def clusters() -> str:
    """Show the adjusted Rand index of clusters of cells beside scanpy's usual recipe."""
    rows = results("cells").items()
    return table(
        "cells (types) | `cluster` | PCA + k-means | ahead by (95 %) | Leiden, resolution 1",
        (
            [
                f"{name}, {row['cells']:,} ({row['types']})",
                *bold_best([row["cluster"], row["pca_kmeans"]]),
                interval([row[key] for key in ("ahead", "ahead_low", "ahead_high")]),
                share(row["leiden_resolution_1"]),
            ]
            for name, row in rows
        ),
    )


def cell_stability() -> str:
    """Show how often cells are in the same cluster again, beside how often that is said."""
    return table(
        "cells | `cluster_stability` | in the cluster again | off, mean over bins | AUROC",
        (
            [row["table"], *(share(row[key]) for key in ("stability", "again", "off", "auroc"))]
            for row in results("cell_stability")["tables"]
            if row["kind"] == "annotated"
        ),
    )


def recipes() -> str:
    """Show recipes of the literature for embedding cells: means over the sets."""
    sets = results("cell_recipes")["embedding"].values()
    names = list(next(iter(sets)))
    return table(
        "embedding | ARI of k-means | Recall@1 | Recall@10",
        (
            [name] + [share(fmean(one[name][key] for one in sets), d) for key, d in _RECIPE_COLUMNS]
            for name in names
        ),
    )


_RECIPE_COLUMNS = (("ari", 2), ("recall@1", 3), ("recall@10", 3))


def recipe_annotation() -> str:
    """Show the accuracy of types told from a reference by six neighbours in an embedding."""
    return _recipe_table("annotation", "reference > cells")


def recipe_labels() -> str:
    """Show the share of labels that are right after some were made wrong."""
    shown = ("given", "vote of 20 neighbours", "scCoRR", "anchors", "anchors that are right")
    return _recipe_table("labels", "labels", shown)


def _recipe_table(name: str, what: str, shown: Sequence[str] | None = None) -> str:
    rows = results("cell_recipes")[name]
    columns = shown or list(next(iter(rows.values())))
    return table(
        " | ".join([what, *columns]),
        ([key] + [share(row[column]["mean"]) for column in columns] for key, row in rows.items()),
    )


def types() -> str:
    """Show the accuracy of types told from a reference, and of what is of no type of it."""
    return table(
        "reference > cells | accuracy | SVM | mean `confidence` | odd: AUROC | distance"
        " | `Unknown`: left out / others",
        (
            [
                name,
                *bold_best([row["accuracy"], row["svm"]]),
                share(row["confidence"]),
                *bold_best([row["auroc"], row["pca_distance"]]),
                f"{share(row['new_unknown'])} / {share(row['others_unknown'])}",
            ]
            for name, row in results("annotate")["groups"].items()
        ),
    )


def doublets() -> str:
    """Show how well two cells in one are found: means over the sets, by the depth of doublets."""
    ways = ("oddness", "neighbours", "scrublet")
    return table(
        "depth of doublets | `cluster_oddness` | nearest simulated | Scrublet"
        " | of two types: `cluster_oddness` | nearest simulated | Scrublet",
        (
            [
                depth,
                *bold_best([row[way] for way in ways], 3),
                *bold_best([row[f"{way}: of two types"] for way in ways], 3),
            ]
            for depth, row in results("odd_cells")["means"].items()
        ),
    )


def zero_shot() -> str:
    """Show the balanced accuracy of types known by marker genes alone: means over five types."""
    ways = ("graphkit", "score above 0", "mixture of the score")
    return table(
        "reference > cells | `annotate --markers` | `score_genes` > 0 | a mixture of the score",
        (
            [pair, *bold_best([row[way] for way in ways])]
            for pair, row in results("zero_shot")["means"].items()
        ),
    )


def labels() -> str:
    """Show the share of right labels after checking: means over the sets."""
    sets = results("check_labels").values()
    how = {"none": "", "any": ", at random", "similar": ", most similar type"}
    ways = ("ours", "knn", "spreading", "cleanlab")
    body = []
    for index, row in enumerate(next(iter(sets))):
        rows = [one[index] for one in sets]
        mean = {key: fmean(one[key] for one in rows) for key in (*ways, "estimated")}
        auroc = fmean(one["ours_auroc"] for one in rows) if row["wrong"] else None
        body.append(
            [
                f"{row['wrong']:.0%}{how[row['how']]}",
                f"{mean['estimated']:.0%}",
                *bold_best([mean[way] for way in ways], 3),
                share(auroc, 3),
            ]
        )
    return table(
        "planted | estimated | `check-labels` | 15 neighbours | label spreading | cleanlab"
        " | suspicion: AUROC",
        body,
    )


def speed() -> str:
    """Show how fast sequences are read and predicted, beside the published tool."""
    found = results("localize")
    graph, *_ = found["graphs"]
    body = [
        [
            "build a graph, mean of its test set",
            f"{graph['published_ms']:.1f} ms",
            f"{graph['ms']:.2f} ms",
            f"{graph['times_faster']:.0f}",
        ]
    ]
    for what, key in (
        ("predict its 151 test sequences with its own net", "predicting_published_net"),
        ("the same with the model that ships", "predicting_shipped_model"),
    ):
        row = found[key]
        body.append(
            [
                what,
                f"{row['published_s']:.1f} s",
                f"{row['seconds']:.2f} s",
                f"{row['times_faster']:.1f}",
            ]
        )
    for what, key in (
        ("train its net, samples per second", "training_published_net"),
        ("train the model that ships, samples per second", "training_shipped_model"),
    ):
        row = found[key]
        body.append(
            [
                what,
                f"{row['published']:.0f}",
                f"{row['samples_per_s']:,.0f}",
                f"{row['times_faster']:.1f}",
            ]
        )
    return table("what | published tool | graphkit | times", body)


def commands() -> str:
    """Show seconds and memory of ``graphkit localize``, start-up included."""
    return table(
        "input | seconds | peak, MB",
        (
            [row["what"], f"{row['seconds']:.0f}", f"{row['peak_mb']:.0f}"]
            for row in results("localize")["command_line"]
        ),
    )
