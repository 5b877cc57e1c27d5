"""Deletion and insertion on a model whose important positions are known."""

import numpy as np
import pytest

from graphkit.attribution.curves import Curve, deletion, insertion
from graphkit.sequences import encode


@pytest.fixture
def aaa(toys):
    """A model that counts AAA, and a sequence in which a tenth is a run of As."""
    model = toys.linear()
    for parameter in model.members[0].parameters():
        parameter.data.zero_()
    model.members[0].node.data[0] = 1.0
    codes = encode("CGCGUCGCGU" * 5 + "A" * 10 + "CGCGUCGCGU" * 4)
    truth = np.zeros(100)
    truth[50:60] = 1
    return model, codes, truth


def test_knocking_out_what_counts_moves_the_log_odds(aaa):
    model, codes, truth = aaa
    generator = np.random.default_rng(0)
    right = deletion(model, codes, truth, generator=generator)
    moved, random = right.at(0.1)
    assert moved == pytest.approx(8)  # all eight AAA are gone
    assert moved > 2 * random
    # Once the As are gone there is little left to lose.
    assert right.moved[-1] == pytest.approx(8, abs=1)
    wrong = deletion(model, codes, -truth, generator=generator)
    assert wrong.at(0.1)[0] < 1
    assert right.area > wrong.area


def test_putting_back_what_counts_moves_the_log_odds(aaa):
    model, codes, truth = aaa
    found = insertion(model, codes, truth, generator=np.random.default_rng(0))
    moved, random = found.at(0.1)
    assert moved > random
    wrong = insertion(model, codes, -truth, generator=np.random.default_rng(0))
    assert found.area > wrong.area


def test_positions_without_a_score_are_left_alone(aaa):
    model, codes, truth = aaa
    truth[50:60] = np.nan
    found = deletion(
        model, codes, truth, shares=(0.5, 1.0), generator=np.random.default_rng(0), random_draws=2
    )
    assert found.moved[1] <= 0.0 + 1e-6  # substitutions may make an AAA, the As remain


def test_areas_are_mean_heights():
    curve = Curve((0.0, 0.5, 1.0), np.array([0.0, 1.0, 0.0]), np.array([2.0, 2.0, 2.0]))
    assert (curve.area, curve.random_area) == (0.5, 2.0)
    assert curve.at(0.5) == (1.0, 2.0)
