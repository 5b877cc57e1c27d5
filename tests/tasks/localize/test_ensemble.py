"""Ensembles: averaging, votes, subsets."""

import numpy as np
import pytest
import torch

from graphkit.builders import DeBruijnBuilder
from graphkit.datasets import simulate_transcripts
from graphkit.methods import LncLoc, LncLocParams, SGCLLncLoc, SGCLLncLocParams
from graphkit.sequences import encode
from graphkit.tasks.localize.ensemble import combine, member_outputs

CODES = [encode("ACGUACGGUCAGGACUUACGAGCA"), encode("GGGGGGGGGGGGGGGGGGGGAC"), encode("AU" * 12)]


def test_logits_are_averaged_not_probabilities() -> None:
    logits = torch.tensor([[[0.0, 4.0], [0.0, -1.0]]])
    mean = combine(logits, "logits", 1.0).probabilities[0, 1]
    assert mean == pytest.approx(1 / (1 + np.exp(-1.5)))
    published = combine(logits, "probabilities", 1.0).probabilities[0, 1]
    assert published == pytest.approx((1 / (1 + np.exp(-4)) + 1 / (1 + np.exp(1))) / 2)


def test_temperature_divides() -> None:
    got = combine(torch.tensor([[[0.0, 4.0]]]), "logits", 2.0).probabilities[0, 1]
    assert got == pytest.approx(1 / (1 + np.exp(-2)))


def test_fixed_and_general_inputs_give_the_same_outputs() -> None:
    torch.manual_seed(0)
    members = [
        SGCLLncLoc(("A", "B"), SGCLLncLocParams(k=2, embedding_dim=4, hidden=4)).eval()
        for _ in range(2)
    ]
    with torch.no_grad():
        for member in members:
            member.embedding.normal_()
    fast = DeBruijnBuilder(2).spectrum(CODES)
    general = DeBruijnBuilder(2).inputs(CODES, y=[0, 1, 0])
    assert general[[1]].y.tolist() == [1]
    outputs = [member_outputs(members, data, SGCLLncLoc.logits) for data in (fast, general)]
    assert outputs[0].shape == (3, 2, 2)
    torch.testing.assert_close(*outputs, atol=1e-5, rtol=0)


METHODS = {
    "lncloc": (LncLoc, LncLocParams()),
    "graph convolution": (SGCLLncLoc, SGCLLncLocParams(k=4, hidden=32, features="one-hot")),
    "graph attention": (SGCLLncLoc, SGCLLncLocParams(k=2, hidden=8, conv="gat")),
}


@pytest.fixture(params=METHODS)
def outputs(request):
    """Logits of encoded sequences by two members of a method."""
    method, params = METHODS[request.param]
    torch.manual_seed(0)
    members = [method(("A", "B"), params).eval() for _ in range(2)]
    for member in members:
        for parameter in member.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
    return lambda codes: member_outputs(members, method.inputs(codes, params), method.logits)


@pytest.fixture(scope="module")
def codes():
    return [encode(s.record.sequence) for s in simulate_transcripts(seed=3)[:9]]


def test_a_row_depends_on_its_record_alone(outputs, codes, monkeypatch) -> None:
    """To 1e-12: six digits are shown, and company, place, batch and threads do not reach them."""
    alone = torch.cat([outputs([one]) for one in codes])
    assert alone.dtype == torch.float64
    assert alone.abs().amin(dim=(0, 1))[1] > 1e-3  # something to compare
    order = [4, 0, 8, 3, 3, 1, 7, 2, 6, 5]
    shuffled = outputs([codes[i] for i in order])
    torch.testing.assert_close(shuffled, alone[order], atol=1e-12, rtol=0)
    monkeypatch.setattr("graphkit.tasks.localize.ensemble._BATCH", 4)
    torch.testing.assert_close(outputs(codes), alone, atol=1e-12, rtol=0)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_row_does_not_depend_on_threads(outputs, codes, threads) -> None:
    expected = outputs(codes)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        torch.testing.assert_close(outputs(codes), expected, atol=1e-12, rtol=0)
        assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)


def test_members_keep_their_precision(codes) -> None:
    member = LncLoc(("A", "B")).eval()
    member_outputs([member], LncLoc.inputs(codes, LncLocParams()), LncLoc.embed)
    assert {parameter.dtype for parameter in member.parameters()} == {torch.float32}
