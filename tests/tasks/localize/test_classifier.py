"""The estimator, end to end on simulated transcripts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.exceptions import NotFittedError

from graphkit.datasets import SimulationParams, simulate_transcripts
from graphkit.errors import InputError
from graphkit.evaluation import auroc, crossvalidate
from graphkit.methods import SGCLLncLoc, SGCLLncLocParams
from graphkit.sequences import LabelledRecords, decode, encode
from graphkit.tasks import SequenceClassifier
from graphkit.tasks.localize.ensemble import Ensemble
from graphkit.tasks.localize.known_transcripts import KnownTranscripts
from graphkit.training import TrainSettings
from graphkit.types import Record

SMALL = {"features": "one-hot", "hidden": 8}
QUICK = TrainSettings(epochs=1)


def quick(*, k: int, seed: int = 0, **params: Any) -> SequenceClassifier:
    return SequenceClassifier(
        "sgcl-lncloc",
        params={**SMALL, "k": k, **params},
        members=2,
        random_state=seed,
        settings=QUICK,
    )


@pytest.fixture(scope="module")
def labelled() -> tuple[list[Record], list[str]]:
    simulated = simulate_transcripts(seed=1)[:40]
    return [s.record for s in simulated], [s.label for s in simulated]


@pytest.fixture(scope="module")
def model(labelled: tuple[list[Record], list[str]]) -> SequenceClassifier:
    return quick(k=3).fit(*labelled)


def test_fitted_attributes(model: SequenceClassifier) -> None:
    assert model.classes_.tolist() == ["Cytoplasm", "Nucleus"]
    assert len(model.ensemble_.members) == len(model.ensemble_.history) == 2
    assert model.ensemble_.temperature > 0
    assert not any(member.training for member in model.ensemble_.members)


def test_predict_is_a_table(model: SequenceClassifier, labelled) -> None:
    table = model.localize([*labelled[0][:3], Record("bad", "NNNN")])
    assert list(table.columns) == [
        *["id", "gene", "symbol", "length", "status", "label"],
        *["p_Cytoplasm", "p_Nucleus", "members_agree", "applicability"],
        *["known_label", "related_label", "query_coverage", "reference_coverage"],
        *["frac_N", "warnings"],
    ]
    assert table["status"].tolist()[:3] == ["predicted"] * 3
    assert table["status"].iloc[3].startswith("not_predicted")
    good = table.iloc[:3]
    np.testing.assert_allclose(good["p_Cytoplasm"] + good["p_Nucleus"], 1)


def test_no_records_is_an_empty_table(model: SequenceClassifier) -> None:
    assert model.localize([]).shape == (0, 16)


def test_case_and_u_do_not_matter(model: SequenceClassifier, labelled) -> None:
    text = labelled[0][0].sequence
    variants = [text, text.lower(), text.replace("U", "T"), text.replace("U", "t")]
    table = model.localize([Record(str(i), v) for i, v in enumerate(variants)])
    assert np.ptp(table["p_Nucleus"]) < 1e-12


def test_homopolymers_and_repeats_are_finite(model: SequenceClassifier) -> None:
    table = model.localize([Record("a", "A" * 1000), Record("b", "AC" * 500)])
    assert np.isfinite(table[["p_Cytoplasm", "p_Nucleus"]].to_numpy(dtype=float)).all()


def test_up_to_six_letters_are_refused(model: SequenceClassifier) -> None:
    for n in range(7):
        (row,) = model.ensemble_.predict_each([Record("x", "ACGUAC"[:n])])
        assert not row.predicted


def test_transform_puts_members_side_by_side(model: SequenceClassifier, labelled) -> None:
    embedded = model.transform(labelled[0][:2])
    assert embedded.shape == (2, 2 * (8 + 21))
    with pytest.raises(InputError, match="record bad"):
        model.transform([Record("bad", "NN")])


def test_save_and_load_give_the_same_numbers(
    model: SequenceClassifier, labelled, tmp_path: Path
) -> None:
    model.save(tmp_path / "model")
    again = SequenceClassifier.load(tmp_path / "model")
    assert again.classes_.tolist() == model.classes_.tolist()
    assert again.ensemble_.k == 3
    assert again.ensemble_.temperature == model.ensemble_.temperature
    expected, got = model.localize(labelled[0]), again.localize(labelled[0])
    pd.testing.assert_frame_equal(got, expected, rtol=0, atol=1e-12)


def test_training_records_are_recognised(
    model: SequenceClassifier, labelled, tmp_path: Path
) -> None:
    records, labels = labelled
    generator = np.random.default_rng(0)
    model.save(tmp_path / "model")
    for one in (model, SequenceClassifier.load(tmp_path / "model")):
        for change in (str, str.lower, lambda s: s.replace("U", "T"), one_per_cent(generator)):
            table = one.localize([Record(r.id, change(r.sequence)) for r in records])
            # One substitution in a hundred letters leaves 81 % of the 21-mers on average.
            assert table["known_label"].fillna(table["related_label"]).tolist() == labels
            assert table["query_coverage"].min() >= 0.5
        spelled = one.localize([Record(r.id, r.sequence.lower()) for r in records])
        assert spelled["known_label"].tolist() == labels
        assert (spelled[["query_coverage", "reference_coverage"]] == 1).all(axis=None)
    strangers = [s.record for s in simulate_transcripts(seed=99)[:20]]
    assert model.localize(strangers)["known_label"].isna().all()


def one_per_cent(generator: np.random.Generator) -> Callable[[str], str]:
    def change(sequence: str) -> str:
        letters = list(sequence)
        for i in generator.choice(len(letters), len(letters) // 100, replace=False):
            letters[i] = "ACGU"[("ACGU".index(letters[i]) + 1) % 4]
        return "".join(letters)

    return change


def test_a_model_without_sketches_has_the_columns(labelled) -> None:
    model = quick(k=2).fit(*labelled)
    model = SequenceClassifier.of(replace(model.ensemble_, known=None))
    table = model.localize(labelled[0][:2])
    assert table[["known_label", "query_coverage"]].isna().all(axis=None)


@pytest.mark.usefixtures("one_thread")
def test_same_seed_same_bytes(labelled, tmp_path: Path) -> None:
    for name in ("a", "b"):
        quick(k=2, seed=5).fit(*labelled).save(tmp_path / name)
    for file in ("config.json", "model.safetensors"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_fit_leaves_the_global_generator_alone(labelled) -> None:
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    quick(k=2).fit(*labelled)
    assert torch.equal(torch.rand(1), expected)


def test_three_classes(labelled) -> None:
    records = labelled[0][:30]
    labels = [("A", "B", "C")[i % 3] for i in range(30)]
    model = quick(k=2).fit(records, labels)
    assert model.localize(records[:1]).columns[6:9].tolist() == ["p_A", "p_B", "p_C"]


def test_graph_attention_takes_the_general_path(labelled) -> None:
    params = {**SMALL, "conv": "gat"}
    records, labels = labelled[0][:16], labelled[1][:16]
    model = SequenceClassifier(
        "sgcl-lncloc", params={**params, "k": 2}, members=2, settings=QUICK
    ).fit(records, labels)
    assert model.localize(records).shape[0] == 16


def test_it_learns_what_is_planted() -> None:
    simulated = simulate_transcripts(SimulationParams(n_transcripts=300, n_sites=12), seed=2)
    records, labels = [s.record for s in simulated], [s.label for s in simulated]
    half = 200
    settings = TrainSettings(epochs=12, lr=5e-3, batch_size=16)
    params = {"features": "one-hot", "hidden": 32, "side": False, "dropout": 0.0}
    model = SequenceClassifier(
        "sgcl-lncloc", params={**params, "k": 5}, members=2, settings=settings
    )
    model.fit(records[:half], labels[:half])
    table = model.localize(records[half:])
    truth = [int(label == "Nucleus") for label in labels[half:]]
    probability = table[["p_Cytoplasm", "p_Nucleus"]].to_numpy(dtype=float)
    assert auroc(np.array(truth), probability) > 0.9


@pytest.mark.parametrize(
    ("records", "labels", "message"),
    [
        ([Record("a", "ACGU" * 9)], ["x", "y"], "1 records but 2 labels"),
        ([Record("a", "ACGU" * 9)] * 2, ["x", "x"], "two classes or more"),
        ([Record("a", "ACGU" * 9), Record("b", "NN")], ["x", "y"], "record b"),
    ],
)
def test_fit_refuses(records: list[Record], labels: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        SequenceClassifier().fit(records, labels)


def test_what_cannot_be_trained() -> None:
    records, labels = [Record("a", "ACGU" * 9), Record("b", "GGCC" * 9)], ["x", "y"]
    with pytest.raises(InputError, match="no method 'bert'"):
        SequenceClassifier("bert").fit(records, labels)
    with pytest.raises(InputError, match="members = 1"):
        SequenceClassifier(members=1).fit(records, labels)


def test_a_method_of_ones_own_needs_no_registration(labelled, tmp_path: Path) -> None:
    class Mine(SGCLLncLoc):
        name = "mine"

    model = SequenceClassifier(Mine, params={**SMALL, "k": 2}, members=2, settings=QUICK).fit(
        *labelled
    )
    model.save(tmp_path / "mine")
    with pytest.raises(InputError, match="unknown model class"):
        SequenceClassifier.load(tmp_path / "mine")
    again = SequenceClassifier.load(tmp_path / "mine", method=Mine)
    expected, got = model.localize(labelled[0][:2]), again.localize(labelled[0][:2])
    pd.testing.assert_frame_equal(got, expected, rtol=0, atol=1e-12)


CLASSES = ("A", "B")
PARAMS = SGCLLncLocParams(k=2, features="one-hot", hidden=4)
TEXT = "ACGUUGCAUGCCAUAGCUAGCAUCGAUUCGGAUCUACGGCAUUACGAUCGUAGG"
RECORDS = [Record("a", TEXT), Record("b", TEXT[::-1]), Record("bad", "NN")]


@pytest.fixture
def predictor() -> SequenceClassifier:
    """Return three members together, here without training them."""
    members = [SGCLLncLoc(CLASSES, PARAMS).eval() for _ in range(3)]
    return SequenceClassifier.of(
        Ensemble(method=SGCLLncLoc, params=PARAMS, classes=CLASSES, members=members)
    )


def test_table_and_rows_are_the_same(predictor: SequenceClassifier) -> None:
    rows = [row.row(CLASSES) for row in predictor.ensemble_.predict_each(RECORDS)]
    table = predictor.localize(RECORDS)
    assert list(table.columns) == list(rows[0])
    assert table["p_A"].tolist()[:2] == pytest.approx([row["p_A"] for row in rows[:2]], abs=1e-12)
    assert table["members_agree"].str.fullmatch("[23] of 3").tolist()[:2] == [True, True]


def test_columns_stay_empty_without_sketches(predictor: SequenceClassifier) -> None:
    assert predictor.ensemble_.known is None
    assert predictor.localize(RECORDS)[["known_label", "query_coverage"]].isna().all(axis=None)


def test_what_is_known_changes_no_prediction(predictor: SequenceClassifier) -> None:
    before = predictor.localize(RECORDS)
    known = KnownTranscripts.of([encode(TEXT)], ["B"], classes=CLASSES)
    informed = SequenceClassifier.of(replace(predictor.ensemble_, known=known))
    after = informed.localize(RECORDS)
    assert after["known_label"].tolist()[0] == "B"
    assert after["query_coverage"].iloc[0] == 1.0
    assert after["known_label"].isna().tolist() == [False, True, True]
    told = ("known_label", "query_coverage", "reference_coverage")
    rest = [name for name in before if name not in told]
    pd.testing.assert_frame_equal(after[rest], before[rest], rtol=0, atol=1e-12)


def test_transform_refuses_what_predict_tells(predictor: SequenceClassifier) -> None:
    assert predictor.transform(RECORDS[:2]).dtype == np.float32
    with pytest.raises(InputError, match="record bad"):
        predictor.transform(RECORDS)


@pytest.mark.parametrize(
    "call",
    [
        lambda p: p.predict(RECORDS),
        lambda p: p.localize(RECORDS),
        lambda p: p.transform(RECORDS),
    ],
)
def test_nothing_fitted(call: Callable[[SequenceClassifier], Any]) -> None:
    with pytest.raises(NotFittedError):
        call(SequenceClassifier(SGCLLncLoc))


@pytest.fixture(scope="module")
def three() -> LabelledRecords:
    """Return 36 random transcripts of three classes, one of them with a break."""
    generator = np.random.default_rng(0)
    codes = [generator.integers(0, 4, 60).astype(np.uint8) for _ in range(36)]
    codes[3][10:13] = 4
    records = [Record(f"r{i}", decode(one)) for i, one in enumerate(codes)]
    return LabelledRecords(tuple(records), tuple(codes), np.arange(36) % 3, ("A", "B", "C"))


def small_and_quick() -> SequenceClassifier:
    settings = TrainSettings(epochs=1, batch_size=8, device="cpu")
    small = {"features": "one-hot", "hidden": 4, "layers": 1}
    return SequenceClassifier("sgcl-lncloc", params={**small, "k": 2}, members=2, settings=settings)


def test_probabilities_are_those_of_the_table(three: LabelledRecords) -> None:
    model = small_and_quick().fit(three.records, three.names)
    p = model.predict_proba(three.records[:5])
    assert p.shape == (5, 3)
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-6)
    table = model.localize(three.records[:5])[["p_A", "p_B", "p_C"]]
    np.testing.assert_allclose(p, table.to_numpy(dtype=float), atol=1e-12)
    with pytest.raises(InputError, match="record bad"):
        model.predict_proba([Record("bad", "NN")])
    with pytest.raises(NotFittedError):
        small_and_quick().predict_proba([])


def test_it_stands_in_the_protocol(three: LabelledRecords) -> None:
    made = []

    def fresh() -> SequenceClassifier:
        made.append(small_and_quick())
        return made[-1]

    held_out = crossvalidate(fresh, three, folds=2)
    assert held_out.probabilities.shape == (36, 3)
    # The outer folds part the work: each was fitted once, without the other's records.
    first, second = made
    assert first.ensemble_ is not second.ensemble_
    part = three.take(held_out.folds == 1)
    again = small_and_quick().fit(part.records, part.names)
    test = np.flatnonzero(held_out.folds == 0)
    np.testing.assert_allclose(
        again.predict_proba(three.take(test).records), held_out.probabilities[test], atol=1e-6
    )
