"""Known localisation elements: does a model rely on them, and do they part measured classes.

A model of the shipped recipe is trained without one fold of RNAlight's transcripts; motifs are
found in the explanations of that fold, cross-fitted within it, and tested against its measured
labels. Each known element is tested there as well, whether or not a motif resembles it.
Needs the shared folder (``GRAPHKIT_SHARED``).
"""

import argparse
from typing import Any

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from lncloc_genes import CLASSES, SEED, Genes, folder, load_genes  # noqa: E402
from log2_cn import train  # noqa: E402

from graphkit.evaluation import grouped_folds  # noqa: E402
from graphkit.motifs import (  # noqa: E402
    KNOWN_ELEMENTS,
    Corpus,
    Motif,
    Track,
    benjamini_hochberg,
    discover,
    enrich,
    find_sites,
    knock_out,
    read_motifs,
    strata,
)
from graphkit.motifs.testing.chance import chance_sites, dinucleotides  # noqa: E402
from graphkit.tasks import SequenceRegressor  # noqa: E402
from graphkit.tasks.explain.explain import explain  # noqa: E402
from graphkit.tasks.explain.explained_model import log_odds_of  # noqa: E402

LONGEST = 5_000


def trained(genes: Genes) -> tuple[SequenceRegressor, np.ndarray]:
    strata = 2 * genes.second + genes.nucleus
    fold = grouped_folds(strata, genes.groups, folds=5, seed=SEED)
    held_out = (fold == 0) & ~genes.second & (genes.lengths <= LONGEST)
    return train(genes, np.flatnonzero(fold != 0), seed=SEED), np.flatnonzero(held_out)


def elements(model: SequenceRegressor, genes: Genes, rows: np.ndarray) -> list[dict[str, Any]]:
    codes, nuclear = [genes.codes[i] for i in rows], genes.nucleus[rows]
    effect = log_odds_of(model, CLASSES[1])
    corpus, pairs = Corpus.of(codes), dinucleotides(codes)
    found = []
    for element in KNOWN_ELEMENTS:
        motif = Motif.from_consensus(element.consensus, name=element.name)
        present = find_sites(motif, corpus).counts(len(codes)) > 0
        chance = chance_sites(motif, corpus, pairs, p=1e-4, seed=SEED)
        positive = ~nuclear if element.localisation == "cytoplasm" else nuclear
        result = enrich(present, positive, strata(genes.lengths[rows], chance))
        broken = knock_out(effect, codes, motif, seed=SEED)
        found.append(
            {
                "element": element.name,
                "consensus": element.consensus,
                "expected in": element.localisation,
                "transcripts with it": int(present.sum()),
                "odds ratio": float(result.odds_ratio),
                "p": float(result.p),
                "knock-out": None if broken is None else float(broken.effect),
                "control": None if broken is None else float(broken.control),
            }
        )
    for row, q in zip(found, benjamini_hochberg([row["p"] for row in found]), strict=True):
        row["q"] = float(q)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=32)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    genes = load_genes()
    model, rows = trained(genes)
    print(f"{len(rows)} transcripts held out", flush=True)
    known = elements(model, genes, rows)
    show([{k: row[k] for k in row if k != "consensus"} for row in known], title="Known elements")
    records = [genes.records[i] for i in rows]
    explained = explain(model, records, target=CLASSES[1], steps=chosen.steps)
    tracks = [
        Track(records[i].id, genes.codes[rows[i]], one.scores.project().values)
        for i, one in enumerate(explained)
        if one.scores is not None
    ]
    if len(tracks) != len(records):
        raise SystemExit("a transcript could not be explained")
    database = read_motifs(folder().parent / "motifs" / "Ray2013_rbp_Homo_sapiens.dna_encoded.meme")
    table = discover(
        tracks,
        labels=genes.nucleus[rows].astype(int).tolist(),
        classes=CLASSES,
        database=database,
        effect=log_odds_of(model, CLASSES[1]),
        seed=SEED,
    )
    results = {"transcripts": len(rows), "known_elements": known, "motifs": table.table()}
    save(__file__, results, seed=SEED, threads=1)
    columns = list(table.table()[0])[:9] if table.table() else []
    show([{name: row[name] for name in columns} for row in table.table()[:12]], title="Motifs")


if __name__ == "__main__":
    main()
