"""Anything with the right methods is a method; nothing needs registering."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from graphkit.training import Method, fit


def half_of(toy, name):
    return type("Half", (torch.nn.Linear,), {name: getattr(toy.Net, name)})(2, 2)


def test_a_module_with_step_is_a_method(toy):
    assert isinstance(toy.Net(), Method)
    assert isinstance(half_of(toy, "step"), Method)


def test_one_without_a_step_is_not(toy):
    half = half_of(toy, "logits")
    assert not isinstance(half, Method)
    with pytest.raises(TypeError, match=r"Half is not .* with step"):
        fit(half, toy.Points(4, seed=0), settings=toy.SETTINGS)


class Centre(torch.nn.Module):
    """Learns where the points are; it has no classes and no logits."""

    def __init__(self):
        super().__init__()
        self.centre = torch.nn.Parameter(torch.zeros(4))

    def step(self, batch):
        return {"distance": (batch.x - self.centre).square().mean()}


def test_logits_are_needed_where_there_is_something_to_validate(toy):
    data = toy.Points(8, seed=0), toy.Points(4, seed=1)
    with pytest.raises(TypeError, match="Centre has no logits to validate"):
        fit(Centre(), *data, settings=toy.SETTINGS)
    course = fit(Centre(), data[0], settings=toy.SETTINGS)
    assert len(course.epochs) == toy.SETTINGS.epochs


class Unlabelled:
    """A batch that knows how many it holds, and no labels."""

    def __init__(self, x):
        self.x = x

    def __len__(self):
        return len(self.x)

    def to(self, device):
        return Unlabelled(self.x.to(device))


def test_batches_need_no_labels(toy):
    class Cloud(toy.Points):
        def __getitem__(self, indices):
            return Unlabelled(self.x[indices])

    data = Cloud(10, seed=0)
    settings = replace(toy.SETTINGS, epochs=1, batch_size=8, lr=1e-12)
    course = fit(Centre(), data, settings=settings)
    # Batches of 8 and of 2 weigh as many examples as they hold.
    expected = float(data.x.square().mean())
    assert course.epochs[0]["train_loss"] == pytest.approx(expected, rel=1e-5)


def test_something_that_is_no_module_is_refused(toy):
    class Impostor:
        step = logits = parameters = state_dict = load_state_dict = train = to = None

    with pytest.raises(TypeError, match=r"Impostor is not a torch\.nn\.Module"):
        fit(Impostor(), toy.Points(4, seed=0), settings=toy.SETTINGS)
