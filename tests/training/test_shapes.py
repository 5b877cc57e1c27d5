"""Weights of another model are refused by name and shape."""

from __future__ import annotations

import pytest
import torch

from graphkit.errors import InputError
from graphkit.training import check_shapes


def test_shapes_that_fit_pass():
    check_shapes({"a": (2, 3), "s": ()}, {"a": torch.ones(2, 3), "s": torch.ones(())}, file="m")


@pytest.mark.parametrize(
    ("expected", "match"),
    [
        ({"a": (2, 3), "b": (1,)}, "b is missing"),
        ({}, "a is unknown"),
        ({"a": (3, 2)}, "a is 2 x 3, not 3 x 2"),
        ({"a": ()}, "a is 2 x 3, not a scalar"),
        ({str(i): (1,) for i in range(10)}, "and 8 more"),
    ],
)
def test_shapes_that_do_not_fit_are_named(expected, match):
    with pytest.raises(InputError, match=match) as caught:
        check_shapes(expected, {"a": torch.ones(2, 3)}, file="m")
    assert caught.value.file == "m"


def test_a_long_name_is_cut():
    with pytest.raises(InputError) as caught:
        check_shapes({}, {"x" * 10_000: torch.ones(1)}, file="m")
    assert len(str(caught.value)) < 300
