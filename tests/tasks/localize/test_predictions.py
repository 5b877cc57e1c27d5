"""Records in, rows out."""

import re
from collections.abc import Iterator

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.sequences import LEAST_APPLICABILITY, DomainOfUse, decode
from graphkit.tasks.localize import predictions
from graphkit.tasks.localize.known_transcripts import KnownTranscripts
from graphkit.tasks.localize.predictions import Verdict, predict_records
from graphkit.types import Prediction, Record

GOOD = "ACGU" * 10


def judge(codes: list[np.ndarray]) -> Verdict:
    """Call what starts with A nuclear with 0.9, everything else with 0.55."""
    p = np.array([0.9 if c[0] == 0 else 0.55 for c in codes])
    votes = np.array([[1, 1, 0] for _ in codes])
    return Verdict(np.stack([1 - p, p], axis=1), votes)


def rows(records: list[Record], **changes: object) -> list[Prediction]:
    options = {"classes": ("C", "N"), "k": 5, "uncertain": 0.6, "on_error": "skip", **changes}
    return list(predict_records(records, judge, **options))


def test_one_row_per_record_in_order() -> None:
    records = [Record(f"r{i}", GOOD if i % 3 else "NNNN") for i in range(100)]
    got = rows(records)
    assert [row.id for row in got] == [record.id for record in records]
    assert [row.predicted for row in got] == [bool(i % 3) for i in range(100)]


def test_label_votes_and_uncertainty() -> None:
    nuclear, unsure = rows([Record("a", GOOD), Record("b", "C" + GOOD)])
    assert (nuclear.label, nuclear.members_agree) == ("N", "2 of 3")
    assert nuclear.probabilities == pytest.approx((0.1, 0.9))
    assert unsure.label == "uncertain"
    assert rows([Record("b", "C" + GOOD)], uncertain=0.5)[0].label == "N"


def test_refused_record_says_why() -> None:
    (row,) = rows([Record("p", "MKLPEFQ" * 5)])
    assert row.status.startswith("not_predicted: looks like protein")
    assert row.label is None
    assert row.row(("C", "N"))["p_N"] is None


def test_an_answer_that_is_not_finite_is_a_refused_record() -> None:
    def broken(codes: list[np.ndarray]) -> Verdict:
        verdict = judge(codes)
        verdict.probabilities[0] = np.nan
        return verdict

    records = [Record("a", GOOD), Record("b", GOOD)]
    options = {"classes": ("C", "N"), "k": 5, "uncertain": 0.6}
    (row, _) = predict_records(records, broken, on_error="skip", **options)
    assert (row.predicted, row.label) == (False, None)
    assert row.status == "not_predicted: the model's answer is not a finite number"
    with pytest.raises(InputError, match="record a: the model's answer is not a finite number"):
        list(predict_records(records, broken, on_error="fail", **options))


@pytest.mark.parametrize("error", [RuntimeError("not enough memory"), MemoryError()])
def test_a_record_that_the_model_fails_on_costs_its_own_row(error: Exception) -> None:
    def fragile(codes: list[np.ndarray]) -> Verdict:
        if any(len(one) > len(GOOD) for one in codes):
            raise error
        return judge(codes)

    records = [Record("a", GOOD), Record("b", GOOD), Record("poison", GOOD + "A"), Record("c", "N")]
    options = {"classes": ("C", "N"), "k": 5, "uncertain": 0.6}
    found = list(predict_records(records, fragile, on_error="skip", **options))
    whole = predict_records(records, judge, on_error="skip", **options)
    assert [one for one in found if one.id != "poison"] == [x for x in whole if x.id != "poison"]
    assert re.match(r"not_predicted: the model fails on it \(\w+", found[2].status)
    with pytest.raises(InputError, match="record poison: the model fails on it"):
        list(predict_records(records, fragile, on_error="fail", **options))


def test_fail_names_the_record_and_line() -> None:
    records = [Record("a", GOOD), Record("bad", "NNN", line=3)]
    with pytest.raises(InputError, match="line 3, record bad: too few valid k-mers"):
        rows(records, on_error="fail")


def test_duplicate_ids_are_both_predicted_with_a_warning() -> None:
    first, second = rows([Record("a", GOOD), Record("a", GOOD + "A")])
    assert first.warnings == ()
    assert second.warnings == ("this id occurred before",)
    assert second.predicted


def test_memory_of_ids_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphkit.sequences.records._MAX_IDS", 2)
    got = rows([Record(name, GOOD) for name in ("a", "b", "c", "c", "a")])
    assert [bool(row.warnings) for row in got] == [False, False, False, False, True]


def test_records_are_read_as_they_are_needed() -> None:
    read = []

    def endless() -> Iterator[Record]:
        for i in range(10**9):
            read.append(i)
            yield Record(str(i), GOOD)

    stream = predict_records(
        endless(), judge, classes=("C", "N"), k=5, uncertain=0.6, on_error="skip"
    )
    assert next(stream).id == "0"
    assert len(read) == 1
    assert next(stream).id == "1"
    assert len(read) <= 3


def test_chunks_grow_to_a_limit() -> None:
    sizes = [len(chunk) for chunk in predictions._chunks([Record("a", GOOD)] * 100)]
    assert sizes == [1, 2, 4, 8, 16, 32, 32, 5]


