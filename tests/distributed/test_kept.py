"""Files of finished blocks."""

import io
import os
import pickle
from dataclasses import fields

import pytest

from graphkit.distributed.kept import Kept
from graphkit.errors import InputError
from graphkit.tasks import SequenceClassifier
from graphkit.tasks.explain.seqlets import explain_records
from graphkit.tasks.explain.settings import Run
from graphkit.types import Neighbor, Prediction, Record

RECORDS = [Record("a", "ACGGUGCUAGCAUUGACUAGGCUAAUCGCAUCUUUAUUUAGCGC", number=1)]


def test_what_is_kept_comes_back_as_it_was(tmp_path):
    near = Neighbor(3, -1.5, 2, 0.1 + 0.2)
    answers = [Prediction("a", None, "s", 9, "predicted", "N", (0.1, 0.9), nearest=(near,))]
    kept = Kept(tmp_path, "key")
    assert kept.read(RECORDS) is None
    kept.write(RECORDS, answers)
    assert kept.read(RECORDS) == answers
    assert Kept(tmp_path, "other").read(RECORDS) is None
    assert kept.read([Record("a", "ACGU", number=1)]) is None
    assert kept.read([Record(RECORDS[0].id, RECORDS[0].sequence, number=2)]) is None


@pytest.mark.parametrize("method", ["gradients", "attention", "mutagenesis"])
def test_explanations_come_back_as_they_were(tmp_path, tiny, method):
    run = Run(
        source="x", model="tiny", classes=("Cytoplasm", "Nucleus"), target="Nucleus", method=method,
        steps=4, shuffles=2, fdr=0.99, seed=0, n_tracks=1,
    )  # fmt: skip
    model = SequenceClassifier.load(tiny)
    (found,) = explain_records(model, RECORDS, run, source="x", on_error="skip")
    assert found.explained
    assert found.track  # is remembered
    kept = Kept(tmp_path, "key")
    kept.write(RECORDS, [found])
    (again,) = kept.read(RECORDS)
    for field in fields(found):
        assert repr(getattr(again, field.name)) == repr(getattr(found, field.name))


class Evil:
    def __reduce__(self):
        return os.system, ("false",)


def test_nothing_in_a_file_is_run(tmp_path):
    kept = Kept(tmp_path, "key")
    kept.write(RECORDS, [])
    (path,) = tmp_path.iterdir()
    for damaged in (pickle.dumps(Evil()), pickle.dumps(io.BytesIO()), b"", b"\x80\x05"):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match=r"is damaged. Delete it and run again"):
            kept.read(RECORDS)
