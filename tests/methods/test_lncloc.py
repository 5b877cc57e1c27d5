"""LncLoc: regions, experts, gate."""

import numpy as np
import pytest
import torch

from graphkit.builders import edge_weights
from graphkit.errors import InputError
from graphkit.methods import LncLoc, LncLocParams
from graphkit.sequences import encode

CLASSES = ("Cytoplasm", "Nucleus")
PARAMS = LncLocParams(sources=2, five_prime=(20,), three_prime=(15,), width=8, width_ends=8)
CODES = [encode("ACGUACGGUCAGGACUUACGAGCA" * 9), encode("GGCAUUAC" * 30), encode("AU" * 60)]
KNOWN = {"y": [0, 1, 1], "source": [0, 0, 1], "seed": 0}


def network() -> LncLoc:
    return LncLoc.fresh(CLASSES, PARAMS, CODES, **KNOWN).eval()


def test_logit_is_the_gated_sum_of_experts() -> None:
    method = network()
    data = LncLoc.inputs(CODES, PARAMS)
    hidden = method.embed(data)
    share = (method.gate(hidden) - method.prior.log()).softmax(dim=1)
    odds = method.experts(hidden)
    first = odds[:, 0] + method.odds[0, 0]
    second = PARAMS.sharpness * odds[:, 1] + method.odds[1, 0]
    expected = share[:, 0] * first + share[:, 1] * second
    logits = method.logits(data)
    assert not logits[:, 0].any()
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


def test_each_record_trains_its_own_expert() -> None:
    method = network()
    batch = LncLoc.inputs(CODES[:2], PARAMS, y=[0, 1], source=[0, 0])
    method.step(batch)["cross_entropy"].backward()
    gradient = method.experts.weight.grad
    assert gradient[0].abs().sum() > 0
    assert not gradient[1].any()


def test_terms() -> None:
    method = network()
    batch = LncLoc.inputs(CODES, PARAMS, y=KNOWN["y"], source=KNOWN["source"])
    assert set(method.step(batch)) == {"cross_entropy", "gate"}
    single = LncLoc.fresh(
        CLASSES, LncLocParams(), CODES, y=[0, 1, 1], source=[0, 0, 0], seed=0
    ).eval()
    alone = LncLoc.inputs(CODES, LncLocParams(), y=[0, 1, 1])
    assert set(single.step(alone)) == {"cross_entropy"}


def test_classes_weigh_the_same_within_a_source() -> None:
    method = LncLoc.fresh(
        CLASSES, PARAMS, [], y=[0, 0, 0, 1, 0, 1], source=[0, 0, 0, 0, 1, 1], seed=0
    )
    torch.testing.assert_close(method.weight[0], torch.tensor([4 / 6, 2.0]))
    torch.testing.assert_close(method.weight[1], torch.full((2,), PARAMS.source_weight))
    torch.testing.assert_close(method.prior, torch.tensor([4 / 6, 2 / 6]))
    torch.testing.assert_close(method.odds[:, 0], torch.tensor([1 / 3, 1.0]).log())


def test_one_record_in_a_training_batch() -> None:
    method = network().train()
    batch = LncLoc.inputs(CODES[:1], PARAMS, y=[1], source=[1])
    assert sum(method.step(batch).values()).isfinite()


def test_three_classes_and_probabilities() -> None:
    method = LncLoc(("A", "B", "C"), PARAMS).eval()
    probabilities = method.predict(LncLoc.inputs(CODES, PARAMS))
    torch.testing.assert_close(probabilities.sum(dim=1), torch.ones(3))


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


def test_every_source_needs_an_expert() -> None:
    with pytest.raises(InputError, match=r"sources \[0, 2\] with experts for 2"):
        LncLoc.fresh(CLASSES, PARAMS, CODES, y=[0, 1, 1], source=[0, 0, 2], seed=0)


def test_labels_are_needed() -> None:
    with pytest.raises(InputError, match="without labels"):
        network().step(LncLoc.inputs(CODES, PARAMS))


def test_encoders_can_be_given() -> None:
    whole, ends = LncLoc(CLASSES, PARAMS).whole, LncLoc(CLASSES, PARAMS).ends
    method = LncLoc(CLASSES, PARAMS, whole=whole, ends=ends)
    assert (method.whole, method.ends) == (whole, ends)
