import pytest

from graphkit.errors import InputError
from graphkit.evaluation.records import read_labelled

SEQUENCE = "ACGUUGCAAGGCUUAACGGAUCCGAUUAACGGCUA"


def write(folder, text):
    path = folder / "x.fa"
    path.write_text(text)
    return path


def test_labels_become_numbers_in_sorted_order(tmp_path):
    path = write(tmp_path, f">a|Nucleus\n{SEQUENCE}\n>b|Cytoplasm\n{SEQUENCE[::-1]}\n")
    data = read_labelled(path)
    assert data.classes == ("Cytoplasm", "Nucleus")
    assert list(data.labels) == [1, 0]
    assert data.names == ("Nucleus", "Cytoplasm")
    assert len(data) == 2
    assert list(data.lengths) == [35, 35]
    flipped = read_labelled(path, classes=("Nucleus", "Cytoplasm"))
    assert list(flipped.labels) == [0, 1]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (f">b\n{SEQUENCE}\n", "no label"),
        (f">b|Moon\n{SEQUENCE}\n", "unknown label 'Moon'"),
        (">b|Nucleus\nACGU\n", "too few valid k-mers"),
    ],
)
def test_a_bad_record_is_named_or_skipped(tmp_path, bad, reason):
    good = f">a|Nucleus\n{SEQUENCE}\n>c|Cytoplasm\n{SEQUENCE[::-1]}\n"
    path = write(tmp_path, good + bad)
    classes = ("Cytoplasm", "Nucleus")
    with pytest.raises(InputError, match=reason) as caught:
        read_labelled(path, classes=classes)
    assert caught.value.record.startswith("b")
    data = read_labelled(path, classes=classes, skip=True)
    assert len(data) == 2
    assert reason in data.skipped[0]


def test_one_class_is_refused(tmp_path):
    path = write(tmp_path, f">a|Nucleus\n{SEQUENCE}\n")
    with pytest.raises(InputError, match="two are needed"):
        read_labelled(path)
