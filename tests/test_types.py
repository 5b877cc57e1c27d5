"""What travels between layers."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.types import Prediction, Record, Scores

PREDICTED = Prediction(
    "t1",
    "g1",
    None,
    9,
    "predicted",
    "A",
    (0.75, 0.25),
    "4 of 5",
    fraction_n=0.0,
    warnings=("a", "b"),
)


def test_row_has_one_column_per_class_and_joins_warnings() -> None:
    row = PREDICTED.row(("A", "B"))
    assert (row["p_A"], row["p_B"]) == (0.75, 0.25)
    assert row["warnings"] == "a; b"
    assert list(row)[:8] == ["id", "gene", "symbol", "length", "status", "label", "p_A", "p_B"]
    assert list(row)[8:12] == ["members_agree", "applicability", "known_label", "related_label"]
    assert list(row)[12:] == ["query_coverage", "reference_coverage", "frac_N", "warnings"]
    assert row["members_agree"] == "4 of 5"
    assert (row["known_label"], row["query_coverage"]) == (None, None)


def test_row_tells_what_is_known() -> None:
    row = replace(PREDICTED, known_label="B", query_coverage=0.9).row(("A", "B"))
    assert (row["label"], row["known_label"], row["query_coverage"]) == ("A", "B", 0.9)


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


class Doubling:
    """Each unit stands for two things."""

    def __init__(self, n: int) -> None:
        self.ids = [f"gene{i}" for i in range(2 * n)]

    def project(self, values: np.ndarray) -> np.ndarray:
        return values.repeat(2) / 2


def test_scores_are_carried_along_their_provenance() -> None:
    scores = Scores(np.array([1.0, -2.0]), ["a", "b"], delta=0.5, provenance=Doubling(2))
    carried = scores.project()
    assert carried.values.tolist() == [0.5, 0.5, -1.0, -1.0]
    assert list(carried.ids) == ["gene0", "gene1", "gene2", "gene3"]
    assert (carried.delta, carried.provenance) == (0.5, None)
    # Carried once, they stand for themselves.
    assert carried.project() is carried
    assert len(carried) == 4


def test_scores_become_a_table() -> None:
    table = Scores(np.array([1.0, np.nan]), ["a", "b"], name="importance").to_frame()
    assert list(table.columns) == ["id", "importance"]
    assert table["id"].tolist() == ["a", "b"]
    assert np.isnan(table["importance"][1])


def test_scores_of_positions_become_a_track() -> None:
    scores = Scores(np.array([np.nan, 1.0, np.nan, -2.5e-7]), range(4))
    assert scores.to_bedgraph("a b") == "a_b\t1\t2\t1\na_b\t3\t4\t-2.5e-07\n"
    assert Scores(np.array([]), range(0)).to_bedgraph("x") == ""
    with pytest.raises(InputError, match="make no track"):
        Scores(np.array([1.0]), ["gene"]).to_bedgraph("x")
    with pytest.raises(InputError, match=r"Call project\(\) first"):
        Scores(np.array([1.0]), [0], provenance=Doubling(1)).to_bedgraph("x")


@given(st.lists(st.sampled_from([0.0, 1.0, -0.5, float("nan")]), max_size=30), st.data())
def test_bedgraph_says_the_same_position_by_position(scores: list[float], data: Any) -> None:
    gaps = data.draw(st.lists(st.integers(1, 3), min_size=len(scores), max_size=len(scores)))
    positions = np.cumsum(np.array(gaps, dtype=np.int64)) + 5
    told: dict[int, float] = {}
    last = -1
    previous = ("", "")
    for line in Scores(np.array(scores, dtype=float), positions).to_bedgraph("c").splitlines():
        sequence, start, end, value = line.split("\t")
        assert sequence == "c"
        assert last <= int(start) < int(end)
        assert (start, value) != previous  # neighbours of one value share a line
        last, previous = int(end), (end, value)
        told |= dict.fromkeys(range(int(start), int(end)), float(value))
    known = {int(p): s for p, s in zip(positions, scores, strict=True) if s == s}
    assert told == known


def test_every_score_has_an_id() -> None:
    with pytest.raises(InputError, match=r"scores of shape \(2,\) for 3 ids"):
        Scores(np.zeros(2), range(3))
