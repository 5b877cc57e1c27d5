"""Tables of measured values, joined with records."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.sequences.target_table import TargetTable
from graphkit.types import Record

RECORDS = [
    Record(name, "ACGUUGCAUGCCAUAGCUAGCAUG") for name in ("ENST01.2", "ENST02.1", "ENST03.1")
]


def table(tmp_path, text):
    path = tmp_path / "values.tsv"
    path.write_text(text)
    return TargetTable(path)


def test_lines_gaps_and_classes(tmp_path):
    found = table(
        tmp_path,
        "transcript_id\tsymbol\tA549\tK562\tlabel\nENST01\tX\t1.5\t\tin\nENST02\tY\tNA\t-2e0\t\n",
    ).read(RECORDS, k=3)
    assert found.lines == ("A549", "K562")
    np.testing.assert_array_equal(found.numbers, [[1.5, np.nan], [np.nan, -2.0]])
    assert found.labels == ("in", None)
    assert [record.id for record in found.records] == ["ENST01.2", "ENST02.1"]
    assert found.skipped == ("ENST03.1: not in the table",)
    part = found.take([1])
    assert (part.labels, part.numbers.tolist()[0][1]) == ((None,), -2.0)


def test_one_column_and_csv(tmp_path):
    found = table(tmp_path, 'id,half life\n"ENST01.2",3\nENST09,4\n').read(RECORDS, k=3)
    assert found.lines == ("half life",)
    assert found.labels is None
    assert (len(found), found.n_unknown) == (1, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("id\tlabel\nENST01\tin\n", "has no column of numbers"),
        ("id\tvalue\nENST01\tmany\n", "has no column of numbers"),
        ("id\tvalue\nENST01\t1\nENST01\t2\n", "other values than an earlier line"),
        ("id\tvalue\nENST01\t1\t3\n", "has 3 columns"),
    ],
)
def test_tables_that_say_nothing_or_contradict_themselves(tmp_path, text, reason):
    with pytest.raises(InputError, match=reason):
        table(tmp_path, text)


def test_none_of_the_records(tmp_path):
    with pytest.raises(InputError, match="none of its 1 names is in the input"):
        table(tmp_path, "id\tvalue\nNR_1\t1\n").read(RECORDS, k=3)


def test_a_record_that_cannot_be_used(tmp_path):
    given = table(tmp_path, "id\tvalue\nENST01\t1\nbad\t2\n")
    records = [RECORDS[0], Record("bad", "NN")]
    with pytest.raises(InputError, match="bad"):
        given.read(records, k=3)
    assert len(given.read(records, k=3, skip=True)) == 1
