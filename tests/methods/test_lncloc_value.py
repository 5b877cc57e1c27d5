"""LncLocValue: one measured quantity, its scale, cell lines."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from graphkit.builders import edge_weights
from graphkit.errors import InputError
from graphkit.methods import LncLocValue, LncLocValueParams
from graphkit.sequences import encode
from graphkit.training import fit

CLASSES = ("Cytoplasm", "Nucleus")
PARAMS = LncLocValueParams(
    lines=("A549", "K562"), five_prime=(20,), three_prime=(15,), width=8, width_ends=8
)
CODES = [encode("ACGUACGGUCAGGACUUACGAGCA" * 9), encode("GGCAUUAC" * 30), encode("AU" * 60)]
INF, NAN = np.inf, np.nan
# Measured twice, measured once, and a nuclear one whose value is not known.
TARGETS = np.array(
    [
        [1.0, 1.0, 0.5, 0.4, -0.4],
        [-3.0, -3.0, 1.0, NAN, NAN],
        [-INF, -1.0, 0.0, NAN, NAN],
    ]
)
KNOWN = {"y": TARGETS, "seed": 0}


def network():
    return LncLocValue.fresh(CLASSES, PARAMS, CODES, **KNOWN).eval()


def batch(rows=(0, 1, 2)):
    return LncLocValue.inputs(CODES, PARAMS, y=TARGETS)[list(rows)]


def test_every_input_of_the_value_can_be_given():
    method, data = network(), LncLocValue.inputs(CODES[:1], PARAMS)
    parts = data.edges.split([256, 64, 64], dim=1)
    given = {
        "edge_weight": torch.cat([edge_weights(part) for part in parts], dim=1),
        "node_count": data.nodes,
        "side": data.side,
    }
    plain = method.value(data)
    for name, value in given.items():
        torch.testing.assert_close(method.value(data, **{name: value}), plain)
        varied = value.clone().requires_grad_()
        method.value(data, **{name: varied}).sum().backward()
        assert varied.grad.isfinite().all(), name
        assert varied.grad.abs().sum() > 0, name


def test_the_first_class_is_spoken_for_by_the_value():
    method, data = network(), batch()
    location, scale = method.answer(data)[:, :2].unbind(dim=1)
    assert (scale > 0).all()
    logits = method.logits(data)
    assert not logits[:, 1].any()
    torch.testing.assert_close(logits[:, 0], location)
    torch.testing.assert_close(method.value(data), location)


def test_cuts_lie_over_the_measured_values():
    method = network()
    low, high = np.quantile([1.0, -3.0], [0.05, 0.95])
    assert method.cuts[[0, -1]].tolist() == pytest.approx([low, high])
    assert method.centre.item() == pytest.approx(-1.0)
    assert method.spread.item() == pytest.approx(2.0)


def test_loss_equals_an_obvious_loop():
    method, data = network(), batch()
    location, scale = method.answer(data)[:, :2].T.tolist()
    losses = []
    for row, (lower, upper, variance, *_) in enumerate(TARGETS):
        if lower == upper:
            noise = np.sqrt(variance + (0.1 * method.spread.item()) ** 2)
            asked = [
                (cut, torch.special.ndtr(torch.tensor((cut - lower) / noise)).item())
                for cut in method.cuts.tolist()
            ]
        else:
            asked = [(upper, 1.0)]
        terms = []
        for cut, below in asked:
            p = 1 / (1 + np.exp(-(cut - location[row]) / scale[row]))
            wanted = below * 0.95 + 0.025
            terms.append(-wanted * np.log(p) - (1 - wanted) * np.log(1 - p))
        losses.append(np.mean(terms))
    assert method.step(data)["ordinal"].item() == pytest.approx(np.mean(losses), rel=1e-4)


@pytest.mark.parametrize(("bounds", "sign"), [((-INF, -1.0), 1), ((-1.0, INF), -1)])
def test_a_class_moves_the_value_to_its_side(bounds, sign):
    method, data = network(), batch([0])
    y = torch.tensor([[*bounds, 0.0, NAN, NAN]])
    loss = method.step(replace(data, y=y.float()))["ordinal"]
    loss.backward()
    # Lower values for the class that lies lower: a positive slope of the loss over location.
    assert np.sign(method.head.bias.grad[0].item()) == sign
    assert all(p.grad is None or p.grad.isfinite().all() for p in method.parameters())


def test_noise_makes_a_far_value_count_for_less():
    method, data = network(), batch([0])

    def slope(variance):
        method.zero_grad()
        y = torch.tensor([[9.0, 9.0, variance, NAN, NAN]])
        method.step(replace(data, y=y))["ordinal"].backward()
        return abs(method.head.bias.grad[0].item())

    assert slope(100.0) < slope(0.1)


def test_lines_learn_from_what_is_known_and_leave_the_rest_alone():
    method = network()
    terms = method.step(batch())
    assert set(terms) == {"ordinal", "lines"}
    found = method.answer(batch([0]))[0, 2:]
    expected = ((found - torch.tensor([0.4, -0.4])) ** 2).mean()
    torch.testing.assert_close(terms["lines"], expected)
    terms["lines"].backward()
    assert method.lines.weight.grad.abs().sum() > 0
    assert all(p.grad is None for p in method.whole.parameters())
    assert method.step(batch([1]))["lines"].item() == 0


def test_without_lines_there_is_one_number():
    params = replace(PARAMS, lines=())
    method = LncLocValue.fresh(CLASSES, params, CODES, y=TARGETS[:, :3], seed=0)
    data = LncLocValue.inputs(CODES, params, y=TARGETS[:, :3])
    assert set(method.step(data)) == {"ordinal"}
    assert method.eval().answer(data).shape == (3, 2)


def test_values_that_cannot_be_learned_are_refused():
    for y in (TARGETS[2:].repeat(3, axis=0), TARGETS[[0, 0, 0]]):
        with pytest.raises(InputError, match="no two measured values"):
            LncLocValue.fresh(CLASSES, PARAMS, CODES, y=y, seed=0)


def test_a_planted_ratio_is_learned_by_the_trainer():
    generator = np.random.default_rng(0)
    gc = generator.uniform(0.3, 0.7, 240)
    codes = [
        generator.choice(4, 300, p=[(1 - g) / 2, g / 2, g / 2, (1 - g) / 2]).astype(np.uint8)
        for g in gc
    ]
    value = 10 * (gc - 0.5)
    y = np.column_stack([value, value, np.full(240, 0.1), 1 + 0 * value, 0 * value - 1])
    # A third is known by class alone.
    y[::3, 0] = np.where(value[::3] < 0, -INF, 0)
    y[::3, 1] = np.where(value[::3] < 0, 0, INF)
    y[::3, 3:] = NAN
    method = LncLocValue.fresh(CLASSES, PARAMS, codes, y=y, seed=0)
    data = LncLocValue.training_inputs(codes, PARAMS, y=y, seed=0)
    fit(method, data, settings=replace(method.recipe, epochs=8, batch_size=16, threads=1))
    with torch.no_grad():
        found = method.value(LncLocValue.inputs(codes, PARAMS)).numpy()
        lines = method.answer(LncLocValue.inputs(codes, PARAMS))[:, 2:].mean(dim=0)
    assert np.corrcoef(found, value)[0, 1] > 0.9
    assert lines[0] > 0.3
    assert lines[1] < -0.3


@pytest.mark.parametrize("name", ["cuts", "width"])
def test_params_out_of_range_are_refused(name):
    with pytest.raises(InputError, match=name):
        LncLocValueParams(**{name: 1})


def test_params_survive_json():
    assert LncLocValueParams(lines=["K562"]).lines == ("K562",)
