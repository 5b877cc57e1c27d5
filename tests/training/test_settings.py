"""Settings refuse what cannot work, and the learning rate follows its formula."""

from __future__ import annotations

import math

import pytest

from graphkit.errors import InputError
from graphkit.training import TrainSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("batch_size", 0),
        ("lr", 0.0),
        ("lr", math.nan),
        ("lr", math.inf),
        ("warmup_epochs", -1),
        ("decay", -0.1),
        ("decay", math.nan),
        ("weight_decay", -1.0),
        ("patience", 0),
        ("threads", 0),
        ("monitor", "accuracy"),
        ("precision", "8"),
    ],
)
def test_a_value_out_of_range_is_named(name, value):
    with pytest.raises(InputError, match=name) as caught:
        TrainSettings(**{name: value})
    assert caught.value.slot == f"settings.{name}"
    assert caught.value.remedy


def test_the_learning_rate_is_the_published_schedule():
    settings = TrainSettings(lr=5e-4, warmup_epochs=150, decay=0.005)
    for epoch in (0, 1, 149, 150, 151, 700):
        rise = min(1, (epoch + 1) / 150)
        fall = math.exp(-0.005 * max(0, epoch - 150))
        assert settings.lr_at(epoch) == pytest.approx(5e-4 * rise * fall, rel=1e-12)


def test_without_warm_up_the_learning_rate_is_whole_from_the_start():
    assert TrainSettings(lr=0.1).lr_at(0) == 0.1
    assert TrainSettings(lr=0.1).lr_at(1000) == 0.1
