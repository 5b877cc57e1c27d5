"""Ensembles: averaging, votes, subsets."""

import numpy as np
import pytest
import torch

from graphkit.builders import Spectrum
from graphkit.methods import SGCLLncLoc, SGCLLncLocParams
from graphkit.methods.ensemble import Subset, combine, make_inputs, member_outputs
from graphkit.sequences import encode

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


def test_subset_of_subset_rows() -> None:
    data = make_inputs(CODES, k=2, fixed=True, y=[0, 1, 2])
    part = Subset(data, np.array([2, 0]))
    assert len(part) == 2
    assert part[[1, 0]].y.tolist() == [0, 2]


def test_fixed_and_general_inputs_give_the_same_outputs() -> None:
    torch.manual_seed(0)
    members = [
        SGCLLncLoc(("A", "B"), SGCLLncLocParams(k=2, embedding_dim=4, hidden=4)).eval()
        for _ in range(2)
    ]
    with torch.no_grad():
        for member in members:
            member.embedding.normal_()
    fast = make_inputs(CODES, k=2, fixed=True)
    assert isinstance(fast, Spectrum)
    general = make_inputs(CODES, k=2, fixed=False, y=[0, 1, 0])
    assert general[[1]].y.tolist() == [1]
    outputs = [member_outputs(members, data, SGCLLncLoc.logits) for data in (fast, general)]
    assert outputs[0].shape == (3, 2, 2)
    torch.testing.assert_close(*outputs, atol=1e-5, rtol=0)
