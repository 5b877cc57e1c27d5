"""Which elements does a model rely on? Here the truth is known: they were planted.

A small model learns from simulated transcripts. It is explained on transcripts it has not seen;
stretches that stand out become motifs; each is tested on the measured classes, and broken in the
model's input to see what the model makes of that. A model relies on as little as it can: only
because each transcript holds one kind of element does it need them all.
"""

from graphkit import SequenceClassifier, explain
from graphkit.datasets import SimulationParams, random_elements, simulate_transcripts
from graphkit.motifs import DiscoverParams, discover
from graphkit.tasks.explain.explained_model import log_odds_of
from graphkit.training import TrainSettings

CLASSES = ("Cytoplasm", "Nucleus")
N_TRAIN = 600


def main() -> None:
    params = SimulationParams(
        n_transcripts=760, n_kinds=1, length=(300, 400), elements=random_elements(seed=0)
    )
    simulated = simulate_transcripts(params, seed=0)
    records, labels = [s.record for s in simulated], [s.label for s in simulated]
    for name, elements in zip(params.classes, params.elements, strict=True):
        print(f"planted for {name}: {', '.join(elements)}")

    small = {"k": 4, "features": "one-hot", "hidden": 12, "dropout": 0.1}
    settings = TrainSettings(epochs=12, lr=0.01)
    model = SequenceClassifier("sgcl-lncloc", params=small, members=2, settings=settings)
    model.fit(records[:N_TRAIN], labels[:N_TRAIN])

    # One signed score per nucleotide: above zero it speaks for the target, below against it.
    explained = explain(model, records[N_TRAIN:], target="Nucleus", steps=6)
    tracks = [explanation.track for explanation in explained]

    # Labels are measured, never predicted: a model's motifs are always enriched in what it says.
    measured = [int(label == "Nucleus") for label in labels[N_TRAIN:]]
    effect, quick = log_odds_of(model, "Nucleus"), DiscoverParams(knock_out_records=40)
    found = discover(tracks, labels=measured, classes=CLASSES, effect=effect, params=quick)
    print(f"{found.n_seqlets} seqlets in {found.n_tracks} transcripts")
    for row in found.rows:
        broken = "" if row.knock_out is None else f"  broken: {row.knock_out.effect:+.2f}"
        q = "descriptive" if row.q is None else f"q = {row.q:.1g}"
        print(f"{row.consensus:12}  for {row.favours:9}  {q}{broken}")


if __name__ == "__main__":
    main()
