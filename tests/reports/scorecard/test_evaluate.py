import pytest

import graphkit
from graphkit.datasets import shipped
from graphkit.errors import InputError
from graphkit.evaluation.classifiers import baselines


@pytest.fixture
def trained():
    """A model, and the records it was trained on."""
    data = read()
    brief = graphkit.training.TrainSettings(epochs=1)
    model = graphkit.train(
        data.records, data.names, method="sgcl-lncloc", members=2, settings=brief
    )
    return model, data


def read(**options):
    path = shipped("simulated_transcripts.fasta")
    return graphkit.read_labelled(graphkit.read_fasta(path), file=path, **options)


def test_baselines_are_trained_on_what_the_model_was(trained, monkeypatch):
    monkeypatch.setitem(
        baselines.BASELINES,
        "ExtraTrees 1-5-mers + length",
        lambda: baselines.kmer_baseline(trees=5),
    )
    model, data = trained
    told, steps = [], []
    card = graphkit.evaluate(
        model, data, training=data, name="mine", tell=told.append, step=lambda: steps.append(1)
    )
    names = [row.name for row in card.tables[0].rows]
    assert names[:2] == ["model mine", "length alone"]
    assert len(told) == len(baselines.BASELINES) == len(names) - 2
    assert len(steps) == card.n == card.seen == len(data)
    assert "memory may pass for skill" in card.conclusion


def test_a_training_set_without_a_class_is_refused(trained):
    model, data = trained
    with pytest.raises(InputError, match="has no record of the class"):
        graphkit.evaluate(model, data, training=data.take(data.labels == 0))
