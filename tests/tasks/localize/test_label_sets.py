"""Several labels at once, from simulated transcripts that hold the elements of each, or do not."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

import graphkit
from graphkit.datasets.transcripts import SimulationParams, simulate_transcripts
from graphkit.errors import InputError
from graphkit.tasks import SequenceClassifier
from graphkit.tasks.localize.label_sets import LabelSets
from graphkit.training import TrainSettings

SETS = LabelSets(
    slopes=(1.0, 2.0), intercepts=(0.0, -1.0), thresholds=(0.5, 0.2), known=("A", "A;B")
)
LABELS = ("A", "B")
SMALL = {"five_prime": (), "three_prime": (), "width": 8, "hidden": 16, "dropout": 0.1}
QUICK = TrainSettings(epochs=40, batch_size=16, lr=0.01, restore_best=False)


def planted(n, *, seed):
    """Transcripts of two halves: the first decides on Exosome, the second on Nucleus."""
    halves = [
        simulate_transcripts(
            SimulationParams(
                n_transcripts=n, classes=("in", "out"), elements=elements, length=(200, 300)
            ),
            seed=seed + place,
        )
        for place, elements in enumerate(
            [(("GAAGAAGG",), ("UUAUUUAUU",)), (("GCCUCCC",), ("CAGGUGAGU",))]
        )
    ]
    order = np.random.default_rng(seed).permutation(n)
    pairs = [(halves[0][i], halves[1][j]) for i, j in enumerate(order)]
    records = [one.record.sequence + other.record.sequence for one, other in pairs]
    has = [[int(half.label == "in") for half in pair] for pair in pairs]
    return records, pd.DataFrame(has, columns=["Exosome", "Nucleus"])


@pytest.fixture(scope="module")
def simulated():
    return planted(120, seed=0)


@pytest.fixture(scope="module")
def fitted(simulated):
    return SequenceClassifier(params=SMALL, members=2, settings=QUICK).fit(*simulated)


def test_what_was_planted_is_found_in_transcripts_it_has_not_seen(fitted):
    records, has = planted(60, seed=10)
    probabilities, chosen = fitted.predict_proba(records), fitted.predict(records)
    assert probabilities.shape == chosen.shape == (60, 2)
    assert roc_auc_score(has, probabilities, average=None).min() > 0.9
    # Each label by itself: all four sets occur, and most are right.
    assert {tuple(row) for row in chosen} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert fitted.score(records, has) == (chosen == has.to_numpy()).all(axis=1).mean() > 0.6


def test_names_are_the_columns_and_orders_are_kept(fitted, simulated):
    assert fitted.classes_.tolist() == ["Exosome", "Nucleus"]
    records, has = simulated
    turned = SequenceClassifier(params=SMALL, members=2, settings=TrainSettings(epochs=1))
    assert turned.fit(records, has[["Nucleus", "Exosome"]]).classes_.tolist() == [
        "Nucleus",
        "Exosome",
    ]
    plain = clone(turned).fit(records, has.to_numpy())
    assert plain.classes_.tolist() == ["0", "1"]


def test_the_table_says_the_sets(fitted, simulated):
    records, has = simulated
    table = fitted.localize(records, uncertain=0.0)
    inside = table["status"] == "predicted"
    names = [";".join(has.columns[row.astype(bool)]) or "none" for row in fitted.predict(records)]
    assert table["label"][inside].tolist() == np.array(names)[inside].tolist()
    assert table[["p_Exosome", "p_Nucleus"]].to_numpy() == pytest.approx(
        fitted.predict_proba(records)
    )
    measured = [";".join(has.columns[row.astype(bool)]) or "none" for row in has.to_numpy()]
    assert table["known_label"].tolist() == measured
    assert (table["members_agree"] == "2 of 2").any()


def test_folder_and_back(fitted, simulated, tmp_path):
    fitted.save(tmp_path / "sets")
    again = graphkit.load(tmp_path / "sets")
    assert again.ensemble_.sets == fitted.ensemble_.sets
    pd.testing.assert_frame_equal(again.localize(simulated[0]), fitted.localize(simulated[0]))
    assert clone(again).fit(*simulated).classes_.tolist() == ["Exosome", "Nucleus"]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("sets",), None),
        (("sets", "thresholds"), [0.5]),
        (("sets", "thresholds"), [0.5, 1.5]),
        (("sets", "slopes"), [1.0, -1.0]),
        (("sets", "known"), [1]),
    ],
)
def test_sets_that_make_no_sense_are_refused(fitted, tmp_path, place, value):
    from graphkit.training.checkpoint import sealed

    fitted.save(tmp_path / "sets")
    file = tmp_path / "sets" / "config.json"
    config = inner = json.loads(file.read_text())
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    file.write_text(json.dumps(sealed(config)))
    with pytest.raises(InputError, match="sets"):
        graphkit.load(tmp_path / "sets")


def test_the_label_that_is_asked_for_is_explained(fitted, simulated):
    record = simulated[0][0]
    logits = fitted.ensemble_.outputs(
        [graphkit.sequences.encode(record)], fitted.ensemble_.method.logits
    ).mean(dim=1)[0]
    for number, label in enumerate(fitted.classes_):
        (found,) = graphkit.explain(fitted, [record], target=label, steps=32)
        assert found.f_x == pytest.approx(float(logits[number]), abs=1e-4)
        assert abs(found.gap) < 0.05
    (own,) = graphkit.explain(fitted, [record])
    assert own.target == fitted.classes_[int(logits.argmax())]


def test_members_vote_by_sets():
    # Two records, two members.
    logits = torch.tensor([[[1.0, 1.0], [2.0, -3.0]], [[-1.0, -3.0], [-0.5, -3.0]]])
    verdict = SETS.judge(logits)
    assert verdict.votes.tolist() == [[3, 1], [0, 0]]
    np.testing.assert_allclose(verdict.probabilities[0], 1 / (1 + np.exp([-1.5, 3.0])))


@pytest.mark.parametrize(
    ("p", "uncertain", "label"),
    [
        ((0.9, 0.5), None, "A;B"),
        ((0.45, 0.22), None, None),  # both near their thresholds
        ((0.2, 0.1), None, "none"),
        ((0.2, 0.18), None, None),  # B may well be there
        ((0.45, 0.5), None, "B"),  # one is far above: that is an answer
        ((0.45, 0.22), 0.0, "B"),
        ((0.9, 0.5), 0.95, None),
        ((0.9, 0.5), 1.0, None),
    ],
)
def test_no_set_is_said_where_all_are_near_their_thresholds(p, uncertain, label):
    assert SETS.choose(np.array(p), LABELS, uncertain)[1] == label


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"A": [0] * 6, "B": [0, 1] * 3}, "label 'A' has no record with it for 2 folds"),
        ({"A": [1] * 6, "B": [0, 1] * 3}, "label 'A' has no record without it"),
        ({"A": [1, *[0] * 5], "B": [0, 1] * 3}, "label 'A' has 1 dissimilar groups with it"),
        ({"A": [0, 1] * 3}, "not of 0 and 1 in two columns or more"),
        ({"A": [0, 2] * 3, "B": [0, 1] * 3}, "not of 0 and 1"),
        ({"A": [0, np.nan] * 3, "B": [0, 1] * 3}, "not of 0 and 1"),
        ({"A": [0, 1], "B": [1, 0]}, "6 records but 2 labels"),
    ],
)
def test_labels_that_cannot_be_learned_are_named(simulated, columns, reason):
    with pytest.raises(InputError, match=reason):
        SequenceClassifier(members=2).fit(simulated[0][:6], pd.DataFrame(columns))


def test_methods_that_learn_something_else_are_named(simulated):
    records, has = simulated
    with pytest.raises(InputError, match="sgcl-lncloc learns one class of each record"):
        SequenceClassifier("sgcl-lncloc").fit(records, has)
    with pytest.raises(InputError, match="lncloc-labels learns several labels"):
        SequenceClassifier("lncloc-labels").fit(records, has["Nucleus"].tolist())
