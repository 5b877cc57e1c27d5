"""Members of a consensus: their own components, every amount of smoothing, and how K is chosen."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch
from scipy import sparse
from scipy.special import softmax

from graphkit.evaluation.clusters import agreement
from graphkit.methods.scrcl import ScRCLParams
from graphkit.nn import TwoViews
from graphkit.tasks.domains.features import SpotFeatures, smoothed
from graphkit.tasks.domains.members import Member, agreed_number, divide, train_member
from graphkit.tasks.localize.ensemble import member_seed

QUICK = ScRCLParams(epochs=1, width=8, dim=4, hops=(1, 3))


@pytest.fixture
def line():
    """Spots in a row: three domains, told apart by the first of ten components."""
    truth = np.repeat([0, 1, 2], 40)
    table = np.random.default_rng(0).normal(size=(120, 10))
    table[:, 0] += 6 * truth
    near = sparse.diags([1.0, 1.0], [-1, 1], shape=(120, 120), format="csr")
    features = SpotFeatures(
        table.astype(np.float32), np.eye(10, dtype=np.float32), np.zeros(120, dtype=np.int64)
    )
    return features, near, truth


def test_a_member_sees_its_own_components_smoothed_each_way(line):
    features, near, _ = line
    one, two = (train_member(features, (near, near), QUICK, seed=3, number=i) for i in (0, 1))
    assert (one.seed, two.seed) == (member_seed(3, 0), member_seed(3, 1))
    assert (one.trained_on, two.trained_on) == (0, 1)
    for member in (one, two):
        assert member.embedding.shape == (120, 8)
        assert [table.shape for table in member.smooth] == [(120, 8)] * 2
        # Each column is a smoothed column of the table; the first three are among them.
        for table, hops in zip(member.smooth, QUICK.hops, strict=True):
            whole = smoothed(features.table, near, hops)
            distance = np.abs(whole[:, :, None] - table[:, None, :]).max(axis=0)
            assert (distance.min(axis=0) < 1e-6).all()
            assert (distance.min(axis=1)[:3] < 1e-6).all()
    assert not np.allclose(one.smooth[0], two.smooth[0])


@pytest.mark.usefixtures("one_thread")
def test_the_same_seed_gives_the_same_member(line):
    features, near, _ = line
    one, two = (train_member(features, (near, near), QUICK, seed=2, number=1) for _ in range(2))
    assert np.array_equal(one.embedding, two.embedding)


def test_other_members_and_other_seeds_share_nothing(line):
    features, near, _ = line
    few = replace(QUICK, components_seen=0.5)
    found = [
        train_member(features, (near, near), few, seed=seed, number=number)
        for seed, number in ((0, 0), (0, 2), (1, 0), (2, 0), (1, 1))
    ]
    assert len({one.seed for one in found}) == len(found)
    weights = [one.views.second.weight for one in found]
    assert not any(torch.allclose(a, b, atol=1e-3) for a, b in combinations(weights, 2))
    assert len({tuple(one.columns) for one in found}) > 2


def test_without_a_residual_the_mixtures_know_nothing_of_the_network(line):
    features, near, truth = line
    member = train_member(features, (near, near), QUICK, seed=0, number=0)
    other = replace(member, embedding=np.random.default_rng(1).normal(size=(120, 8)))
    bare = replace(QUICK, residual=0.0)
    for (one, *_), (two, *_) in zip(divide(member, 3, bare), divide(other, 3, bare), strict=True):
        np.testing.assert_allclose(one, two)
        np.testing.assert_allclose(one.sum(axis=1), 1)
        assert agreement(one.argmax(axis=1).tolist(), truth.tolist())[0] > 0.8
    changed = zip(divide(member, 3, QUICK), divide(other, 3, QUICK), strict=True)
    assert any(not np.allclose(one.posterior, two.posterior) for one, two in changed)


def test_a_mixture_is_linear_in_what_it_sees(line):
    features, near, _ = line
    member = train_member(features, (near, near), QUICK, seed=0, number=0)
    for smooth, mixture in zip(member.smooth, divide(member, 3, QUICK), strict=True):
        logits = np.hstack([member.embedding, smooth]) @ mixture.weight + mixture.bias
        np.testing.assert_allclose(softmax(logits, axis=1), mixture.posterior, atol=1e-8)


def test_the_number_on_which_members_agree_is_found():
    generator = np.random.default_rng(0)
    truth = np.repeat([0.0, 10.0, 20.0, 30.0], 30)[:, None]

    def member(seed):
        smooth = truth + generator.normal(size=(120, 1))
        return Member(
            np.zeros((120, 2)), (smooth,), 0, seed, np.arange(1), TwoViews(1, width=2, dim=1)
        )

    number, curve = agreed_number([member(i) for i in range(3)], range(2, 8), QUICK)
    assert number == 4
    assert set(curve) == set(range(2, 8))
    assert curve[4] == pytest.approx(1.0)
    assert agreed_number([member(0)], [5], QUICK) == (5, {})
