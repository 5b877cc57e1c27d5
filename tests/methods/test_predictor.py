"""What members do together, here without training them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from graphkit.errors import InputError
from graphkit.methods import SGCLLncLoc, SGCLLncLocParams
from graphkit.methods.known import KnownTranscripts
from graphkit.methods.predictor import Predictor
from graphkit.sequences import encode
from graphkit.types import Record

CLASSES = ("A", "B")
PARAMS = SGCLLncLocParams(k=2, features="one-hot", hidden=4)
TEXT = "ACGUUGCAUGCCAUAGCUAGCAUCGAUUCGGAUCUACGGCAUUACGAUCGUAGG"
RECORDS = [Record("a", TEXT), Record("b", TEXT[::-1]), Record("bad", "NN")]


@pytest.fixture
def predictor() -> Predictor:
    found = Predictor(SGCLLncLoc, PARAMS)
    found.classes_ = CLASSES
    found.members_ = [SGCLLncLoc(CLASSES, PARAMS).eval() for _ in range(3)]
    return found


def test_table_and_rows_are_the_same(predictor: Predictor) -> None:
    rows = [row.row(CLASSES) for row in predictor.predict_each(RECORDS)]
    table = predictor.predict(RECORDS)
    assert list(table.columns) == list(rows[0])
    assert table["p_A"].tolist()[:2] == pytest.approx([row["p_A"] for row in rows[:2]], abs=1e-12)
    assert table["folds_agree"].str.fullmatch("[23]/3").tolist()[:2] == [True, True]


def test_columns_stay_empty_without_sketches(predictor: Predictor) -> None:
    assert predictor.known_ is None
    assert predictor.predict(RECORDS)[["known_label", "similarity"]].isna().all(axis=None)


def test_what_is_known_changes_no_prediction(predictor: Predictor) -> None:
    before = predictor.predict(RECORDS)
    predictor.known_ = KnownTranscripts.of([encode(TEXT)], ["B"], classes=CLASSES)
    after = predictor.predict(RECORDS)
    assert after["known_label"].tolist()[0] == "B"
    assert after["similarity"].iloc[0] == 1.0
    assert after["known_label"].isna().tolist() == [False, True, True]
    rest = [name for name in before if name not in ("known_label", "similarity")]
    pd.testing.assert_frame_equal(after[rest], before[rest], rtol=0, atol=1e-12)


def test_transform_refuses_what_predict_tells(predictor: Predictor) -> None:
    assert predictor.transform(RECORDS[:2]).dtype == np.float32
    with pytest.raises(InputError, match="record bad"):
        predictor.transform(RECORDS)


@pytest.mark.parametrize(
    "call",
    [
        lambda p: p.predict(RECORDS),
        lambda p: p.predict_each(RECORDS),
        lambda p: p.transform(RECORDS),
    ],
)
def test_nothing_fitted(call: Callable[[Predictor], Any]) -> None:
    with pytest.raises(InputError, match="not fitted"):
        call(Predictor(SGCLLncLoc, PARAMS))
