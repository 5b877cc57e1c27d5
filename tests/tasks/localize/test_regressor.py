"""The estimator of values, as a user of scikit-learn meets it."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_regressor

import graphkit
from graphkit.errors import InputError
from graphkit.tasks import SequenceClassifier, SequenceRegressor
from graphkit.training import TrainSettings

QUICK = TrainSettings(epochs=2, batch_size=16, restore_best=False)
SMALL = {"five_prime": (), "three_prime": (), "width": 8, "hidden": 8}


@pytest.fixture(scope="module")
def table():
    """Forty records, their values in two lines, and a class of each."""
    generator = np.random.default_rng(0)
    gc = generator.uniform(0.3, 0.7, 40)
    texts = [
        "".join(generator.choice([*"ACGU"], 220, p=[(1 - g) / 2, g / 2, g / 2, (1 - g) / 2]))
        for g in gc
    ]
    values = pd.DataFrame({"a": 10 * gc - 0.5, "b": 10 * gc + 0.5})
    return texts, values, np.where(gc > 0.5, "in", "out").tolist()


@pytest.fixture(scope="module")
def fitted(table):
    texts, values, labels = table
    model = SequenceRegressor(name="gc", params=SMALL, members=2, settings=QUICK)
    return model.fit(texts, values, labels=[*labels[:-1], None])


def test_it_is_a_regressor_with_two_classes(fitted, table):
    assert is_regressor(fitted)
    assert fitted.classes_.tolist() == ["in", "out"]
    values, probabilities = fitted.predict(table[0]), fitted.predict_proba(table[0])
    assert values.shape == (40,)
    assert probabilities.shape == (40, 2)
    # The lower class is the more probable the lower the value, up to scale.
    threshold = fitted.ensemble_.quantity.threshold
    assert ((probabilities[:, 1] > 0.5) == (values < threshold)).all()
    assert np.isfinite(fitted.score(table[0], table[1]["a"]))


def test_the_table_has_the_value_and_what_was_measured(fitted, table):
    row = fitted.localize(table[0]).iloc[0]
    assert row["gc"] == pytest.approx(fitted.predict(table[0])[0])
    assert row["gc_low"] < row["gc"] < row["gc_high"]
    assert row["measured_gc"] == pytest.approx(table[1].mean(axis=1)[0], abs=1e-4)
    assert row["measured_lines"] == 2


def test_one_line_and_another_threshold_can_be_asked_for(fitted, table):
    plain = fitted.localize(table[0][:3])
    line = fitted.localize(table[0][:3], cell_line="b")
    assert (line["gc"] > plain["gc"]).all()
    moved = fitted.localize(table[0][:3], threshold=1e3)
    assert (moved["p_out"] > plain["p_out"]).all()
    pd.testing.assert_series_equal(moved["gc"], plain["gc"])
    with pytest.raises(InputError, match="no cell line 'c'"):
        fitted.localize(table[0][:3], cell_line="c")


def test_a_model_of_classes_has_no_lines_and_no_threshold(tiny):
    model = graphkit.load(tiny)
    with pytest.raises(InputError, match="cell_line: the model predicts classes, no value"):
        model.localize(["ACGU" * 60], cell_line="K562")
    with pytest.raises(InputError, match="threshold: the model predicts classes, no value"):
        model.localize(["ACGU" * 60], threshold=0.0)


def test_folder_and_back(fitted, table, tmp_path):
    fitted.save(tmp_path / "gc")
    again = graphkit.load(tmp_path / "gc")
    assert isinstance(again, SequenceRegressor)
    np.testing.assert_array_equal(again.predict(table[0]), fitted.predict(table[0]))
    with pytest.raises(InputError, match="a loaded model is not fitted again"):
        again.fit(table[0], table[1])
    assert clone(again).get_params()["name"] == "gc"


def test_a_method_of_classes_does_not_learn_values(table):
    with pytest.raises(InputError, match="lncloc predicts classes"):
        SequenceRegressor("lncloc").fit(table[0], table[1])
    with pytest.raises(InputError, match="lncloc-value predicts value"):
        SequenceClassifier("lncloc-value").fit(table[0], table[2])


def test_what_is_explained_is_the_value(fitted, table):
    explained = next(graphkit.explain(fitted, table[0][:1], steps=64))
    assert explained.target == "in"
    assert explained.f_x == pytest.approx(fitted.predict(table[0][:1])[0], abs=1e-3)
    turned = next(graphkit.explain(fitted, table[0][:1], target="out", steps=64))
    both = zip(turned.scores.to_frame()["score"], explained.scores.to_frame()["score"], strict=True)
    assert all(one == pytest.approx(-other, abs=1e-5) for one, other in both)
