"""Several labels of one record, in columns or in one cell."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.sequences import LabelledRecords
from graphkit.sequences.target_table import MeasuredRecords, TargetTable
from graphkit.types import Record

RECORDS = [Record(name, "ACGUUGCAUGCCAUAGCUAGCAUG") for name in ("t1", "t2", "t3")]


def read(tmp_path, text, **how):
    path = tmp_path / "labels.tsv"
    path.write_text(text.replace(" ", "\t"))
    return TargetTable(path).read(RECORDS, k=3, **how)


WRITTEN = [
    "id Exosome Nucleus\nt1 1 1\nt2 0 0\nt3 0 1\n",
    "id Exosome Nucleus\nt1 yes YES\nt2 no No\nt3 no yes\n",
    "id Exosome Nucleus\nt1 True True\nt2 False False\nt3 False True\n",
    "id Exosome note Nucleus\nt1 1 seen true\nt2 0 unseen false\nt3 0 seen true\n",
    "id labels\nt1 Nucleus;Exosome\nt2 none\nt3 Nucleus\n",
    "gene_id localization\nt1 Exosome|Nucleus|\nt2 \nt3 Nucleus\n",
    "id,compartments\nt1,Exosome;Nucleus\nt2,\nt3,Nucleus\n",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_every_way_of_writing_them_says_the_same(tmp_path, text):
    found = read(tmp_path, text)
    assert isinstance(found, LabelledRecords)
    assert found.several
    assert found.classes == ("Exosome", "Nucleus")
    np.testing.assert_array_equal(found.labels, [[1, 1], [0, 0], [0, 1]])
    assert found.counts == {"Exosome": 1, "Nucleus": 2}
    assert found.names == ("Exosome;Nucleus", "none", "Nucleus")
    assert found.take([2]).labels.tolist() == [[0, 1]]


def test_the_labels_of_a_model_come_in_its_order(tmp_path):
    found = read(tmp_path, WRITTEN[0], classes=("Nucleus", "Exosome"))
    assert found.labels[2].tolist() == [1, 0]
    with pytest.raises(InputError, match=r"label 'Cytosol'\. It has Exosome, Nucleus"):
        read(tmp_path, WRITTEN[0], classes=("Cytosol", "Nucleus"))


def test_a_line_measured_once_is_a_number(tmp_path):
    found = read(tmp_path, "id A549 K562\nt1 0.5 NA\nt2 -1 0\nt3 2 1\n")
    assert isinstance(found, MeasuredRecords)
    assert found.lines == ("A549", "K562")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("id RCI Nucleus\nt1 0.5 1\nt2 1.5 0\n", "RCI hold numbers, Nucleus classes"),
        ("id RCI coding\nt1 0.5 yes\nt2 1.5 no\n", "RCI hold numbers, coding classes"),
        ("id RCI labels\nt1 0.5 A;B\nt2 1.5 A\n", "RCI hold numbers, labels classes"),
        ("id Nucleus\nt1 1\nt2 0\n", "Nucleus is one column of two classes"),
        ("id A B labels\nt1 1 0 A;B\nt2 0 1 A\n", "in A, B and in another column as well"),
        ("id A B\nt1 1 NA\nt2 0 1\n", "line 2: a cell of 'B' does not say"),
        ("id labels\nt1 A;B\nt2 NA\n", "line 3: a cell of 'NA' does not say"),
        ("id A A\nt1 1 0\nt2 0 1\n", "a name that occurs twice"),
        ("id A a\nt1 1 0\nt2 0 1\n", "differ in case"),
        ("id A uncertain\nt1 1 0\nt2 0 1\n", "'uncertain' cannot be a label"),
    ],
)
def test_what_is_unclear_is_named(tmp_path, text, reason):
    with pytest.raises(InputError, match=reason):
        read(tmp_path, text)


def test_labels_by_the_hundred_are_none(tmp_path):
    with pytest.raises(InputError, match="100 labels are too many"):
        read(tmp_path, "id labels\nt1 " + ";".join(f"L{i}" for i in range(100)) + "\n")
