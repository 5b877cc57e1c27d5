"""Training brings neighbours together and keeps the rest apart."""

import numpy as np
import pytest
import torch
from scipy import sparse

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
        ScRCLParams(hops=(2, -1))
