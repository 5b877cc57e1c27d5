"""From a classifier to what an attribution explains."""

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError

from graphkit.attribution import mutagenesis
from graphkit.builders import DeBruijnBuilder, Region, RegionBuilder, edge_weights
from graphkit.errors import InputError
from graphkit.methods import LncLoc, LncLocParams, SequenceMethod, SGCLLncLoc, SGCLLncLocParams
from graphkit.nn import propagate
from graphkit.sequences import encode
from graphkit.tasks import SequenceClassifier
from graphkit.tasks.explain.explained_model import (
    log_odds_of,
    member_attention,
    need_explainable,
    side_of_training,
)
from graphkit.tasks.localize.ensemble import Ensemble

TEXT = "ACGGUACGUUAGCCAUGCAAGGCUUACGUAGCC" * 4


CLASSES = ("Cytoplasm", "Nucleus")


def classifier(method, params, members=2, temperature=1.0):
    networks = []
    for seed in range(members):
        torch.manual_seed(seed)
        networks.append(method(CLASSES, params).eval())
    return wrapped(method, params, networks, temperature=temperature)


def wrapped(method, params, members, temperature=1.0):
    return SequenceClassifier.of(
        Ensemble(
            method=method, params=params, classes=CLASSES, members=members, temperature=temperature
        )
    )


def test_log_odds_are_those_of_the_prediction():
    model = classifier(LncLoc, LncLocParams(), temperature=2.0)
    codes = encode(TEXT)
    odds = log_odds_of(model, "Nucleus")([codes])
    probability = model.ensemble_.judge([codes]).probabilities[0, 1]
    assert probability == pytest.approx(1 / (1 + np.exp(-odds[0] / 2.0)))
    np.testing.assert_allclose(log_odds_of(model, "Cytoplasm")([codes]), -odds)


def test_baseline_of_lncloc_is_the_mean_it_was_trained_with():
    model = classifier(LncLoc, LncLocParams())
    for number, member in enumerate(model.ensemble_.members):
        member.norm.running_mean.copy_(torch.arange(len(member.norm.running_mean)) + number)
    size = len(model.ensemble_.members[0].norm.running_mean)
    expected = torch.arange(size - 21, size) + 0.5
    assert torch.equal(side_of_training(model), expected)
    assert torch.equal(log_odds_of(model, "Nucleus").side_baseline, expected)
    given = torch.ones(21)
    assert log_odds_of(model, "Nucleus", side_baseline=given).side_baseline is given


def test_baseline_of_sgcl_lncloc():
    small = {"k": 3, "embedding_dim": 4, "hidden": 4}
    model = classifier(SGCLLncLoc, SGCLLncLocParams(**small))
    model.ensemble_.members[0].side_mean.fill_(1.0)
    assert torch.equal(side_of_training(model), torch.full((21,), 0.5))
    assert side_of_training(classifier(SGCLLncLoc, SGCLLncLocParams(side=False, **small))) is None


def test_regions_are_those_of_the_method():
    model = classifier(LncLoc, LncLocParams())
    assert log_odds_of(model, "Nucleus").builder == LncLocParams().builder()
    for k, builder in ((3, RegionBuilder((Region(k=3),))), (7, DeBruijnBuilder(7))):
        params = SGCLLncLocParams(k=k, embedding_dim=4, hidden=4)
        assert log_odds_of(classifier(SGCLLncLoc, params, 1), "Nucleus").builder == builder


def test_no_such_class_and_no_members():
    with pytest.raises(InputError, match=r"no class 'Nose'.*Cytoplasm, Nucleus"):
        log_odds_of(classifier(LncLoc, LncLocParams()), "Nose")
    with pytest.raises(NotFittedError):
        log_odds_of(SequenceClassifier("lncloc"), "Nucleus")


@pytest.mark.parametrize(
    ("options", "reason"), [({"conv": "gat"}, "graph attention"), ({"readout": "present"}, "step")]
)
def test_what_gradients_cannot_explain_is_refused(options, reason):
    params = SGCLLncLocParams(k=3, embedding_dim=4, hidden=4, **options)
    with pytest.raises(InputError, match=reason):
        need_explainable(classifier(SGCLLncLoc, params, 1), "gradients")
    sound = SGCLLncLocParams(k=3, embedding_dim=4, hidden=4)
    need_explainable(classifier(SGCLLncLoc, sound, 1), "gradients")
    need_explainable(classifier(LncLoc, LncLocParams(), 1), "gradients")


