import pytest

from graphkit.errors import InputError
from graphkit.sequences.label_table import LabelTable
from graphkit.types import Record


@pytest.fixture
def table(tmp_path):
    def make(text):
        path = tmp_path / "labels.tsv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return LabelTable(path)

    return make


def test_a_label_by_the_whole_id_or_by_what_stands_before_the_first_bar(table):
    labels = table("id\tlabel\na\tN\nb|x\tC\nc\tC\n")
    assert [labels.label(Record(name, "")) for name in ("a|y", "b|x", "b")] == ["N", "C", None]
    assert labels.n_unused == 1
    assert "1 of 3 ids are not in the FASTA: 'c', for one" in str(labels.unused())
    labels.label(Record("c", ""))
    assert labels.unused() is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no label"),
        (b"\x89PNG\xff", "not a text file"),
        ("a\n", "line 1: has 1 columns"),
        ("a\tN\n\tC\n", "line 2: has 2 columns, or no id"),
        ("a\tN\tC\n", "has 3 columns"),
        ("a\tN\nb\tC\na\tC\n", "line 3, record a: gives the label 'C', an earlier line 'N'"),
    ],
)
def test_tables_that_are_none(table, text, message):
    with pytest.raises(InputError, match=message):
        table(text)
