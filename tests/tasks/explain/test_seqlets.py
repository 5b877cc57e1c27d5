from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.sequences import encode
from graphkit.tasks.explain.explanation import Explanation
from graphkit.tasks.explain.seqlets import explain_records, explain_with_nulls
from graphkit.tasks.explain.settings import Run
from graphkit.types import Record, Scores

SEQUENCE = "ACGGUGCUAGCAUUGACUAGGCUAAUCGCAUCUUUAUUUAGCGC" * 3


def settings(**more):
    values = {
        "source": "x.fa", "model": "m", "classes": ("A", "B"), "target": "B",
        "method": "gradients", "steps": 8, "shuffles": 0, "fdr": 0.05, "seed": 0, "n_tracks": 0,
    }  # fmt: skip
    return Run(**(values | more))


@dataclass
class Explainer:
    """Scores each letter by its number in the record; reads `ahead` records before it answers."""

    ahead: int = 0
    seen: list[Record] = field(default_factory=list)

    def __call__(self, records):
        waiting = []
        for record in records:
            self.seen.append(record)
            waiting.append(record)
            if len(waiting) > self.ahead:
                yield self._one(waiting.pop(0))
        yield from map(self._one, waiting)

    def _one(self, record):
        if not record.sequence:
            return Explanation.refused(record, "no sequence", "gradients", ())
        scores = Scores(np.arange(len(record.sequence), dtype=float), range(len(record.sequence)))
        return Explanation(record, "explained", "gradients", "B", encode(record.sequence), scores)


RECORDS = [Record("a", SEQUENCE), Record("none", ""), Record("b", SEQUENCE[:60])]


@pytest.mark.parametrize("ahead", [0, 1, 5])
@pytest.mark.parametrize("shuffles", [0, 2])
def test_each_record_has_its_own_shuffles(shuffles, ahead):
    explain = Explainer(ahead)
    found = list(explain_with_nulls(RECORDS, explain, shuffles=shuffles, seed=1))
    assert [one.number for one in found] == [1, 2, 3]
    assert [one.id for one in found] == ["a", "none", "b"]
    assert [[len(null) for null in one.nulls] for one in found] == [
        [132] * shuffles, [], [60] * shuffles,
    ]  # fmt: skip
    for record in explain.seen:
        original = {"a": RECORDS[0], "b": RECORDS[2]}.get(record.id[0])
        if original and record is not original:
            assert Counter(record.sequence) == Counter(original.sequence)
            assert record.sequence != original.sequence


def test_shuffles_depend_on_seed_and_number_alone():
    def shuffled(records, seed):
        explain = Explainer()
        list(explain_with_nulls(records, explain, shuffles=1, seed=seed))
        return [record.sequence for record in explain.seen]

    assert shuffled(RECORDS, 0) == shuffled(RECORDS, 0)
    assert shuffled(RECORDS, 0) != shuffled(RECORDS, 1)
    assert shuffled(RECORDS[:1], 0) == shuffled(RECORDS, 0)[:2]


def test_records_are_read_as_they_are_needed():
    def endless():
        while True:
            yield RECORDS[0]

    stream = explain_with_nulls(endless(), Explainer(), shuffles=1, seed=0)
    assert [next(stream).number for _ in range(3)] == [1, 2, 3]


@pytest.fixture
def model(tiny):
    from graphkit.tasks import SequenceClassifier

    return SequenceClassifier.load(tiny)


def run(model, records, **more):
    wanted = settings(classes=model.ensemble_.classes, target="Nucleus", **more)
    return list(explain_records(model, records, wanted, source="x.fa", on_error="skip"))


def test_warnings(model):
    found = run(model, [*RECORDS, RECORDS[0]])
    assert [one.warnings for one in found][1:] == [(), (), ("this id occurred before",)]


def test_a_sum_that_does_not_add_up_is_told(model, monkeypatch):
    (fine,) = run(model, [RECORDS[0]], steps=2)
    assert fine.gap <= 0.01
    assert fine.warnings == ()
    badly = replace(fine, gap=0.2, steps=1024)

    def explain(model, records, **_):
        return (badly for _ in records)

    monkeypatch.setattr("graphkit.tasks.explain.explain.explain", explain)
    (found,) = run(model, [RECORDS[0]])
    assert found.warnings == (
        "with 1,024 steps 20.0% of what is to be explained is missing from the sum: more steps"
        " may close the gap",
    )


def test_attention_has_no_seqlets(model):
    (found,) = run(model, [RECORDS[0]], method="attention", fdr=0.99)
    assert found.explained
    assert found.seqlets == ()
    (found,) = run(model, [RECORDS[0]], fdr=0.99)
    assert found.seqlets
    assert all(0 <= s.start < s.end <= len(SEQUENCE) for s in found.seqlets)


def test_where_nothing_stands_out_the_strongest_are_told(model):
    (found,) = run(model, [RECORDS[0]], fdr=1e-9)
    assert found.seqlets == ()
    assert 0 < len(found.strongest) <= 5
    assert [one.q for one in found.strongest] == [1.0] * len(found.strongest)
    (found,) = run(model, [RECORDS[0]], fdr=0.99)
    assert found.seqlets
    assert found.strongest == ()


def test_an_error_names_the_file(model):
    wanted = settings(classes=model.ensemble_.classes, target="Nucleus")
    stream = explain_records(model, RECORDS[1:], wanted, source="x.fa", on_error="fail")
    with pytest.raises(InputError, match=r"x\.fa, record none: no sequence"):
        next(stream)