def test_lncloc_shows_the_mean_of_its_heads_over_the_whole():
    model = classifier(LncLoc, LncLocParams())
    found = member_attention(model, encode(TEXT))
    data = LncLoc.inputs([encode(TEXT)], model.ensemble_.params)
    count, first = data.nodes[0, :64], data.edges.shape[1]
    for member, weights in zip(model.ensemble_.members, found, strict=True):
        gcn = member.whole
        with torch.no_grad():
            level = torch.log((count + 1) * 64 / (count.sum() + 64))
            vector = gcn.free + gcn.shared(gcn.letters) + level[:, None] * gcn.abundance
            nodes = propagate(gcn.conv(vector), edge_weights(data.edges[:, :256])).relu()[0]
            heads = gcn.gate(nodes).clamp(-8, 8).exp() * count[:, None]
        expected = (heads / heads.sum(dim=0)).mean(dim=1)
        np.testing.assert_allclose(weights[first : first + 64], expected.numpy(), atol=1e-6)
        assert (np.delete(weights, range(first, first + 64)) == 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


def test_a_member_that_fails_is_left_in_its_mode(monkeypatch):
    model = classifier(LncLoc, LncLocParams())

    def fail(*_, **__):
        raise RuntimeError("no")

    monkeypatch.setattr(LncLoc, "attention", fail)
    model.ensemble_.members[0].train()
    with pytest.raises(RuntimeError, match="no"):
        member_attention(model, encode(TEXT))
    assert model.ensemble_.members[0].training


@pytest.mark.parametrize("conv", ["gcn", "gat"])
def test_sgcl_lncloc_shows_its_one_attention(conv):
    params = SGCLLncLocParams(k=3, embedding_dim=4, hidden=4, conv=conv)
    model = classifier(SGCLLncLoc, params)
    found = member_attention(model, encode(TEXT))
    data = model.method.inputs([encode(TEXT)], params)[[0]]
    with torch.no_grad():
        expected = model.ensemble_.members[1].encode(data).node_weights.flatten()
    np.testing.assert_allclose(found[1, -64:], expected.numpy())
    assert not found[:, :-64].any()


def test_methods_without_attention_are_refused():
    params = SGCLLncLocParams(k=3, embedding_dim=4, hidden=4, readout="mean")
    with pytest.raises(InputError, match="'mean' has no attention"):
        need_explainable(classifier(SGCLLncLoc, params), "attention")

    class Other(SequenceMethod):
        """A method of one's own."""

        Params, recipe = SGCLLncLocParams, SGCLLncLoc.recipe

    model = wrapped(Other, params, [Other(CLASSES)])
    with pytest.raises(InputError, match="Other shows no attention"):
        need_explainable(model, "attention")


class Lengths(SequenceMethod):
    """Reads the share of each letter, from inputs of its own."""

    Params, recipe = SGCLLncLocParams, SGCLLncLoc.recipe

    @classmethod
    def inputs(cls, codes, params, **known):
        return RegionBuilder((Region(k=1),)).spectrum(codes)

    def logits(self, data, **inputs):
        odds = data.nodes[:, 0] / data.nodes.sum(dim=1)
        return torch.stack([torch.zeros_like(odds), odds], dim=1)


def test_a_method_without_a_builder_is_explained_letter_by_letter():
    params = SGCLLncLocParams(k=3, embedding_dim=4, hidden=4)
    model = wrapped(Lengths, params, [Lengths(CLASSES)])
    with pytest.raises(InputError, match=r"Lengths has no builder.*Use mutagenesis or occlusion"):
        need_explainable(model, "gradients")
    effects = mutagenesis(log_odds_of(model, "Nucleus"), encode("ACGU")).effects
    np.testing.assert_allclose(effects[:, 0], [0, 0.25, 0.25, 0.25])
