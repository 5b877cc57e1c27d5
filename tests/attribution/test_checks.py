"""The table of what was measured, against values worked out by hand."""

import numpy as np
import pytest

from graphkit.attribution.checks import Measured, summarise
from graphkit.attribution.curves import Curve


def measured(gap=0.001, rho=0.6, moved=1.0, **more):
    curve = Curve((0.01, 0.1, 0.5), np.array([0.0, moved, 2.0]), np.full(3, 0.25))
    values = {
        "length": 100,
        "gap": gap,
        "fine_gap": None,
        "lost": 1e-9,
        "with_mutagenesis": {"gradients": rho, "random": 0.05, "mutagenesis": 1.0},
        "within": (0.7, 0.65, 0.5),
        "positive": {"gradients": 0.47, "random": 0.5, "mutagenesis": 0.43},
        "from_reference": 0.1,
        "deleted": {"gradients": curve, "random": curve},
        "inserted": {"gradients": curve},
        "randomised": (0.05, -0.07),
        "chance": (0.1,),
        "members": 0.5,
        "infidelity": 0.2,
        "sensitivity": 0.03,
    }
    return Measured(**{**values, **more})


def only(checks, test, part, track="gradients"):
    found = [c for c in checks if c.test == test and part in c.statistic and c.track == track]
    assert len(found) == 1
    return found[0]


def test_all_bars_are_passed():
    checks = summarise([measured() for _ in range(10)])
    judged = [check for check in checks if check.passed is not None]
    assert len(judged) == 7
    assert all(check.passed for check in judged)
    assert only(checks, "deletion", "times").value == pytest.approx(4.0)
    assert only(checks, "randomisation", "signed").value == pytest.approx(-0.01)
    assert only(checks, "randomisation", "between two").value == pytest.approx(0.1)


def test_a_single_member_agrees_with_nobody():
    checks = summarise([measured(members=float("nan"))])
    assert np.isnan(only(checks, "members", "median").value)


@pytest.mark.parametrize(
    ("bad", "test", "part"),
    [
        ({"gap": 0.02}, "completeness", "95 % quantile of the error"),
        ({"lost": 1e-3}, "projection", "loss"),
        ({"rho": 0.3}, "agreement with mutagenesis", "share"),
        ({"within": (0.7, 0.5, 0.5)}, "agreement with mutagenesis", "within windows"),
        (
            {"positive": {"gradients": 0.3, "mutagenesis": 0.4}},
            "signs where predicted neutral",
            "far from mutagenesis",
        ),
        ({"moved": 0.4}, "deletion", "times"),
        ({"randomised": (0.5, -0.5)}, "randomisation", "size of Spearman with"),
    ],
)
def test_each_bar_can_be_failed(bad, test, part):
    checks = summarise([measured(**bad) for _ in range(10)])
    assert [c.test for c in checks if c.passed is False] == [test]
    assert only(checks, test, part).passed is False


def test_a_track_above_gradients_counts_against_them():
    views = {"gradients": 0.6, "attention": 0.7, "random": 0.0, "mutagenesis": 1.0}
    checks = summarise([measured(with_mutagenesis=views) for _ in range(4)])
    assert only(checks, "agreement with mutagenesis", "share").value == 0


def test_signs_are_judged_where_the_prediction_is_neutral():
    far = measured(from_reference=-4.0, positive={"gradients": 0.1, "mutagenesis": 0.4})
    checks = summarise([measured(), far])
    row = only(checks, "signs where predicted neutral", "far from mutagenesis")
    assert (row.n, row.value, row.passed) == (1, pytest.approx(0.04), True)
    assert not [c for c in summarise([far]) if c.test.startswith("signs")]


def test_permuted_models_among_themselves_are_the_bar_of_randomisation():
    row = only(summarise([measured()]), "randomisation", "size of Spearman with")
    assert (row.bar, row.passed) == ("<= 0.1", True)
    checks = summarise([measured(randomised=(0.3, -0.3), chance=(0.32, -0.32))])
    row = only(checks, "randomisation", "size of Spearman with")
    assert (row.bar, row.passed) == ("<= 0.32", True)
    checks = summarise([measured(randomised=(0.2,), chance=())])
    assert only(checks, "randomisation", "size of Spearman with").passed is False


def test_many_steps_have_a_bar_of_their_own():
    checks = summarise([measured(fine_gap=0.0005), measured(fine_gap=0.01), measured()])
    row = only(checks, "completeness", "many steps")
    assert (row.n, row.passed) == (2, False)
