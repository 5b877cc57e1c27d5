import pytest

from graphkit.errors import InputError
from graphkit.sequences.selection import Selection, read_selection
from graphkit.types import Record

RECORDS = [
    Record("ENST00000000001.2", "A", gene="ENSG00000000001.7", symbol="MALAT1"),
    Record("ENST00000000002.1", "A", gene="ENSG00000000001.7", symbol="MALAT1"),
    Record("ENST00000000003", "A", symbol="AC004156.1"),
    Record("ENST00000000004|Nucleus", "A"),
]


def picked(*names):
    selection = Selection(names)
    return [RECORDS.index(record) for record in selection.pick(RECORDS)], selection.missing()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ENST00000000001.2", [0]),
        ("ENST00000000001", [0]),
        ("ENSG00000000001.7", [0, 1]),
        ("ENSG00000000001", [0, 1]),
        ("MALAT1", [0, 1]),
        ("ENST00000000003.9", [2]),
        ("AC004156.1", [2]),
        ("ENST00000000004", [3]),
        ("ENST00000000004|Nucleus", [3]),
    ],
)
def test_each_kind_of_name_is_met(name, expected):
    assert picked(name) == (expected, [])


def test_several_names_meet_one_record_once():
    assert picked("MALAT1", "ENST00000000001", "ENST00000000003") == ([0, 1, 2], [])


def test_what_is_missing_is_told_with_what_comes_near():
    found, missing = picked("ENST00000000001.3", "malat1", "AC004156", "XIST")
    assert found == []
    assert missing == [
        "ENST00000000001.3 (the input has ENST00000000001.2)",
        "malat1 (the input has MALAT1)",
        "AC004156",
        "XIST",
    ]


def test_a_list_is_read_leniently(tmp_path):
    path = tmp_path / "list.txt"
    path.write_bytes(
        b"\xef\xbb\xbf# mine\r\n>ENST00000000001.2 a comment\r\n\r\n  MALAT1\t3\r\n>\r\n"
    )
    selection = read_selection(path)
    assert len(selection) == 2
    assert selection.missing() == ["ENST00000000001.2", "MALAT1"]


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "names no record"), (b"\x89PNG\xff", "not a text file")]
)
def test_a_list_that_is_none(tmp_path, content, message):
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_selection(path)
