"""A metric loss joins any method: with labels, between views, mined, behind a head."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from graphkit.losses import (
    BatchHardMiner,
    ClusterInfoNCE,
    MatchedMoments,
    NormalizedSoftmaxLoss,
    ProxyAnchorLoss,
    SupervisedContrast,
    TripletMarginLoss,
)
from graphkit.methods.strategies import Contrast
from graphkit.training import embed_all, fit


def separation(method, data):
    """Return the share of the embedding's variance that lies between groups."""
    z = embed_all(method, data)
    means = torch.stack([z[data.y == one].mean(dim=0) for one in range(3)])[data.y]
    return float(((means - z.mean(dim=0)) ** 2).sum() / ((z - z.mean(dim=0)) ** 2).sum())


def test_the_term_is_the_weighted_loss_of_known_labels(points, embedder):
    labels = points.y.numpy().copy()
    labels[::2] = -1
    rows = [0, 1, 2, 21, 41, 43]
    strategy = Contrast(SupervisedContrast(), labels, weight=2.0, name="known")
    terms = strategy.terms(embedder.eval(), points[rows], torch.tensor(rows))
    known = [1, 21, 41, 43]
    expected = SupervisedContrast()(embedder.embed(points[known]), points.y[known])
    assert list(terms) == ["known"]
    torch.testing.assert_close(terms["known"], 2 * expected)


def test_a_batch_without_a_label_adds_nothing_with_a_gradient(points, embedder):
    strategy = Contrast(NormalizedSoftmaxLoss(3, 4), np.full(60, -1))
    term = strategy.terms(embedder, points[[0, 1]], torch.tensor([0, 1]))["contrast"]
    term.backward()
    assert term.item() == embedder.layer.weight.grad.abs().sum() == 0


def test_two_views_of_an_item_differ_by_what_the_method_drops(points, embedder):
    pairs = []

    class Seen(nn.Module):
        def forward(self, z, labels=None, indices_tuple=None, ref_emb=None):
            pairs.append((z, ref_emb))
            return z.sum()

    Contrast(Seen(), two_views=True).terms(embedder.train(), points[[0, 1]], torch.tensor([0, 1]))
    assert not torch.allclose(*pairs[0])
    Contrast(Seen(), two_views=True).terms(embedder.eval(), points[[0, 1]], torch.tensor([0, 1]))
    torch.testing.assert_close(*pairs[1])


@pytest.mark.parametrize(
    "parts",
    [
        {"loss": TripletMarginLoss(), "miner": BatchHardMiner()},
        {"loss": SupervisedContrast(), "head": nn.Linear(4, 3)},
    ],
    ids=["triplets", "behind a head"],
)
def test_training_brings_together_what_has_one_label(parts, points, embedder, settings):
    before = separation(embedder, points)
    contrast = Contrast(labels=points.y, **parts)
    longer = replace(settings, epochs=30)
    fit(embedder, points, settings=longer, strategies=[contrast], seed=0)
    assert separation(embedder, points) > before + 0.05


def test_what_a_loss_has_to_learn_is_learnt(points, embedder, settings):
    proxies = ProxyAnchorLoss(3, 4)
    before = proxies.proxies.detach().clone()
    fit(
        embedder,
        points,
        settings=settings,
        strategies=[Contrast(proxies, points.y.numpy())],
        seed=0,
    )
    assert not torch.allclose(proxies.proxies, before)


def test_batches_come_nearer_by_matched_moments(points, embedder, settings):
    batch = np.arange(60) % 2
    points.x[:, 5] += 3 * torch.from_numpy(batch)

    def gap():
        z = embed_all(embedder, points)
        return float((z[batch == 0].mean(dim=0) - z[batch == 1].mean(dim=0)).norm() / z.std())

    before = gap()
    fit(embedder, points, settings=settings, strategies=[Contrast(MatchedMoments(), batch)], seed=0)
    assert gap() < 0.8 * before


def test_a_weight_of_nothing_costs_nothing(points, embedder):
    class Never(nn.Module):
        def forward(self, *arguments, **parts):
            raise AssertionError

    assert Contrast(Never(), weight=0.0).terms(embedder, points[[0]], torch.tensor([0])) == {}


def test_without_labels_every_other_item_is_pushed(points, embedder):
    strategy = Contrast(ClusterInfoNCE(), two_views=True)
    term = strategy.terms(embedder.eval(), points[[0, 1]], torch.tensor([0, 1]))["contrast"]
    z = embedder.embed(points[[0, 1]])
    torch.testing.assert_close(term, ClusterInfoNCE()(z, ref_emb=z))
