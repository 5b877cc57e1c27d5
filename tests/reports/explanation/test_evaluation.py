"""The table of tests for a terminal."""

from graphkit.reports.explanation.evaluation import as_text


def test_columns_stand_under_one_another():
    rows = [{"a": "longer", "b": 1.0}, {"a": "x", "b": None}]
    assert as_text(rows).splitlines() == ["a       b", "longer  1", "x       None"]
