"""What travels between layers."""

from dataclasses import replace

import pytest

from graphkit.types import Prediction, Record

PREDICTED = Prediction(
    "t1", "g1", None, 9, "predicted", "A", (0.75, 0.25), "4/5", fraction_n=0.0, warnings=("a", "b")
)


def test_row_has_one_column_per_class_and_joins_warnings() -> None:
    row = PREDICTED.row(("A", "B"))
    assert (row["p_A"], row["p_B"]) == (0.75, 0.25)
    assert row["warnings"] == "a; b"
    assert list(row)[:8] == ["id", "gene", "symbol", "length", "status", "label", "p_A", "p_B"]
    assert list(row)[8:] == ["folds_agree", "known_label", "similarity", "frac_N", "warnings"]
    assert row["folds_agree"] == "4/5"
    assert (row["known_label"], row["similarity"]) == (None, None)


def test_row_tells_what_is_known() -> None:
    row = replace(PREDICTED, known_label="B", similarity=0.9).row(("A", "B"))
    assert (row["label"], row["known_label"], row["similarity"]) == ("A", "B", 0.9)


def test_row_without_a_prediction_has_the_same_columns() -> None:
    refused = Prediction("t2", None, None, 0, "not_predicted: no sequence")
    assert list(refused.row(("A", "B"))) == list(PREDICTED.row(("A", "B")))
    assert not refused.predicted
    assert PREDICTED.predicted


def test_classes_and_probabilities_must_fit() -> None:
    with pytest.raises(ValueError, match="zip"):
        PREDICTED.row(("A", "B", "C"))


def test_records_are_values() -> None:
    assert Record("a", "ACGU") == Record("a", "ACGU")
    with pytest.raises(AttributeError):
        Record("a", "ACGU").id = "b"  # type: ignore[misc]
