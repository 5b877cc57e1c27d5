"""The verbs say the same as in one process."""

import numpy as np
import pytest

import graphkit
from graphkit import distributed
from graphkit.errors import InputError
from graphkit.sequences.records import number_records
from graphkit.tasks import SequenceClassifier


@pytest.fixture
def model(tiny):
    return SequenceClassifier.load(tiny)


@pytest.fixture
def here(monkeypatch):
    """Parts of seven records, one after the other, in this process."""

    def answers(task, records, *, size=7, **_):
        numbered = list(number_records(records))
        for start in range(0, len(numbered), size):
            yield from task(numbered[start : start + size])

    monkeypatch.setattr("graphkit.distributed.verbs.answers", answers)


def the_same(model, records):
    table = graphkit.localize(model, records, uncertain=0.9)
    parts = distributed.localize(model, records, uncertain=0.9, workers=2)
    assert parts.round(9).equals(table.round(9))
    one, many = graphkit.embed(model, records), distributed.embed(model, records, workers=2)
    np.testing.assert_allclose(many.X, one.X, rtol=1e-6)
    assert list(many.obs["warnings"]) == list(one.obs["warnings"])
    whole = list(graphkit.explain(model, records, target="Nucleus", steps=2))
    for ours, theirs in zip(
        distributed.explain(model, records, workers=2, target="Nucleus", steps=2),
        whole,
        strict=True,
    ):
        assert (ours.status, ours.id) == (theirs.status, theirs.id)
        if theirs.explained:
            np.testing.assert_allclose(ours.scores.values, theirs.scores.values, atol=1e-6)


def test_parts_say_what_the_whole_says(here, model, records):
    the_same(model, records)


@pytest.mark.slow
def test_workers_say_what_one_process_says(cluster, model, records):
    the_same(model, records)


def test_what_makes_no_sense_is_said_before_anything_starts(model, records):
    with pytest.raises(InputError, match="steps = 1"):
        distributed.explain(model, records, steps=1)
    with pytest.raises(InputError, match="predicts classes, no value"):
        distributed.localize(model, records, threshold=0.5)
