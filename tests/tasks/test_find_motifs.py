from dataclasses import replace

import pytest

from graphkit.errors import InputError
from graphkit.tasks import SequenceClassifier
from graphkit.tasks.explain.settings import Run
from graphkit.tasks.find_motifs import Gathered, find_motifs, gather, read_database, sides
from graphkit.tasks.localize.known_transcripts import Known
from graphkit.tasks.measured_classes import AGAINST, FOR, UNKNOWN, Measured
from graphkit.types import Record

RECORDS = [Record("a", "ACGGUGCUAGCAUUGACUAGG" * 3), Record("none", ""), Record("b", "AUGC" * 9)]

NAMES = ("x.fa", "y.fa")
MEASURED = Measured(("Cytoplasm", "Nucleus"), "Nucleus")
HEADER = Record("a|Cytoplasm", "ACGU", "a|Cytoplasm")


MEME = """MEME version 4

ALPHABET= ACGU

MOTIF M1 PUM2
letter-probability matrix: alength= 4 w= 2 nsites= 9
0.1 0.2 0.3 0.4
1 0 0 0
"""


@pytest.fixture
def model(tiny):
    return SequenceClassifier.load(tiny)


def add(model, records, *, gathered=None, on_error="skip", shuffles=1):
    run = Run(
        source="x.fa", model="m", classes=model.classes_, target="Nucleus", method="gradients",
        steps=4, shuffles=shuffles, fdr=0.05, seed=0, n_tracks=0,
    )  # fmt: skip
    gathered = Gathered() if gathered is None else gathered
    steps = []
    gather(
        gathered, records, model=model, run=run, source="y.fa",
        measured=lambda record: {"a": 1, "b": 0}[record.id], on_error=on_error,
        step=lambda: steps.append(1),
    )  # fmt: skip
    return gathered, len(steps)


def test_what_is_gathered_stands_side_by_side(model):
    gathered, steps = add(model, RECORDS)
    assert steps == 3
    assert [track.id for track in gathered.tracks] == ["a", "b"]
    assert gathered.labels == [1, 0]
    assert gathered.seen == [False, False]
    assert [[len(null) for null in nulls] for nulls in gathered.nulls] == [[63], [36]]
    assert (gathered.n_records, gathered.n_refused) == (3, 1)
    assert gathered.refused == "none: not_explained: no sequence"


def test_a_second_file_is_added(model):
    gathered, _ = add(model, RECORDS[:1], shuffles=0)
    gathered, _ = add(model, RECORDS[2:], gathered=gathered, shuffles=0)
    assert gathered.labels == [1, 0]
    assert gathered.n_records == 2


def test_what_the_model_was_trained_on_is_noted(model):
    class OneTranscript:
        def lookup(self, codes):
            return Known("A", 1.0, 1.0, nearly_identical=True) if len(codes) == 63 else None

    informed = SequenceClassifier.of(replace(model.ensemble_, known=OneTranscript()))
    gathered, _ = add(informed, RECORDS)
    assert gathered.seen == [True, False]


def test_errors_name_the_file(model):
    with pytest.raises(InputError, match=r"y\.fa, record none"):
        add(model, RECORDS, on_error="fail")


def test_headers_say_the_class_of_one_file():
    ((records, name, measured),) = sides(iter([HEADER]), None, names=NAMES, measured=MEASURED)
    assert (next(records), name, measured(HEADER)) == (HEADER, "x.fa", AGAINST)
    assert measured(Record("b", "ACGU", "b")) == UNKNOWN


def test_two_files_say_the_class_themselves():
    both = list(sides(iter([HEADER]), iter([]), names=NAMES, measured=MEASURED))
    assert [(name, measured(HEADER)) for _, name, measured in both] == [
        ("x.fa", FOR), ("y.fa", AGAINST),
    ]  # fmt: skip


def test_a_database(tmp_path):
    path = tmp_path / "x.meme"
    path.write_text(MEME)
    assert [motif.alt for motif in read_database(path)] == ["PUM2"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("MEME version 4\n", "no motif"),
        (MEME.replace("0.1 0.2", "0.1 x"), "line 7"),
        (MEME.replace("1 0 0 0\n", ""), "x.meme"),
        (None, "no such file or folder"),
    ],
)
def test_what_is_none(tmp_path, text, reason):
    path = tmp_path / "x.meme"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_database(path)
    assert reason in str(caught.value)
    assert str(path) in str(caught.value)


def test_records_and_labels_in_a_table_of_motifs_out(model):
    tested = find_motifs(model, RECORDS, ["Nucleus", "Nucleus", "Cytoplasm"], steps=4)
    unlabelled = find_motifs(model, [r.sequence for r in RECORDS], steps=4)
    assert tested.n_tracks == unlabelled.n_tracks == 2
    assert tested.reason != unlabelled.reason


@pytest.mark.parametrize(
    ("records", "labels", "more", "slot"),
    [
        (RECORDS, ["Nucleus"], {}, "labels"),
        (RECORDS[:1] * 2, None, {}, "records"),
        (RECORDS, None, {"fdr": 1.0}, "fdr"),
        (RECORDS, None, {"target": "Moon"}, "target"),
    ],
)
def test_what_find_motifs_cannot_use_is_named(model, records, labels, more, slot):
    with pytest.raises(InputError) as caught:
        find_motifs(model, records, labels, steps=4, **more)
    assert caught.value.slot == slot
