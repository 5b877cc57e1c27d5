"""One explanation as a row."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.sequences import encode
from graphkit.tasks.explain.explanation import Explanation
from graphkit.types import Record, Scores, Window

RECORD = Record("t1", "ACGUN", gene="g1", symbol="S")


def test_row_of_what_was_explained():
    scores = Scores(np.array([1.0, -0.5, 0.0, 0.5, np.nan]), range(5))
    found = Explanation(
        RECORD,
        "explained",
        "gradients",
        "Nucleus",
        encode("ACGUN"),
        scores=scores,
        f_x=2.0,
        f_base=0.5,
        side={"A": 0.75, "C": -0.25},
        delta=-0.03,
        gap=0.02,
        steps=64,
        warnings=("a", "b"),
    )
    assert found.explained
    assert (found.sequence, found.total) == ("ACGUN", 1.0)
    assert (found.id, found.gene, found.symbol, found.length) == ("t1", "g1", "S", 5)
    assert (found.side_total, found.uncovered) == (0.5, 1)
    assert found.side_share == pytest.approx(1 / 3)
    row = found.row()
    assert row["side_share"] == found.side_share
    assert (row["delta"], row["gap"], row["steps"]) == (-0.03, found.gap, 64)
    assert row["warnings"] == "a; b"
    assert list(row)[:6] == ["id", "gene", "symbol", "length", "status", "method"]


def test_row_of_what_was_refused_has_the_same_columns():
    found = Explanation.refused(RECORD, "too short", "gradients", ("odd",))
    assert found.status == "not_explained: too short"
    assert (found.sequence, found.total) == ("", None)
    with pytest.raises(InputError, match="record t1: was not explained"):
        _ = found.track
    assert not found.explained
    row = found.row()
    assert {name for name, value in row.items() if value is None} == {
        "target",
        "label",
        "f_x",
        "f_base",
        "total",
        "side_total",
        "side_share",
        "delta",
        "gap",
        "steps",
        "agreement",
    }
    assert row["uncovered"] == 0


def test_the_track_is_made_once():
    scores = Scores(np.array([1.0, -0.5, 0.0, 0.5, np.nan]), range(5))
    codes = encode("ACGUN")
    windows = (Window("the whole", 0, 5), Window("last 3 nt", 2, 5))
    found = Explanation(RECORD, "explained", "occlusion", "A", codes, scores, windows=windows)
    assert found.track is found.track
    assert (found.track.id, found.track.breaks) == ("t1", (2,))
    assert found.track.codes is codes
    np.testing.assert_array_equal(found.track.scores, scores.values)


def test_methods_without_a_baseline_know_no_share_beside_the_track():
    scores = Scores(np.ones(5), range(5))
    found = Explanation(RECORD, "explained", "mutagenesis", "A", encode("ACGUN"), scores=scores)
    assert (found.side_total, found.side_share, found.gap) == (None, None, None)
