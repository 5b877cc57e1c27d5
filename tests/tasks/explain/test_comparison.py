"""Two sequences: their differences, what each adds, and what it does alone."""

import numpy as np
import pytest

from graphkit.pretrained import load
from graphkit.sequences import align, differences, encode
from graphkit.tasks import SequenceClassifier
from graphkit.tasks.explain.against import explain_against
from graphkit.tasks.explain.comparison import PARTS, _owners
from graphkit.tasks.explain.explain import explain
from graphkit.tasks.explain.explained_model import log_odds_of

LETTERS = "".join(np.random.default_rng(0).choice(list("ACGU"), 900))


def swap(letters, *places):
    """Put another letter at each place."""
    for at in places:
        letters = letters[:at] + "ACGU"[("ACGU".index(letters[at]) + 1) % 4] + letters[at + 1 :]
    return letters


@pytest.fixture(scope="module")
def model():
    return load("lncloc")


@pytest.fixture
def small(tiny):
    return SequenceClassifier.load(tiny)


def test_the_parts_are_the_difference_but_for_the_error(model):
    mutant = swap(LETTERS, 40)[:300] + LETTERS[350:700] + "GGGCC" + LETTERS[700:]
    (found,) = explain_against(model, {"m": mutant}, LETTERS, target="Cytoplasm")
    ours, theirs = (next(explain(model, text, target="Cytoplasm", steps=256))
                    for text in (mutant, LETTERS))  # fmt: skip
    assert found.difference == pytest.approx(ours.f_x - theirs.f_x, abs=1e-6)
    assert tuple(found.parts) == PARTS
    assert found.error == pytest.approx(ours.delta - theirs.delta, abs=1e-6)
    assert abs(found.error) < 0.1 * abs(found.difference)
    letters = found.parts["differ"] + found.parts["beside"]
    assert found.adds.sum() == pytest.approx(letters, abs=1e-9)
    assert letters + found.parts["rest"] == pytest.approx(ours.total - theirs.total, abs=1e-9)
    assert [one.kind for one in found.differences] == ["substitution", "deletion", "insertion"]
    assert found.identity == pytest.approx(1 - 56 / 905)


def test_letters_that_differ_and_those_beside_them_by_brute_force(model):
    mutant = swap(LETTERS, 200, 400)
    (found,) = explain_against(model, {"m": mutant}, LETTERS, target="Cytoplasm", steps=8)
    change = found.explanation.scores.values - found.other.scores.values
    k = model.ensemble_.k
    assert found.parts["differ"] == pytest.approx(change[[200, 400]].sum(), abs=1e-9)
    for at, adds in zip((200, 400), found.adds, strict=True):
        assert adds == pytest.approx(change[at - k : at + k + 1].sum(), abs=1e-9)
    assert found.parts["reference"] == 0


def test_of_two_neighbours_each_has_the_nearer_letters():
    mutant, other = encode(swap(LETTERS, 10, 14)), encode(LETTERS)
    found = differences(align(mutant, other), mutant, other)
    owner, inside = _owners(found, len(mutant), reach=6)
    assert np.flatnonzero(inside).tolist() == [10, 14]
    assert owner[:22].tolist() == [-1] * 4 + [0] * 9 + [1] * 8 + [-1]


def test_alone_is_predicting_anew_with_one_difference(model):
    mutant = swap(LETTERS, 40, 41)[:300] + LETTERS[350:700] + "GGGCC" + LETTERS[700:]
    mutant = swap(mutant, 500)
    (found,) = explain_against(model, {"m": mutant}, LETTERS, target="Cytoplasm", steps=4)
    f = log_odds_of(model, "Cytoplasm")
    other, ours = encode(LETTERS), encode(mutant)
    made = [
        np.concatenate([other[: o.other_start], ours[o.start : o.end], other[o.other_end :]])
        for o in found.differences
    ]
    assert len(made) == 4
    np.testing.assert_allclose(found.alone, f(made) - f([other]), atol=1e-5)


def test_of_one_substitution_alone_is_the_whole_difference(model):
    mutants = {f"m{at}": swap(LETTERS, at) for at in (0, 199, 450, 899)}
    for found in explain_against(model, mutants, LETTERS, target="Cytoplasm", steps=4):
        assert found.alone == pytest.approx([found.difference], abs=1e-5)


def test_of_too_many_differences_none_is_predicted_alone(small, monkeypatch):
    monkeypatch.setattr("graphkit.tasks.explain.comparison.MOST_LETTERS", 899)
    (found,) = explain_against(small, swap(LETTERS, 9), LETTERS, target="Nucleus", steps=4)
    assert np.isnan(found.alone).all()


def test_one_sequence_twice_has_no_difference(small):
    (found,) = explain_against(small, {"a": LETTERS}, {"b": LETTERS}, target="Nucleus", steps=4)
    assert (found.difference, found.identity, found.differences) == (0, 1, ())
    assert all(part == 0 for part in found.parts.values())
