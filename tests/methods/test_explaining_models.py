"""From a classifier to what an attribution explains."""

import numpy as np
import pytest
import torch

from graphkit.errors import InputError
from graphkit.methods import LncLoc, LncLocParams, SequenceClassifier, SGCLLncLoc, SGCLLncLocParams
from graphkit.methods.ensemble import Ensemble
from graphkit.methods.explaining_models import log_odds_of, need_gradients, side_of_training
from graphkit.sequences import encode

TEXT = "ACGGUACGUUAGCCAUGCAAGGCUUACGUAGCC" * 4


def classifier(method, params, members=2, temperature=1.0):
    classes, networks = ("Cytoplasm", "Nucleus"), []
    for seed in range(members):
        torch.manual_seed(seed)
        networks.append(method(classes, params).eval())
    return SequenceClassifier.of(
        Ensemble(
            method=method, params=params, classes=classes, members=networks, temperature=temperature
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
    for number, member in enumerate(model.members_):
        member.norm.running_mean.copy_(torch.arange(len(member.norm.running_mean)) + number)
    size = len(model.members_[0].norm.running_mean)
    expected = torch.arange(size - 21, size) + 0.5
    assert torch.equal(side_of_training(model), expected)
    assert torch.equal(log_odds_of(model, "Nucleus").side_baseline, expected)
    given = torch.ones(21)
    assert log_odds_of(model, "Nucleus", side_baseline=given).side_baseline is given


def test_baseline_of_sgcl_lncloc():
    small = {"k": 3, "embedding_dim": 4, "hidden": 4}
    model = classifier(SGCLLncLoc, SGCLLncLocParams(**small))
    model.members_[0].side_mean.fill_(1.0)
    assert torch.equal(side_of_training(model), torch.full((21,), 0.5))
    assert side_of_training(classifier(SGCLLncLoc, SGCLLncLocParams(side=False, **small))) is None


def test_regions_are_those_of_the_method():
    model = classifier(LncLoc, LncLocParams())
    assert log_odds_of(model, "Nucleus").regions == LncLocParams().builder().regions
    for k, n in ((3, 1), (7, 0)):
        params = SGCLLncLocParams(k=k, embedding_dim=4, hidden=4)
        assert len(log_odds_of(classifier(SGCLLncLoc, params, 1), "Nucleus").regions) == n


def test_no_such_class_and_no_members():
    with pytest.raises(InputError, match=r"no class 'Nose'.*Cytoplasm, Nucleus"):
        log_odds_of(classifier(LncLoc, LncLocParams()), "Nose")
    with pytest.raises(InputError, match="not fitted"):
        log_odds_of(SequenceClassifier("lncloc"), "Nucleus")


@pytest.mark.parametrize(
    ("options", "reason"), [({"conv": "gat"}, "graph attention"), ({"readout": "present"}, "step")]
)
def test_what_gradients_cannot_explain_is_refused(options, reason):
    params = SGCLLncLocParams(k=3, embedding_dim=4, hidden=4, **options)
    with pytest.raises(InputError, match=reason):
        need_gradients(classifier(SGCLLncLoc, params, 1))
    need_gradients(classifier(SGCLLncLoc, SGCLLncLocParams(k=3, embedding_dim=4, hidden=4), 1))
    need_gradients(classifier(LncLoc, LncLocParams(), 1))
