"""Anything with the right methods is a method; nothing needs registering."""

from __future__ import annotations

import pytest
import torch

from graphkit.training import Method, fit


def test_a_module_with_step_and_logits_is_a_method(toy):
    assert isinstance(toy.Net(), Method)


@pytest.mark.parametrize("missing", ["step", "logits"])
def test_one_that_lacks_either_is_not(toy, missing):
    present = {"step", "logits"} - {missing}
    kind = type("Half", (torch.nn.Linear,), {name: getattr(toy.Net, name) for name in present})
    half = kind(2, 2)
    assert not isinstance(half, Method)
    with pytest.raises(TypeError, match=r"Half is not .* with step and logits"):
        fit(half, toy.Points(4, seed=0), settings=toy.SETTINGS)


def test_something_that_is_no_module_is_refused(toy):
    class Impostor:
        step = logits = parameters = state_dict = load_state_dict = train = to = None

    with pytest.raises(TypeError, match=r"Impostor is not a torch\.nn\.Module"):
        fit(Impostor(), toy.Points(4, seed=0), settings=toy.SETTINGS)
