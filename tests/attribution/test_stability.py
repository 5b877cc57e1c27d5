"""Permuted models, infidelity and sensitivity where their values are known."""

import numpy as np
import pytest
import torch

from graphkit.attribution import integrated_gradients
from graphkit.attribution.agreement import spearman
from graphkit.attribution.stability import infidelity, permuted, sensitivity_max
from graphkit.sequences import encode


def test_a_permuted_model_has_the_same_numbers_elsewhere(toys):
    model = toys.lncloc(2)
    before = [p.detach().clone() for m in model.members for p in m.parameters()]
    other = permuted(model, seed=3)
    for was, left, new in zip(
        before,
        (p for m in model.members for p in m.parameters()),
        (p for m in other.members for p in m.parameters()),
        strict=True,
    ):
        assert torch.equal(was, left)
        assert torch.equal(was.flatten().sort().values, new.detach().flatten().sort().values)
    assert any(
        not torch.equal(a, b)
        for a, b in zip(before, (p for m in other.members for p in m.parameters()), strict=True)
    )
    again = permuted(model, seed=3)
    assert torch.equal(next(again.members[0].parameters()), next(other.members[0].parameters()))


def test_maps_of_permuted_models_share_nothing(toys):
    # With 1,024 k-mers chance is small enough for the bar: two maps of few k-mers correlate.
    from graphkit.builders import Region

    model = toys.linear(regions=(Region(k=5),))
    found = []
    for seed in range(5):
        codes = toys.random_codes(800, seed)
        a, b = (
            integrated_gradients(one, codes, steps=2).positions.values
            for one in (model, permuted(model, seed=seed))
        )
        found.append(abs(spearman(a, b)))
    assert np.median(found) < 0.1


def test_a_linear_model_is_explained_without_infidelity(toys):
    model, codes = toys.linear(0, 1), encode(toys.TEXT)
    found = integrated_gradients(model, codes, steps=2)
    assert infidelity(model, codes, found) < 1e-8
    other = integrated_gradients(toys.linear(2), codes, steps=2)
    assert infidelity(model, codes, other) > 1e-3


def test_a_linear_model_changes_with_its_inputs_and_no_more(toys):
    model, codes = toys.linear(), encode(toys.TEXT)
    small, large = (sensitivity_max(model, codes, radius=r, steps=2) for r in (0.01, 0.1))
    assert 0 < small < 0.1
    assert large == pytest.approx(10 * small, rel=0.05)


def test_explanations_without_side_can_be_tested(toys):
    from dataclasses import replace

    model, codes = replace(toys.linear(), side_baseline=None), encode(toys.TEXT)
    found = integrated_gradients(model, codes, steps=2)
    assert infidelity(model, codes, found) < 1e-8
