"""LncLoc: regions and classes."""

import numpy as np
import pytest
import torch

from graphkit.builders import edge_weights
from graphkit.errors import InputError
from graphkit.methods import LncLoc, LncLocParams
from graphkit.sequences import encode

CLASSES = ("Cytoplasm", "Nucleus")
PARAMS = LncLocParams(five_prime=(20,), three_prime=(15,), width=8, width_ends=8)
CODES = [encode("ACGUACGGUCAGGACUUACGAGCA" * 9), encode("GGCAUUAC" * 30), encode("AU" * 60)]
KNOWN = {"y": [0, 1, 1], "seed": 0}


def network() -> LncLoc:
    return LncLoc.fresh(CLASSES, PARAMS, CODES, **KNOWN).eval()


def test_logits_are_relative_to_the_first_class_and_know_its_share() -> None:
    method, data = network(), LncLoc.inputs(CODES, PARAMS)
    logits = method.logits(data)
    assert not logits[:, 0].any()
    expected = method.head(method.embed(data))[:, 0] + np.log(2)
    torch.testing.assert_close(logits[:, 1], expected)


def test_every_input_of_the_logit_can_be_given() -> None:
    method, data = network(), LncLoc.inputs(CODES[:1], PARAMS)
    parts = data.edges.split([256, 64, 64], dim=1)
    given = {
        "edge_weight": torch.cat([edge_weights(part) for part in parts], dim=1),
        "node_count": data.nodes,
        "side": data.side,
    }
    plain = method.logits(data)
    for name, value in given.items():
        torch.testing.assert_close(method.logits(data, **{name: value}), plain)
        varied = value.clone().requires_grad_()
        method.logits(data, **{name: varied})[0, 1].backward()
        assert varied.grad.isfinite().all(), name
        assert varied.grad.abs().sum() > 0, name


def test_nothing_else_moves_the_logit() -> None:
    method = network()
    # The same letters backwards: another sequence with the same totals.
    one, other = (LncLoc.inputs([codes], PARAMS) for codes in (CODES[0], CODES[0][::-1].copy()))
    assert not torch.allclose(method.logits(one), method.logits(other))
    weights = torch.cat([edge_weights(p) for p in one.edges.split([256, 64, 64], dim=1)], dim=1)
    mixed = method.logits(other, edge_weight=weights, node_count=one.nodes, side=one.side)
    torch.testing.assert_close(mixed, method.logits(one))


def test_loss_weighs_the_classes_evenly() -> None:
    method, y = network(), torch.tensor([0, 1, 1])
    batch = LncLoc.inputs(CODES, PARAMS, y=y.tolist())
    odds = method.head(method.embed(batch))[:, 0]
    smooth = PARAMS.smoothing / 2
    wanted = torch.where(y == 1, 1 - smooth, smooth)
    each = torch.nn.functional.binary_cross_entropy_with_logits(odds, wanted, reduction="none")
    expected = (each * torch.tensor([1.5, 0.75, 0.75])).mean()
    torch.testing.assert_close(method.step(batch)["cross_entropy"], expected)


def test_one_record_in_a_training_batch() -> None:
    method = network().train()
    batch = LncLoc.inputs(CODES[:1], PARAMS, y=[1])
    assert sum(method.step(batch).values()).isfinite()


def test_three_classes() -> None:
    method = LncLoc(("A", "B", "C"), PARAMS).eval()
    assert method.logits(LncLoc.inputs(CODES, PARAMS)).shape == (3, 3)


def test_training_inputs_vary_and_inputs_do_not() -> None:
    crops = LncLoc.training_inputs(CODES, PARAMS, **KNOWN)
    crops.set_epoch(0)
    first = crops[[0, 1, 2]]
    crops.set_epoch(1)
    assert not torch.equal(first.edges, crops[[0, 1, 2]].edges)
    assert torch.equal(LncLoc.inputs(CODES, PARAMS).edges, LncLoc.inputs(CODES, PARAMS).edges)


def test_same_seed_same_weights() -> None:
    one, other = network(), network()
    for name, tensor in one.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name
    assert np.isfinite(one.logits(LncLoc.inputs(CODES, PARAMS)).detach().numpy()).all()


def test_labels_are_needed() -> None:
    with pytest.raises(InputError, match="without labels"):
        network().step(LncLoc.inputs(CODES, PARAMS))


def test_encoders_can_be_given() -> None:
    whole, ends = LncLoc(CLASSES, PARAMS).whole, LncLoc(CLASSES, PARAMS).ends
    method = LncLoc(CLASSES, PARAMS, whole=whole, ends=ends)
    assert (method.whole, method.ends) == (whole, ends)
