"""Training brings neighbours together and keeps the rest apart."""

import numpy as np
import pytest
import torch
from scipy import sparse
from torch import nn

from graphkit.builders import Neighborhoods
from graphkit.errors import InputError
from graphkit.methods.scrcl import ScRCL, ScRCLParams
from graphkit.training import TrainSettings, fit

SMALL = ScRCLParams(width=16, dim=8, n_programmes=8, epochs=1)


def two_tissues(n=120, seed=0):
    x = np.random.default_rng(seed).normal(size=(n, 6))
    x[: n // 2, 0] += 3
    line = sparse.diags([np.ones(n - 1), np.ones(n - 1)], [-1, 1], format="csr")
    return Neighborhoods(x, x, line)


def network(params=SMALL, features=6):
    torch.manual_seed(0)
    eye = torch.eye(features)
    return ScRCL(eye, eye.to_sparse(), n_features=features, params=params)


def test_each_loss_is_there_and_a_weight_of_nothing_leaves_it_out():
    block = two_tissues().block(np.arange(30))
    terms = network().step(block)
    assert set(terms) == {"alignment", "contrast", "consistency"}
    assert all(torch.isfinite(term) and term > 0 for term in terms.values())
    bare = network(ScRCLParams(width=16, dim=8, contrast=0.0, consistency=0.0))
    assert set(bare.step(block)) == {"alignment"}


def test_training_lowers_the_loss():
    data, model = two_tissues(), network()
    course = fit(model, data, settings=TrainSettings(epochs=8, batch_size=32, lr=3e-3), seed=0)
    losses = course.column("train_loss")
    assert losses[-1] < 0.9 * losses[0]
    embedding = model.embed(data.block(np.arange(120))).detach()
    assert embedding.shape == (120, 16)
    between = (embedding[:60].mean(0) - embedding[60:].mean(0)).norm()
    assert between > 0.2


def test_no_weight_grows_with_the_number_of_spots():
    assert all(120 not in p.shape for p in network().parameters())


def test_parameters_out_of_range():
    with pytest.raises(InputError, match="epochs"):
        ScRCLParams(epochs=0)
    with pytest.raises(InputError, match="hops"):
        ScRCLParams(hops=-1)


class Smooth(nn.Module):
    """Views of one's own: smoothed features, mapped twice."""

    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Linear(6, 8), nn.Linear(6, 8)

    def forward(self, smooth, x, hops):
        return self.one(smooth), self.two(smooth)


class Distance(nn.Module):
    """A loss of one's own: views are as far apart as they are."""

    def forward(self, first, labels=None, indices_tuple=None, ref_emb=None, ref_labels=None):
        return (first - ref_emb).square().mean()


def test_views_and_losses_can_be_ones_own():
    torch.manual_seed(0)
    eye, block, views = torch.eye(6), two_tissues().block(np.arange(30)), Smooth()
    parts = {"views": views, "alignment": Distance(), "contrast": Distance()}
    model = ScRCL(eye, eye.to_sparse(), n_features=6, params=SMALL, **parts)
    terms = model.step(block)
    expected = (views.one(block.smooth) - views.two(block.smooth)).square().mean()
    torch.testing.assert_close(terms["alignment"], expected)
    torch.testing.assert_close(terms["contrast"], SMALL.contrast * expected)
    sum(terms.values()).backward()
    assert views.two.weight.grad.abs().sum() > 0
