"""Strategies join any method's training, and a killed training that has some goes on as it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import sparse
from torch import nn

from graphkit.builders import Neighborhoods
from graphkit.training import Guided, Numbered, Strategy, embed_all, fit


class Drawn(Strategy):
    """Draws embeddings to a point that is learnt, and remembers what it was asked."""

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__()
        self.point, self.weight = nn.Parameter(torch.zeros(1)), weight
        self.size, self.epochs, self.asked = 0, [], []

    def begin(self, method, data):
        self.size = len(data)

    def refresh(self, method, epoch):
        self.epochs.append(epoch)

    def terms(self, method, batch, items):
        self.asked += items.tolist()
        away = (method.embed(batch) - self.point).square().mean()
        return {"drawn": self.weight * away}


@pytest.fixture
def net(toy):
    class Embedding(toy.Net):
        def embed(self, batch):
            return self.layers[:-1](batch.x)

    return Embedding


def test_terms_of_the_method_and_of_each_strategy_stand_side_by_side(toy, net):
    data = Numbered(toy.Points(8, seed=0))
    guided = Guided(net().eval(), [Drawn(1.0), Drawn(2.0)])
    guided.begin(data)
    terms, batch = guided.step(data[[3, 1]]), toy.Points(8, seed=0)[[3, 1]]
    assert set(terms) == {"entropy", "size", "drawn"}
    away = guided.method.embed(batch).square().mean()
    torch.testing.assert_close(terms["drawn"], 3 * away)
    torch.testing.assert_close(guided.logits(batch), guided.method.logits(batch))


def test_one_argument_of_fit_switches_them_on(toy, net):
    drawn, method = Drawn(), net()
    settings = replace(toy.SETTINGS, epochs=2)
    history = fit(method, toy.Points(50, seed=0), settings=settings, strategies=[drawn], seed=3)
    assert "train_drawn" in history.epochs[0]
    assert drawn.size == 50
    assert drawn.epochs == method.refreshed == [0, 1]
    assert sorted(drawn.asked) == sorted(2 * list(range(50)))
    assert drawn.point.item() != 0
    assert not method.training


def test_without_strategies_nothing_changes(toy, net):
    one, two = net(), net()
    data = toy.Points(50, seed=0), toy.Points(20, seed=1)
    fit(one, *data, settings=toy.SETTINGS, seed=3)
    fit(two, *data, settings=toy.SETTINGS, seed=3, strategies=[Strategy()])
    for name, value in one.state_dict().items():
        torch.testing.assert_close(two.state_dict()[name], value, atol=0, rtol=0)


def test_data_that_depend_on_the_epoch_still_do(toy):
    points = toy.Points(5, seed=0)
    Numbered(points).set_epoch(4)
    assert points.epochs == [4]


def test_a_batch_that_brings_others_along_says_whose_rows_it_has():
    line = sparse.diags([np.ones(19), np.ones(19)], [-1, 1], format="csr")
    x = np.arange(20.0)[:, None]
    batch = Numbered(Neighborhoods(x, x, line))[[4, 15]]
    np.testing.assert_array_equal(batch.batch.smooth[:, 0], batch.items)
    assert len(batch) == len(batch.items) >= 2


def test_all_are_embedded_in_order_and_the_method_is_left_as_it_was(toy, net):
    data, method = toy.Points(1100, seed=0), net()
    for mode in (True, False):
        method.train(mode)
        z = embed_all(method, data)
        assert method.training == mode
        assert not z.requires_grad
    torch.testing.assert_close(z, method.eval().embed(data[list(range(1100))]))
    torch.testing.assert_close(embed_all(method, Numbered(data)), z)
