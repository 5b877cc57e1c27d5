import json

import numpy as np
import pytest

from graphkit.reports.scorecard.scorecard import Scorecard, enough_for_a_table, make_table


@pytest.fixture
def table():
    generator = np.random.default_rng(0)
    labels = np.arange(60) % 2
    p = np.clip(0.25 + 0.5 * labels + generator.normal(0, 0.2, 60), 0, 1)
    coin = generator.random(60)
    probabilities = {
        name: np.stack([1 - q, q], axis=1) for name, q in (("ours", p), ("<coin>", coin))
    }
    return make_table(
        "all",
        "All records",
        labels=labels,
        probabilities=probabilities,
        lengths=generator.integers(100, 900, 60),
        ranks=frozenset(["<coin>"]),
        recalibrated=0.1,
    )


@pytest.fixture
def card(table):
    counts = {"Cytoplasm": 30, "Nucleus": 30}
    return Scorecard("evaluate", "x.fa", "m", counts, (table,), {"seed": 0}, notes=("A note.",))


def test_numbers_for_programs(card):
    found = json.loads(json.dumps(card.as_dict(), allow_nan=False))
    ours, coin = found["tables"]["all"]["rows"]
    assert found["records"] == 60
    assert ours["name"] == "ours"
    assert ours["auroc"]["lower"] < ours["auroc"]["estimate"] < ours["auroc"]["upper"]
    assert ours["model_minus_this"] is None
    assert coin["model_minus_this"]["lower"] > 0
    assert 0 < ours["brier"] < 0.25
    # The order of ranks means something, their size does not.
    assert coin["brier"] is coin["ece"] is coin["accuracy"] is None
    assert coin["auprc"] > 0
    assert sum(part["n"] for part in ours["auroc_by_length"]) == 60
    assert sum(part["n"] for part in found["tables"]["all"]["reliability"]) == 60


def test_what_has_no_number_is_null(card, table):
    empty = [part for part in table.as_dict()["reliability"] if not part["n"]]
    assert empty
    assert all(part["accuracy"] is None for part in empty)


def test_a_caution_stands_beside_the_conclusion(card, table):
    assert card.conclusion == table.conclusion
    careful = Scorecard("evaluate", "x", "m", {"A": 1}, (table,), {}, caution="But.")
    assert careful.conclusion == f"{table.conclusion} But."


def test_the_last_table_decides(card, table):
    other = make_table(
        "unseen",
        "Unseen",
        labels=[0, 1] * 10,
        probabilities={"ours": [[0.5, 0.5]] * 20, "length": [[0.4, 0.6]] * 20},
        lengths=range(20),
        where="the unseen records",
    )
    both = Scorecard("evaluate", "x", "m", {"A": 1}, (table, other), {})
    assert "coin toss on the unseen records" in both.conclusion


@pytest.mark.parametrize(
    ("labels", "enough"), [([0, 1] * 5, True), ([0, 1] * 4, False), ([1] * 20, False)]
)
def test_enough_for_a_table(labels, enough):
    assert enough_for_a_table(labels) is enough