def test_long_records_do_not_wait_for_company() -> None:
    assert [len(c) for c in predictions._chunks([Record("a", "A" * 5_000_000)] * 3)] == [1, 1, 1]


def test_known_transcripts_are_told_beside_the_prediction() -> None:
    generator = np.random.default_rng(0)
    codes = [generator.integers(0, 4, 300).astype(np.uint8) for _ in range(3)]
    known = KnownTranscripts.of(codes[:2], ["C", "N"], classes=("C", "N"))
    records = [Record("bad", "NN"), *(Record(str(i), decode(c)) for i, c in enumerate(codes))]
    got = rows(records, known=known)
    assert [row.known_label for row in got] == [None, "C", "N", None]
    assert [row.query_coverage for row in got] == [None, 1.0, 1.0, None]
    (piece,) = rows([Record("piece", decode(codes[0][:150]))], known=known)
    assert (piece.known_label, piece.related_label, piece.query_coverage) == (None, "C", 1.0)
    assert piece.reference_coverage == pytest.approx(0.46, abs=0.1)
    without = rows(records)
    assert [row.probabilities for row in without] == [row.probabilities for row in got]
    assert not any(row.known_label or row.query_coverage for row in without)


@pytest.mark.parametrize(
    ("p", "label"), [((0.24, 0.3, 0.46), "C"), ((0.2, 0.35, 0.45), "uncertain")]
)
def test_a_label_needs_odds_against_the_next_class(p: tuple[float, ...], label: str) -> None:
    def three(codes: list[np.ndarray]) -> Verdict:
        return Verdict(np.array([p for _ in codes]), np.array([[2, 2] for _ in codes]))

    options = {"classes": ("A", "B", "C"), "k": 5, "on_error": "skip"}
    (row,) = predict_records([Record("a", GOOD)], three, uncertain=None, **options)
    assert row.label == label
    assert rows([Record("a", GOOD), Record("b", "C" + GOOD)], uncertain=None) == rows(
        [Record("a", GOOD), Record("b", "C" + GOOD)]
    )


def test_outside_the_domain_of_use_nothing_is_answered() -> None:
    generator = np.random.default_rng(0)
    codes = [generator.integers(0, 4, 400).astype(np.uint8) for _ in range(101)]
    domain = DomainOfUse.fit(codes[1:])
    records = [Record("like", decode(codes[0])), Record("unlike", "AU" * 200)]
    like, unlike = rows(records, domain=domain, uncertain=0.0)
    assert (like.status, like.label in ("C", "N"), like.outside) == ("predicted", True, False)
    assert like.applicability is not None
    assert like.applicability > LEAST_APPLICABILITY
    assert (unlike.status, unlike.label, unlike.outside) == ("outside_domain", "uncertain", True)
    assert unlike.applicability == 0
    assert any(one.startswith("repeats: ") for one in unlike.warnings)
    assert unlike.probabilities == rows(records)[1].probabilities


def test_options_are_checked() -> None:
    with pytest.raises(InputError, match="on_error"):
        rows([], on_error="ignore")
    with pytest.raises(InputError, match=r"uncertain.*no probability"):
        rows([], uncertain=1.5)


def test_a_value_stands_in_the_row_and_has_no_interval_outside_the_domain() -> None:
    generator = np.random.default_rng(0)
    codes = [generator.integers(0, 4, 400).astype(np.uint8) for _ in range(101)]

    def judge(given: list[np.ndarray]) -> Verdict:
        n = len(given)
        return Verdict(
            np.full((n, 2), 0.5), np.zeros((n, 2), dtype=int), np.tile([1.0, -1.0, 2.0], (n, 1))
        )

    options = {"classes": ("C", "N"), "k": 5, "on_error": "skip", "uncertain": None}
    records = [Record("like", decode(codes[0])), Record("unlike", "AU" * 200), Record("bad", "N")]
    got = list(predict_records(records, judge, domain=DomainOfUse.fit(codes[1:]), **options))
    assert [row.value for row in got] == [(1.0, -1.0, 2.0), (1.0, None, None), (None, None, None)]
    names = (("v", "low", "high"), ("measured_v", "sd", "lines"))
    assert got[0].row(("C", "N"), names)["low"] == -1.0
    assert got[2].row(("C", "N"), names)["measured_v"] is None


def test_a_value_that_is_not_finite_is_no_answer() -> None:
    def judge(given: list[np.ndarray]) -> Verdict:
        return Verdict(np.array([[0.5, 0.5]]), np.array([[0]]), np.array([[1.0, -np.inf, 2.0]]))

    options = {"classes": ("C", "N"), "k": 5, "on_error": "skip", "uncertain": None}
    (row,) = predict_records([Record("a", GOOD)], judge, **options)
    assert row.status == "not_predicted: the model's answer is not a finite number"


def test_other_species_are_told() -> None:
    records = [Record("ENSMUST00000180479.1", GOOD), Record("ENST00000456328.2", GOOD)]
    mouse, human = rows(records, species="Homo sapiens")
    assert mouse.warnings == ("of Mus musculus: the model was taught Homo sapiens",)
    assert human.warnings == ()
    assert rows(records)[0].warnings == ()
