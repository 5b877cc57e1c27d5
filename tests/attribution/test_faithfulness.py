"""One call, one table."""

import numpy as np
import pytest

from graphkit.attribution import FaithfulnessParams, faithfulness, recovery
from graphkit.errors import InputError
from graphkit.sequences import encode

SMALL = FaithfulnessParams(steps=8, fine_steps=16, fine=1, permutations=2, random_draws=3, draws=1)


def test_one_call_tests_everything(toys):
    model = toys.linear(0, 1)
    sequences = [encode(toys.TEXT), encode("ACGUNACGGUACCAUGCNNACGUUAGCAUCGA")]
    views = {"upside down": lambda model, codes: np.arange(len(codes), dtype=float)}
    checks = faithfulness(model, sequences, views=views, params=SMALL)
    by_test = {check.test for check in checks}
    assert by_test == {
        "completeness",
        "projection",
        "agreement with mutagenesis",
        "signs where predicted neutral",
        "deletion",
        "insertion",
        "randomisation",
        "members",
        "infidelity",
        "sensitivity",
    }
    assert {c.track for c in checks} == {"gradients", "random", "mutagenesis", "upside down"}
    passed = {
        c.test: c.passed for c in checks if c.bar and c.test in ("completeness", "projection")
    }
    assert passed == {"completeness": True, "projection": True}
    assert all(np.isfinite(c.value) for c in checks)


@pytest.mark.usefixtures("one_thread")
def test_same_seed_same_table(toys):
    model, sequences = toys.linear(0, 1), [encode(toys.TEXT)]
    first, second = (faithfulness(model, sequences, params=SMALL) for _ in range(2))
    assert first == second


def test_no_sequence_is_refused(toys):
    with pytest.raises(InputError, match="no sequences"):
        faithfulness(toys.linear(), [])


def test_recovery_is_the_auroc():
    generator = np.random.default_rng(0)
    scores, truth = generator.integers(0, 5, 50).astype(float), generator.random(50) < 0.4
    wins = [(a > b) + 0.5 * (a == b) for a in scores[truth] for b in scores[~truth]]
    assert recovery(scores, truth) == pytest.approx(np.mean(wins))
    assert np.isnan(recovery(scores, np.ones(50, dtype=bool)))
