"""What is explained, and that asking leaves no trace."""

import numpy as np
import pytest
import torch

from graphkit.attribution import LogOdds, integrated_gradients, log_odds, mutagenesis, untouched
from graphkit.builders import SequenceBuilder
from graphkit.sequences import encode


def test_two_classes_are_a_difference():
    logits = torch.randn(5, 2)
    torch.testing.assert_close(log_odds(logits, 0), logits[:, 0] - logits[:, 1])


def test_many_classes_are_the_logit_of_the_probability():
    logits = torch.randn(7, 4, dtype=torch.float64)
    for target in range(4):
        torch.testing.assert_close(
            log_odds(logits, target), logits.softmax(dim=1)[:, target].logit()
        )


def test_members_logits_are_averaged_before_odds_are_taken(toys):
    model = toys.lncloc(3, classes=3, target=2)
    codes = [toys.random_codes(80, seed) for seed in range(3)]
    data = model.builder.inputs(codes)
    with torch.no_grad():
        mean = torch.stack([member.logits(data) for member in model.members]).mean(dim=0)
    expected = mean.double().softmax(dim=1)[:, 2].logit().numpy()
    np.testing.assert_allclose(model(codes), expected, rtol=1e-5)


def test_no_sequences_have_no_log_odds(toys):
    assert model_of_nothing(toys).shape == (0,)


def model_of_nothing(toys):
    return toys.linear()([])


def test_many_sequences_go_through_in_batches(toys):
    model = toys.linear()
    codes = [toys.random_codes(20, seed) for seed in range(130)]
    found = model(codes)
    assert found.shape == (130,)
    np.testing.assert_allclose(found[[0, 129]], model([codes[0], codes[129]]), rtol=1e-6)


def state_of(members):
    return [
        (
            [module.training for module in member.modules()],
            [(p.requires_grad, p.grad is None) for p in member.parameters()],
            [(len(m._forward_hooks), len(m._backward_hooks)) for m in member.modules()],
            [p.device for p in member.parameters()],
            [p.detach().clone() for p in member.parameters()],
        )
        for member in members
    ]


def prepared(model):
    """Put members into states of all kinds."""
    first, second = model.members
    first.train()
    next(second.parameters()).requires_grad_(False)
    for parameter in first.parameters():
        parameter.grad = torch.ones_like(parameter)
    return model


@pytest.mark.parametrize("ask", [integrated_gradients, mutagenesis, lambda m, c: m([c])])
def test_members_are_left_as_they_were(toys, ask):
    model = prepared(toys.lncloc(2))
    before = state_of(model.members)
    ask(model, encode(toys.TEXT))
    assert str(state_of(model.members)) == str(before)
    assert all((p.grad == 1).all() for p in model.members[0].parameters())


@pytest.mark.parametrize("ask", [integrated_gradients, mutagenesis, lambda m, c: m([c])])
def test_members_are_left_as_they_were_when_they_fail(toys, ask):
    model = prepared(toys.linear(0, 1, kind=toys.Raising))
    before = state_of(model.members)
    with pytest.raises(RuntimeError, match="no"):
        ask(model, encode(toys.TEXT))
    assert str(state_of(model.members)) == str(before)
    assert all((p.grad == 1).all() for p in model.members[0].parameters())


def test_inside_all_are_in_evaluation(toys):
    members = toys.lncloc(2).members
    members[0].train()
    with untouched(members):
        assert not any(module.training for m in members for module in m.modules())
        assert not any(p.requires_grad for m in members for p in m.parameters())
    assert members[0].training
    assert not members[1].training


def test_works_where_gradients_are_switched_off(toys):
    model, codes = toys.lncloc(1), encode(toys.TEXT)
    expected = integrated_gradients(model, codes, steps=4).positions.values
    for switched_off in (torch.no_grad, torch.inference_mode):
        with switched_off():
            found = integrated_gradients(model, codes, steps=4).positions.values
        # Each way may take kernels of its own, which round in float32.
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_members_without_parameters_are_on_the_cpu():
    assert LogOdds([torch.nn.Identity()], SequenceBuilder(), 1).device == torch.device("cpu")
