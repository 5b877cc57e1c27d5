"""What users of scikit-learn expect of an estimator, with sequences in place of a matrix."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from sklearn.utils.validation import check_is_fitted

import graphkit
from graphkit.datasets import simulate_transcripts
from graphkit.errors import InputError
from graphkit.tasks import SequenceClassifier
from graphkit.training import TrainSettings

SMALL = {"k": 2, "features": "one-hot", "hidden": 4, "layers": 1}
# Those of check_estimator's checks that hand over no matrix; docs/estimators.md says of the others
# what stands for them here.
CHECKS = [
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_valid_tag_types,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_set_params,
    estimator_checks.check_mixin_order,
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_estimators_unfitted,
]


def small() -> SequenceClassifier:
    return SequenceClassifier(
        "sgcl-lncloc", params=SMALL, members=2, settings=TrainSettings(epochs=1, device="cpu")
    )


@pytest.fixture(scope="module")
def labelled():
    simulated = simulate_transcripts(seed=3)[:24]
    return [s.record for s in simulated], [s.label for s in simulated]


@pytest.fixture(scope="module")
def model(labelled):
    return small().fit(*labelled)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_checks_of_scikit_learn(check):
    check("SequenceClassifier", SequenceClassifier())


def test_it_is_a_classifier_of_no_matrix():
    assert is_classifier(SequenceClassifier())
    tags = SequenceClassifier().__sklearn_tags__().input_tags
    assert (tags.two_d_array, tags.string, tags.dict) == (False, True, True)


def test_repr_shows_what_differs_from_the_defaults():
    assert repr(SequenceClassifier()) == "SequenceClassifier()"
    assert repr(SequenceClassifier(members=3)) == "SequenceClassifier(members=3)"


def test_fit_changes_no_parameter_and_returns_the_model(labelled):
    params = dict(SMALL)
    model = small().set_params(params=params)
    before = model.get_params()
    assert model.fit(*labelled) is model
    assert model.get_params() == before
    assert params == SMALL
    check_is_fitted(model)


def test_answers_are_those_of_scikit_learn(model, labelled):
    records, labels = labelled
    assert isinstance(model.classes_, np.ndarray)
    assert model.classes_.tolist() == sorted(set(labels))
    p = model.predict_proba(records)
    predicted = model.predict(records)
    assert predicted.tolist() == model.classes_[p.argmax(axis=1)].tolist()
    assert model.score(records, labels) == np.mean(predicted == np.array(labels))
    assert model.predict_proba([]).shape == (0, 2)
    with pytest.raises(InputError, match="record bad"):
        model.predict({"bad": "NNN"})


def test_an_answer_does_not_depend_on_the_other_records(model, labelled):
    records = labelled[0][:6]
    together, order = model.predict_proba(records), [3, 1, 5, 0, 2, 4]
    alone = np.concatenate([model.predict_proba([record]) for record in records])
    np.testing.assert_allclose(alone, together, atol=1e-12)
    shuffled = model.predict_proba([records[i] for i in order])
    np.testing.assert_allclose(shuffled, together[order], atol=1e-12)


@pytest.mark.usefixtures("one_thread")
def test_fitted_twice_it_is_the_same(model, labelled):
    again = clone(model).fit(*labelled)
    np.testing.assert_allclose(
        again.predict_proba(labelled[0]), model.predict_proba(labelled[0]), atol=1e-12
    )


def test_it_survives_a_pickle(model, labelled):
    again = pickle.loads(pickle.dumps(model))  # noqa: S301 - our own
    expected = model.predict_proba(labelled[0][:2])
    np.testing.assert_array_equal(again.predict_proba(labelled[0][:2]), expected)


def test_cross_validation_and_grid_search(labelled):
    records, labels = labelled
    scores = cross_val_score(small(), records, labels, cv=2)
    assert scores.shape == (2,)
    assert ((scores >= 0) & (scores <= 1)).all()
    grid = {"params": [SMALL, {**SMALL, "k": 3}]}
    search = GridSearchCV(small(), grid, cv=2).fit(records, labels)
    assert search.best_params_["params"]["k"] in (2, 3)
    assert search.predict(records).shape == (24,)


def test_numbers_as_labels(labelled):
    records, labels = labelled
    y = [int(label == "Nucleus") for label in labels]
    assert np.isfinite(cross_val_score(small(), records, y, cv=2)).all()
    assert set(cross_val_predict(small(), records, y, cv=2)) <= {"0", "1"}


@pytest.mark.parametrize(
    "labels",
    [[0, 1], [True, False], np.array([0, 1]), np.array([True, False]), pd.Series(["x", "y"])],
    ids=lambda labels: f"{type(labels).__name__} of {type(labels[0]).__name__}",
)
def test_whatever_can_be_fitted_can_be_loaded(labelled, labels, tmp_path):
    model = small().fit(labelled[0], [labels[i % 2] for i in range(24)])
    model.save(tmp_path / "model")
    again = graphkit.load(tmp_path / "model")
    assert again.classes_.tolist() == model.classes_.tolist() == sorted(map(str, labels))


@pytest.mark.parametrize("label", [None, float("nan"), "NA", "nucleus"])
def test_labels_that_no_class_should_have(labelled, label):
    records, labels = labelled
    with pytest.raises(InputError, match=r"missing|differ in case"):
        small().fit(records, [label, *labels[1:]])


def test_every_kind_of_sequence_goes_through_the_door(model, labelled, fasta):
    records, labels = labelled
    texts = [record.sequence for record in records]
    expected = model.predict_proba(records[:2])
    path = fasta("".join(f">{i}\n{text}\n" for i, text in enumerate(texts[:2])))
    for source in (path, str(path), texts[:2], dict(zip("ab", texts, strict=False))):
        np.testing.assert_allclose(model.predict_proba(source), expected, atol=1e-12)
        assert len(model.localize(source)) == len(model.transform(source)) == 2
        assert len(list(graphkit.explain(model, source, steps=2))) == 2
    assert model.predict(texts[0]).shape == (1,)
    assert small().fit(texts, labels).predict(texts).shape == (24,)
    with pytest.raises(InputError, match="is no sequence"):
        model.predict(np.zeros((2, 3)))


def test_a_loaded_model_is_frozen(model, labelled, tmp_path):
    model.save(tmp_path / "model")
    loaded = graphkit.load(tmp_path / "model")
    before = loaded.predict_proba(labelled[0])
    with pytest.raises(InputError, match=r"loaded model .*clone\(model\)"):
        loaded.fit(*labelled)
    with pytest.raises(InputError, match="loaded model"):
        make_pipeline(loaded, LogisticRegression()).fit(*labelled)
    np.testing.assert_array_equal(loaded.predict_proba(labelled[0]), before)
    # What the message advises works.
    untrained = clone(loaded).set_params(settings=small().settings)
    assert untrained.fit(*labelled).ensemble_.params == model.ensemble_.params


def test_a_loaded_model_shows_what_differs_from_the_defaults(model, tmp_path):
    model.save(tmp_path / "model")
    loaded = graphkit.load(tmp_path / "model")
    assert (loaded.params, loaded.members) == (SMALL, 2)
    assert repr(graphkit.load("lncloc")).startswith("SequenceRegressor(name='log2_CN',")
    assert "hidden" not in repr(graphkit.load("lncloc"))


def test_in_a_pipeline_embeddings_are_features(labelled):
    fitted = make_pipeline(small(), LogisticRegression()).fit(*labelled)
    assert fitted.predict(labelled[0]).shape == (24,)
