"""The delta update against predicting the mutant anew."""

import numpy as np
import pytest

from graphkit.pretrained import load
from graphkit.sequences import Variant
from graphkit.tasks import SequenceClassifier
from graphkit.tasks.explain.explain import explain
from graphkit.tasks.explain.variants import score_variants
from graphkit.types import Record

LETTERS = "".join(np.random.default_rng(0).choice(list("ACGU"), 900))
RECORD = Record("t", LETTERS[:400] + "N" + LETTERS[401:])


def every_ninth():
    for at in range(0, len(LETTERS), 9):
        if at != 400:
            ref = LETTERS[at]
            yield Variant("t", at + 1, ref, "ACGU"[("ACGU".index(ref) + 1 + at % 3) % 4])


def mutant(variant):
    at = variant.position - 1
    return Record("m", RECORD.sequence[:at] + variant.alt + RECORD.sequence[at + 1 :])


def test_a_change_is_that_of_predicting_the_mutant_anew():
    model, variants = load("lncloc"), list(every_ninth())
    (explanation,) = explain(model, [RECORD], target="Cytoplasm", steps=2)
    effects = score_variants(model, explanation, variants)
    own, *others = (
        one.value[0] for one in model.ensemble_.predict_each([RECORD, *map(mutant, variants)])
    )
    assert {effect.status for effect in effects} == {"scored"}
    assert effects[0].f_x == pytest.approx(own, abs=1e-5)
    np.testing.assert_allclose([e.change for e in effects], np.array(others) - own, atol=1e-5)
    assert np.ptp([e.change for e in effects]) > 0.01


def test_of_a_classifier_log_odds_change(tiny):
    model, variants = SequenceClassifier.load(tiny), list(every_ninth())[:5]
    (explanation,) = explain(model, [RECORD], target="Nucleus", steps=2)
    effects = score_variants(model, explanation, variants)
    anew = explain(model, map(mutant, variants), target="Nucleus", steps=2)
    expected = [one.f_x - explanation.f_x for one in anew]
    np.testing.assert_allclose([e.change for e in effects], expected, atol=1e-5)


def test_what_cannot_be_scored_keeps_its_row_and_its_place(tiny):
    model = SequenceClassifier.load(tiny)
    (explanation,) = explain(model, [RECORD], target="Nucleus", steps=2)
    wrong = Variant("t", 401, "A", "C")
    right = next(every_ninth())
    found = score_variants(model, explanation, [wrong, right])
    assert [one.variant for one in found] == [wrong, right]
    assert found[0].row()[4:] == (
        "not_scored: ref is A, the transcript has N there", None, None,
    )  # fmt: skip
    assert found[1].status == "scored"
    (refused,) = explain(model, [Record("t", "")], target="Nucleus")
    (none,) = score_variants(model, refused, [right])
    assert none.status == "not_scored: no sequence"
