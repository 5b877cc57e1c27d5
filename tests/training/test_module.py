"""What happens within an epoch: steps, schedule, scores, and when to give up."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from graphkit.errors import InputError
from graphkit.training import fit


@pytest.fixture
def settings(toy):
    return toy.SETTINGS


@pytest.fixture
def data(toy):
    return toy.Points(50, seed=0), toy.Points(20, seed=1)


def weights(net):
    return {name: value.clone() for name, value in net.state_dict().items()}


def test_history_holds_the_terms_and_scores_of_each_epoch(toy, settings, data):
    history = fit(toy.Net(), *data, settings=settings)
    assert [row["epoch"] for row in history.epochs] == list(range(settings.epochs))
    for row in history.epochs:
        assert row["lr"] == settings.lr_at(row["epoch"])
        assert row["train_loss"] == pytest.approx(row["train_entropy"] + row["train_size"])
        assert row["seconds"] > 0
        assert row["val_seconds"] > 0
    assert history.samples_per_second > 0


def test_terms_are_averaged_over_examples_not_batches(toy, settings):
    class Sizes(toy.Net):
        def step(self, batch):
            # 8 examples at 8 and 2 at 2: 6.8 per example, 5 per batch.
            return {"n": float(len(batch.y)) + 0 * super().step(batch)["entropy"]}

    history = fit(Sizes(), toy.Points(10, seed=0), settings=replace(settings, epochs=1))
    assert history.epochs[0]["train_n"] == pytest.approx(6.8)


def test_the_optimizer_follows_the_schedule(toy, settings):
    """The first step of Adam moves a weight by the learning rate, whatever its gradient."""
    net = toy.Net()
    before = weights(net)["layers.4.bias"]
    one_step = replace(settings, epochs=1, batch_size=10, warmup_epochs=4, lr=0.1)
    fit(net, toy.Points(10, seed=0), settings=one_step)
    moved = (net.layers[4].bias - before).abs()
    torch.testing.assert_close(moved, torch.full_like(moved, 0.025), rtol=1e-3, atol=0)


def test_optional_hooks_are_called_once_per_epoch(toy, settings, data):
    net = toy.Net()
    fit(net, *data, settings=settings)
    assert net.refreshed == data[0].epochs == list(range(settings.epochs))
    assert data[1].epochs == []


def test_frozen_parameters_stay(toy, settings, data):
    net = toy.Net()
    net.layers[0].weight.requires_grad_(False)
    before = weights(net)
    fit(net, *data, settings=replace(settings, weight_decay=0.1))
    assert torch.equal(net.layers[0].weight, before["layers.0.weight"])
    assert not torch.equal(net.layers[4].weight, before["layers.4.weight"])


def test_a_loss_that_is_not_finite_is_an_error_that_says_what_to_do(toy, settings, data):
    class Diverging(toy.Net):
        def step(self, batch):
            return {name: term * math.nan for name, term in super().step(batch).items()}

    net = Diverging()
    with pytest.raises(InputError, match=r"train_loss became nan in epoch 0.*Lower it") as caught:
        fit(net, *data, settings=settings)
    assert caught.value.slot == "settings.lr"
    assert not net.training


def test_one_class_in_validation_is_an_error_where_it_would_choose(toy, settings, data):
    train, validation = data
    validation.y.zero_()
    with pytest.raises(InputError, match="one class only") as caught:
        fit(toy.Net(), train, validation, settings=settings)
    assert "val_loss" in caught.value.remedy
    history = fit(toy.Net(), train, validation, settings=replace(settings, monitor="val_loss"))
    assert math.isnan(history.epochs[0]["val_auroc"])
