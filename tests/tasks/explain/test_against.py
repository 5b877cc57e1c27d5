"""Which records are compared with which."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.pretrained import load
from graphkit.tasks import SequenceClassifier
from graphkit.tasks.explain.against import explain_against
from graphkit.types import Record

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


def pairs(model, records, others, **more):
    found = explain_against(model, records, others, **{"steps": 4, **more})
    return [(one.explanation.id, one.other.id) for one in found]


def test_one_record_is_compared_with_all_of_the_other_side(small):
    three = dict.fromkeys("abc", LETTERS)
    assert pairs(small, three, {"r": LETTERS}) == [("a", "r"), ("b", "r"), ("c", "r")]
    assert pairs(small, {"r": LETTERS}, three) == [("r", "a"), ("r", "b"), ("r", "c")]
    assert pairs(small, {"a": LETTERS}, {"z": LETTERS}) == [("a", "z")]


def test_else_ids_make_pairs_whatever_their_version(small):
    others = {"b": LETTERS, "ENST01.3": LETTERS, "x": LETTERS}
    records = {"ENST01.2": LETTERS, "a": LETTERS, "b": LETTERS}
    assert pairs(small, records, others) == [("ENST01.2", "ENST01.3"), ("b", "b")]


def test_what_cannot_be_paired_is_an_error_that_names_ids(small):
    with pytest.raises(InputError, match=r"none of its 2 names .*: x, y; the input has a, b"):
        pairs(small, {"a": LETTERS, "b": LETTERS}, {"x": LETTERS, "y": LETTERS})
    twice = [Record("x", LETTERS), Record("x", LETTERS), Record("y", LETTERS)]
    with pytest.raises(InputError, match="x more than once"):
        pairs(small, {"x": LETTERS, "y": LETTERS}, twice)


def test_both_are_explained_for_the_class_of_the_first(small):
    (found,) = explain_against(small, LETTERS[:400], LETTERS[400:], steps=4)
    assert found.other.target == found.explanation.target


@pytest.mark.parametrize(("one", "two"), [("ACG", LETTERS), (LETTERS, "N" * 300)])
def test_what_cannot_be_explained_is_not_compared_and_says_why(small, one, two):
    (found,) = explain_against(small, {"a": one}, {"b": two}, target="Nucleus", steps=4)
    assert found.status.startswith(f"not_compared: {'a' if len(one) == 3 else 'b'}: too few valid")
    assert found.row()["difference"] is None
    with pytest.raises(InputError):
        list(explain_against(small, {"a": one}, {"b": two}, on_error="fail"))


def test_only_scores_that_add_up_split_a_difference(small):
    with pytest.raises(InputError, match="its scores do not add up"):
        explain_against(small, LETTERS, LETTERS, method="mutagenesis")
