"""Attention of each member, against what its readout weighed."""

import numpy as np
import pytest
import torch

from graphkit.errors import InputError
from graphkit.methods import (
    LncLoc,
    LncLocParams,
    SequenceClassifier,
    SequenceMethod,
    SGCLLncLoc,
    SGCLLncLocParams,
)
from graphkit.methods.ensemble import Ensemble
from graphkit.methods.explaining_attention import member_attention, need_attention
from graphkit.nn import edge_weights, propagate
from graphkit.sequences import encode

CODES = encode("ACGGUACGUUAGCCAUGCAAGGCUUACGUAGCC" * 4)


def classifier(method, params):
    members = []
    for seed in range(2):
        torch.manual_seed(seed)
        members.append(method(("a", "b"), params).eval())
    return wrapped(method, params, members)


def wrapped(method, params, members):
    ensemble = Ensemble(method=method, params=params, classes=("a", "b"), members=members)
    return SequenceClassifier.of(ensemble)


def test_lncloc_shows_the_mean_of_its_heads_over_the_whole():
    model = classifier(LncLoc, LncLocParams())
    found = member_attention(model, CODES)
    data = model.method.inputs([CODES], model.params)
    count = data.nodes[0, :64]
    for member, weights in zip(model.members_, found, strict=True):
        gcn = member.whole
        with torch.no_grad():
            level = torch.log((count + 1) * 64 / (count.sum() + 64))
            vector = gcn.free + gcn.shared(gcn.letters) + level[:, None] * gcn.abundance
            nodes = propagate(gcn.conv(vector), edge_weights(data.edges[:, :256])).relu()[0]
            heads = gcn.gate(nodes).clamp(-8, 8).exp() * count[:, None]
        expected = (heads / heads.sum(dim=0)).mean(dim=1)
        np.testing.assert_allclose(weights[:64], expected.numpy(), atol=1e-6)
        assert (weights[64:] == 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    assert not any(module._forward_hooks for m in model.members_ for module in m.modules())


def test_no_hook_is_left_when_a_member_fails(monkeypatch):
    model = classifier(LncLoc, LncLocParams())

    def fail(*_, **__):
        raise RuntimeError("no")

    monkeypatch.setattr(LncLoc, "logits", fail)
    model.members_[0].train()
    with pytest.raises(RuntimeError, match="no"):
        member_attention(model, CODES)
    assert not any(module._forward_hooks for m in model.members_ for module in m.modules())
    assert model.members_[0].training


@pytest.mark.parametrize("conv", ["gcn", "gat"])
def test_sgcl_lncloc_shows_its_one_attention(conv):
    params = SGCLLncLocParams(k=3, embedding_dim=4, hidden=4, conv=conv)
    model = classifier(SGCLLncLoc, params)
    found = member_attention(model, CODES)
    data = model.method.inputs([CODES], params)[[0]]
    with torch.no_grad():
        expected = model.members_[1].encode(data).node_weights.flatten()
    np.testing.assert_allclose(found[1], expected.numpy())


def test_methods_without_attention_are_refused():
    params = SGCLLncLocParams(k=3, embedding_dim=4, hidden=4, readout="mean")
    with pytest.raises(InputError, match="'mean' has no attention"):
        need_attention(classifier(SGCLLncLoc, params))

    class Other(SequenceMethod):
        """A method of one's own."""

    model = wrapped(SGCLLncLoc, params, [Other(("a", "b"))])
    with pytest.raises(InputError, match="Other shows no attention"):
        need_attention(model)
