"""Records in, explanations out."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from graphkit.attribution import integrated_gradients, mutagenesis
from graphkit.errors import InputError
from graphkit.methods import SGCLLncLoc, SGCLLncLocParams
from graphkit.pretrained import load
from graphkit.sequences import encode
from graphkit.tasks import SequenceClassifier
from graphkit.tasks.explain.explain import METHODS_OF_EXPLAINING, explain
from graphkit.tasks.explain.explained_model import log_odds_of
from graphkit.tasks.localize.ensemble import Ensemble
from graphkit.types import Record

TEXT = "ACGGUACGUUAGCCAUGCAAGGCUUACGUAGCC" * 2
BROKEN = TEXT[:20] + "NN" + TEXT[22:]
RECORDS = [
    Record("good", TEXT, gene="g"),
    Record("short", "ACG"),
    Record("broken", BROKEN.lower(), warnings=("repaired",)),
    Record("empty", ""),
]


def untrained(params):
    classes = ("a", "b")
    members = [SGCLLncLoc(classes, params)]
    return SequenceClassifier.of(
        Ensemble(method=SGCLLncLoc, params=params, classes=classes, members=members)
    )


@pytest.fixture(scope="module")
def model():
    return load("lncloc")


@pytest.mark.parametrize("method", METHODS_OF_EXPLAINING)
def test_one_explanation_per_record_in_order(model, method):
    found = list(explain(model, RECORDS, target="Nucleus", method=method, steps=4))
    assert [e.id for e in found] == ["good", "short", "broken", "empty"]
    assert [e.explained for e in found] == [True, False, True, False]
    assert found[1].status == "not_explained: too few valid k-mers (1 < 20)"
    assert found[3].status == "not_explained: no sequence"
    good, broken = found[0], found[2]
    assert (good.gene, good.target, good.method) == ("g", "Nucleus", method)
    assert good.sequence == TEXT
    assert broken.sequence == BROKEN
    assert broken.warnings[0] == "repaired"
    assert np.flatnonzero(np.isnan(broken.scores.values)).tolist() == [20, 21]
    assert (good.uncovered, broken.uncovered) == (0, 2)
    for one in (good, broken):
        assert one.total == pytest.approx(np.nansum(one.scores.values))
        assert one.f_x == pytest.approx(
            log_odds_of(model, "Nucleus")([encode(one.sequence)])[0], abs=1e-4
        )


def test_gradients_add_up(model):
    found = next(explain(model, RECORDS[:1], target="Nucleus", steps=16))
    assert found.steps == 16
    assert found.total + found.side_total - (found.f_x - found.f_base) == pytest.approx(
        found.delta, abs=1e-9
    )
    assert list(found.side)[:2] == ["log10_length", "A"]
    assert list(found.side)[-1] == "absent_kmers"
    assert 0 <= found.side_share <= 1
    assert -1 <= found.agreement <= 1
    expected = integrated_gradients(log_odds_of(model, "Nucleus"), encode(TEXT), steps=16)
    np.testing.assert_allclose(found.scores.values, expected.positions.values, rtol=1e-4, atol=1e-6)


def test_a_homopolymer_takes_more_steps_and_adds_up(model):
    record = Record("a", "A" * 400)
    few, enough = (
        next(explain(model, [record], target="Nucleus", steps=4, tolerance=tolerance))
        for tolerance in (np.inf, 0.01)
    )
    assert few.gap > 0.01
    assert enough.gap <= 0.01
    assert enough.steps > few.steps == 4
    assert np.isfinite(enough.scores.values).all()


def test_mutagenesis_carries_every_effect(model):
    found = next(explain(model, RECORDS[:1], target="Nucleus", method="mutagenesis"))
    expected = mutagenesis(log_odds_of(model, "Nucleus"), encode(TEXT))
    np.testing.assert_allclose(found.effects, expected.effects, rtol=1e-4, atol=1e-5)
    assert (found.f_base, found.delta, found.side, found.side_total) == (None, None, {}, None)


def test_attention_conserves_mass(model):
    found = next(explain(model, RECORDS[:1], method="attention"))
    assert found.total == pytest.approx(1, abs=1e-5)
    assert (found.scores.values >= 0).all()


def test_attention_on_absent_kmers_is_stated():
    params = SGCLLncLocParams(k=4, embedding_dim=4, hidden=4, readout="attention", side=False)
    paper = untrained(params)
    found = next(explain(paper, RECORDS[:1], method="attention"))
    absent = 1 - found.total
    assert found.warnings == (f"{absent:.0%} of the attention lies on k-mers that do not occur",)
    assert paper.ensemble_.members[0].training
    gradients = next(explain(paper, RECORDS[:1], steps=4))
    assert gradients.side == {"absent_kmers": 0.0}


def test_without_a_target_the_favoured_class_is_explained(tiny):
    model = load(tiny)
    found = next(explain(model, RECORDS[:1], steps=2))
    assert found.target == model.predict(RECORDS[:1])[0]
    assert found.f_x >= 0


def test_without_a_target_a_value_is_explained(model):
    found = next(explain(model, RECORDS[:1], steps=2))
    assert found.target == model.classes_[0] == "Cytoplasm"
    assert found.f_x == pytest.approx(model.predict(RECORDS[:1])[0], abs=1e-4)


def test_records_are_read_as_they_are_needed(model):
    def endless():
        while True:
            yield RECORDS[0]

    stream = explain(model, endless(), steps=2)
    assert [next(stream).explained for _ in range(2)] == [True, True]


def test_too_long_for_mutagenesis_is_a_row_that_says_so(model):
    for method in ("mutagenesis", "occlusion"):
        found = list(explain(model, RECORDS[:1], method=method, max_length=50))
        assert found[0].status.startswith(f"not_explained: 66 nt are too long for {method}")


def test_fail_raises_at_the_record(model):
    stream = explain(model, RECORDS, steps=2, on_error="fail")
    assert next(stream).explained
    with pytest.raises(InputError, match=r"short.*too few valid k-mers"):
        next(stream)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"target": "Nose"}, "no class 'Nose'"),
        ({"method": "guess"}, "no method 'guess'"),
        ({"steps": 1}, "steps = 1"),
        ({"window": 0}, "window = 0"),
        ({"on_error": "cry"}, "no choice 'cry'"),
    ],
)
def test_nonsense_is_refused_at_once(model, options, reason):
    with pytest.raises(InputError, match=reason):
        explain(model, RECORDS, **options)


def test_models_that_cannot_be_explained_are_refused_at_once():
    with pytest.raises(NotFittedError):
        explain(SequenceClassifier(), RECORDS)
    params = SGCLLncLocParams(k=3, embedding_dim=4, hidden=4, conv="gat", readout="mean")
    model = untrained(params)
    with pytest.raises(InputError, match="graph attention"):
        explain(model, RECORDS)
    with pytest.raises(InputError, match="no attention"):
        explain(model, RECORDS, method="attention")
    assert next(explain(model, RECORDS[:1], method="mutagenesis")).explained


def test_breaks_are_where_the_model_reads_the_ends_by_themselves(model):
    regions = log_odds_of(model, "Nucleus").builder.regions
    record = Record("long", "ACGGUACGUUAGCCAUGCAAGGCUUACG" * 80)
    found = next(explain(model, [record], target="Nucleus", steps=2))
    n = len(record.sequence)
    fives = [region.length for region in regions if region.end == "5'"]
    threes = [n - region.length for region in regions if region.end == "3'"]
    assert found.breaks == tuple(sorted(fives + threes))
    assert found.breaks[0] > 0
    # Shorter than its ends, a transcript has none.
    assert next(explain(model, RECORDS[:1], steps=2)).breaks == ()


def test_a_record_that_the_model_fails_on_costs_its_own_explanation(model, monkeypatch):
    def fragile(model, codes, **_):
        raise RuntimeError("not enough memory")

    monkeypatch.setattr("graphkit.tasks.explain.explain.converged_gradients", fragile)
    (found,) = explain(model, RECORDS[:1], target="Nucleus")
    assert found.status == "not_explained: the model fails on it (not enough memory)"
