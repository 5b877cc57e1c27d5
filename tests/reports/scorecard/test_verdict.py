from types import SimpleNamespace

import pytest

from graphkit.evaluation import Interval
from graphkit.reports.scorecard.verdict import conclude

GOOD = Interval(0.8, 0.75, 0.85)


def row(name, auroc=GOOD, ahead=None):
    return SimpleNamespace(name=name, auroc=auroc, ahead=ahead)


@pytest.mark.parametrize(
    ("auroc", "lengths", "trees", "words"),
    [
        (
            Interval(0.53, 0.46, 0.6),
            Interval(0.1, 0.05, 0.15),
            Interval(-0.1, -0.2, -0.05),
            "not distinguishable from a coin toss on these records: AUROC 0.530 [0.460, 0.600].",
        ),
        (
            Interval(0.4, 0.3, 0.49),
            Interval(0, -1, 1),
            Interval(0, -1, 1),
            "does worse than a coin toss",
        ),
        (
            GOOD,
            Interval(-0.05, -0.2, 0.1),
            Interval(-0.04, -0.06, -0.02),
            "does worse than trees on these records: difference -0.040 [-0.060, -0.020].",
        ),
        (
            GOOD,
            Interval(0.01, -0.05, 0.07),
            Interval(0.005, 0.001, 0.1),
            "not distinguishable from length on these records: difference 0.010 [-0.050, 0.070].",
        ),
        (
            GOOD,
            Interval(0.2, 0.1, 0.3),
            Interval(0.05, 0.01, 0.1),
            "better than all 2 baselines on these records; the closest is trees: difference 0.050",
        ),
    ],
    ids=["coin", "worse than a coin", "worse", "level", "better"],
)
def test_the_worst_news_is_told(auroc, lengths, trees, words):
    rows = [row("m", auroc), row("length", ahead=lengths), row("trees", ahead=trees)]
    assert words in conclude(rows)


def test_one_baseline_is_not_all():
    rows = [row("m"), row("length", ahead=Interval(0.2, 0.1, 0.3))]
    assert "length, the only baseline, on unseen ones" in conclude(rows, where="unseen ones")


def test_an_interval_that_ends_at_zero_shows_nothing():
    rows = [row("m"), row("length", ahead=Interval(0.2, 0.0, 0.3))]
    assert "not distinguishable" in conclude(rows)
