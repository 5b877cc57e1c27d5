from dataclasses import replace

import numpy as np
import pytest

import graphkit
from graphkit.datasets import shipped
from graphkit.errors import InputError
from graphkit.evaluation.classifiers import baselines


@pytest.fixture
def data():
    path = shipped("simulated_transcripts.fasta")
    return graphkit.read_labelled(graphkit.read_fasta(path), file=path)


def model(**parameters):
    brief = graphkit.training.TrainSettings(epochs=1)
    return graphkit.SequenceClassifier(
        "sgcl-lncloc", params={"k": 3}, settings=brief, random_state=4, **parameters
    )


def test_every_fold_trains_a_clone(data, monkeypatch):
    monkeypatch.setitem(
        baselines.BASELINES,
        "ExtraTrees 1-5-mers + length",
        lambda: baselines.kmer_baseline(trees=5),
    )
    told, ours = [], model(members=2)
    card = graphkit.crossval(ours, data, folds=2, tell=told.append)
    assert told[:2] == ["sgcl-lncloc, fold 1 of 2", "sgcl-lncloc, fold 2 of 2"]
    assert len(told) == 2 * (1 + len(baselines.BASELINES))
    assert card.settings == {
        "method": "sgcl-lncloc",
        "k": 3,
        "folds": 2,
        "members": 2,
        "epochs": 1,
        "seed": 4,
    }
    assert card.tables[0].n == len(data)
    assert not hasattr(ours, "ensemble_")


def test_too_few_records_for_the_members_are_told_before_any_training(data):
    told = []
    with pytest.raises(InputError, match="too few records"):
        graphkit.crossval(model(members=90), data, folds=2, tell=told.append)
    assert told == []


def test_several_labels_have_a_table_each_the_hardest_last(data, monkeypatch):
    monkeypatch.setitem(
        baselines.BASELINES,
        "ExtraTrees 1-5-mers + length",
        lambda: baselines.kmer_baseline(trees=5),
    )
    long = data.lengths > np.median(data.lengths)
    both = replace(data, labels=np.column_stack([data.labels, long]), classes=("N", "long"))
    brief = graphkit.training.TrainSettings(epochs=1)
    ours = graphkit.SequenceClassifier(params={"k": 2}, members=2, settings=brief)
    card = graphkit.crossval(ours, both, folds=2)
    assert {table.name for table in card.tables} == {"held_out: N", "held_out: long"}
    scores = [table.rows[0].auroc.estimate for table in card.tables]
    assert scores == sorted(scores, reverse=True)
    (lengths,) = (
        row
        for table in card.tables
        for row in table.rows
        if (table.name, row.name) == ("held_out: long", "length")
    )
    assert lengths.auroc.estimate > 0.99
    assert card.n == len(data)
    assert card.counts == {"N": int(data.labels.sum()), "long": int(long.sum())}
    with pytest.raises(InputError, match=r"label 'N' has .* outside fold"):
        graphkit.crossval(ours.set_params(members=100), both, folds=2)
