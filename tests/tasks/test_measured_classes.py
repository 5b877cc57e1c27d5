import pytest

from graphkit.errors import InputError
from graphkit.tasks.measured_classes import AGAINST, FOR, UNKNOWN, Measured
from graphkit.types import Record

CLASSES = ("Cytoplasm", "Nucleus")


def record(header):
    return Record(header.split()[0], "ACGU", header)


@pytest.mark.parametrize(
    ("header", "side"),
    [
        ("a|Nucleus", FOR),
        ("a|Cytoplasm", AGAINST),
        ("a", UNKNOWN),
        ("a|nucleus", UNKNOWN),
        ("ENST01.1|ENSG01.1|-|-|X-201|X|300|lncRNA|", UNKNOWN),
    ],
)
def test_headers(header, side):
    assert Measured(CLASSES, "Nucleus").of(record(header)) == side


def test_the_other_class_turns_the_sides():
    assert Measured(CLASSES, "Cytoplasm").of(record("a|Cytoplasm")) == FOR


def test_of_many_classes_all_others_are_on_one_side():
    measured = Measured(("A", "B", "C"), "B")
    assert [measured.of(record(f"x|{name}")) for name in "ABC"] == [AGAINST, FOR, AGAINST]


def test_a_table_goes_before_headers(tmp_path):
    table = tmp_path / "labels.tsv"
    table.write_text("id\tlabel\na\tNucleus\nb\tCytoplasm\n")
    measured = Measured(CLASSES, "Nucleus", table)
    sides = [measured.of(record(header)) for header in ("a|Cytoplasm", "b", "c|Nucleus")]
    assert sides == [FOR, AGAINST, UNKNOWN]


def test_a_table_with_a_class_the_model_lacks(tmp_path):
    table = tmp_path / "labels.tsv"
    table.write_text("a\tChromatin\n")
    with pytest.raises(InputError, match="record a: the model has no class 'Chromatin'") as caught:
        Measured(CLASSES, "Nucleus", table).of(record("a"))
    assert "Its classes are Cytoplasm, Nucleus." in str(caught.value)
    assert caught.value.file == str(table)


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ([FOR, AGAINST, UNKNOWN], ""),
        ([FOR, FOR], "all labelled records are on one side"),
        ([AGAINST, UNKNOWN], "all labelled records are on one side"),
        ([UNKNOWN], "no record has a measured label"),
        ([], "no record has a measured label"),
    ],
)
def test_what_stands_in_the_way_of_a_test(labels, reason):
    problem = Measured(CLASSES, "Nucleus").problem(labels)
    assert problem.startswith(reason)
    assert bool(problem) is bool(reason)


def test_labels_that_are_no_classes_are_named():
    measured = Measured(CLASSES, "Nucleus")
    labels = [measured.of(record(f"{i}|Chromatin")) for i in range(3)]
    assert labels == [UNKNOWN] * 3
    assert "the labels of the headers ('Chromatin') are no classes" in measured.problem(labels)
