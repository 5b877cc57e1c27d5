"""Recipes of the denoiser."""

import math

import pytest

from graphkit.errors import InputError
from graphkit.methods import DenoiserParams


@pytest.mark.parametrize("n", [2, 20, 64, 65, 262, 1549, 4634, 50_000])
def test_batches_are_alike_and_steps_enough(n):
    settings = DenoiserParams().training(n)
    batches = math.ceil(n / settings.batch_size)
    assert n - (batches - 1) * settings.batch_size > settings.batch_size / 2
    assert settings.batch_size <= 512
    assert settings.epochs * batches >= 300
    assert settings.lr_at(settings.epochs - 1) < 0.05 * settings.lr


@pytest.mark.parametrize(
    "wrong",
    [{"dim": 0}, {"members": 0}, {"dropout": 1.0}, {"input_dropout": float("nan")}, {"steps": 0}],
)
def test_out_of_range(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        DenoiserParams(**wrong)
