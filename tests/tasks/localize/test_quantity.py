"""What answers of networks become: values, intervals, classes."""

import numpy as np
import pytest
import torch

from graphkit.errors import InputError
from graphkit.evaluation import PredictionInterval
from graphkit.sequences import LineEffects
from graphkit.tasks.localize.quantity import Quantity

QUANTITY = Quantity(
    name="log2_CN",
    threshold=-1.0,
    interval=PredictionInterval(1.0, 2.0),
    line_interval=PredictionInterval(3.0, 3.0),
    effects=LineEffects(("A549", "K562"), (-0.5, 0.5), 1.0, 2.0),
)
# Two records, two members: location, scale, and what each line adds beside its offset.
ANSWERS = torch.tensor(
    [
        [[1.0, 0.5, 0.0, 0.2], [3.0, 1.5, 0.0, 0.4]],
        [[-2.0, 1.0, 0.0, 0.0], [0.5, 1.0, 0.0, 0.0]],
    ]
)


def test_members_are_averaged_and_vote_by_their_own_value():
    verdict = QUANTITY.judge(ANSWERS, temperature=2.0)
    np.testing.assert_allclose(verdict.value, [[2.0, 1.0, 4.0], [-0.75, -1.75, 1.25]])
    lower = 1 / (1 + np.exp(np.array([1.5, 0.125])))
    np.testing.assert_allclose(verdict.probabilities, np.column_stack([1 - lower, lower]))
    assert verdict.votes.tolist() == [[0, 0], [1, 0]]


def test_a_line_has_its_own_value_and_wider_interval_and_keeps_the_threshold_of_all():
    verdict = QUANTITY.asked(line="K562").judge(ANSWERS, temperature=1.0)
    # Mean 2.0, the line's own 0.3, its offset 0.5; the offset is no reason for another class.
    np.testing.assert_allclose(verdict.value[0], [2.8, -0.2, 5.8])
    lower = 1 / (1 + np.exp(3.3))
    np.testing.assert_allclose(verdict.probabilities[0, 1], lower)


def test_a_line_is_known_however_it_is_written():
    assert QUANTITY.asked(line="k-562").line == "K562"


def test_the_threshold_moves_the_classes_and_not_the_value():
    before, after = (
        q.judge(ANSWERS, temperature=1.0) for q in (QUANTITY, QUANTITY.asked(threshold=2.0))
    )
    np.testing.assert_array_equal(before.value, after.value)
    assert after.probabilities[0, 1] == pytest.approx(0.5)
    assert after.votes.tolist() == [[1, 0], [1, 1]]


def test_what_cannot_be_asked_is_named():
    with pytest.raises(InputError, match=r"no cell line 'HEK'.*Choose of: A549, K562"):
        QUANTITY.asked(line="HEK")
    with pytest.raises(InputError, match="nan is no threshold"):
        QUANTITY.asked(threshold=float("nan"))


def test_columns_are_named_after_the_quantity():
    values, measured = QUANTITY.columns
    assert values == ("log2_CN", "CN_low", "CN_high")
    assert measured == ("measured_log2_CN", "measured_sd", "measured_lines")


def test_plain_values_and_back():
    assert Quantity.from_config(QUANTITY.config()) == QUANTITY
