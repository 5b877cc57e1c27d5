"""The consensus as one function of spots, against the networks and mixtures it is made of."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from graphkit.builders import Neighborhoods
from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.methods.scrcl import ScRCLParams
from graphkit.omics import tissue_adata
from graphkit.tasks.domains.estimator import Domains
from graphkit.tasks.domains.features import smoothed
from graphkit.tasks.domains.members import train_member

QUICK = ScRCLParams(epochs=1, width=8, dim=4, hops=(1, 4), n_components=6, n_neighbors=6)


@pytest.fixture(scope="module")
def tissue():
    params = TissueParams(n_spots=40, n_layers=3, n_slides=2, n_background=20)
    return tissue_adata(simulate_tissue(params, seed=0))


@pytest.fixture(scope="module")
def model(tissue):
    return Domains(3, members=3, params=QUICK).fit(tissue, library_key="slide")


@pytest.fixture(scope="module")
def logits(tissue, model):
    return model.on(tissue, library_key="slide")


def dense(logits, x):
    """Return the log-posterior by way of dense matrices, with nothing told apart."""
    x = torch.clamp(x - logits.middle, -logits.limit, logits.limit) - logits.shift
    x = x / logits.scale
    averaging, adjacency = logits.averaging.to_dense(), logits.adjacency.to_dense()
    found = []
    for one in logits.networks:
        part = x[:, one.columns]
        smooth = [torch.linalg.matrix_power(averaging, h) @ part for h in QUICK.hops]
        near = torch.linalg.matrix_power(averaging, QUICK.hops_convolved) @ part
        embedding = torch.cat(one.views(smooth[one.turn], near, (adjacency, adjacency)), dim=1)
        for i, each in enumerate(smooth):
            z = torch.cat([embedding, each], dim=1) @ one.weight[i] + one.bias[i]
            found.append(z.softmax(dim=1))
    return torch.stack(found).mean(dim=0).log()


def test_logits_are_the_log_of_the_mean_posterior(logits):
    x = logits.features
    found = logits.logits(x, x)
    torch.testing.assert_close(found, dense(logits, x))
    torch.testing.assert_close(found.exp().sum(dim=1), torch.ones(80, dtype=torch.float64))


def test_gradients_tell_a_spot_from_its_neighbours(logits):
    x = logits.features * 0.7  # between baseline and tissue, where nothing is cut
    own, neighbors = x.clone().requires_grad_(), x.clone().requires_grad_()
    spots = [0, 7, 41, 79]
    logits.logits(own, neighbors)[spots, 1].sum().backward()
    slow_own, slow_neighbors = torch.zeros_like(x), torch.zeros_like(x)
    for spot in spots:
        point = x.clone().requires_grad_()
        dense(logits, point)[spot, 1].backward()
        slow_own[spot] += point.grad[spot]
        point.grad[spot] = 0
        slow_neighbors += point.grad
    torch.testing.assert_close(own.grad, slow_own)
    torch.testing.assert_close(neighbors.grad, slow_neighbors)


def test_some_spots_are_as_among_all(logits):
    x = logits.features.clone().requires_grad_()
    spots = np.array([3, 50, 4])
    some, whole = logits.only(spots).logits(x, x), logits.logits(x, x)
    torch.testing.assert_close(some[spots], whole[spots])
    assert not some[[0, 1, 2, 79]].any()
    (one,) = torch.autograd.grad(some.sum(), x)
    (two,) = torch.autograd.grad(whole[spots].sum(), x)
    torch.testing.assert_close(one, two)


def test_one_hop_of_smoothing_and_none_is_exact_too(tissue):
    params = replace(QUICK, hops=(0, 3), hops_convolved=0)
    found = Domains(2, members=1, params=params).fit(tissue, library_key="slide")
    logits = found.on(tissue, library_key="slide")
    x = logits.features.clone().requires_grad_()
    logits.logits(x, 0 * x)[5, 0].backward()
    assert not x.grad[:5].any()
    assert x.grad[5].any()


def test_the_embedding_is_that_of_the_trained_network(tissue, model, logits, monkeypatch):
    trained = []
    monkeypatch.setattr(
        "graphkit.tasks.domains.estimator.train_member",
        lambda *given, **how: trained.append(train_member(*given, **how)) or trained[-1],
    )
    found = Domains(3, members=1, params=QUICK).fit(tissue, library_key="slide")
    embedding = found.transform(tissue, library_key="slide")
    np.testing.assert_allclose(embedding, trained[0].embedding, atol=1e-4)
    one = model.members_[0]
    table = (logits.features - logits.middle).clamp(-logits.limit, logits.limit) - logits.shift
    table = (table / logits.scale).numpy()[:, one.columns.numpy()]
    wide = logits.averaging.to_dense().numpy() > 0
    np.fill_diagonal(wide, 0)
    from scipy import sparse

    wide = sparse.csr_matrix(wide.astype(float))
    data = Neighborhoods(
        smoothed(table, wide, 1),
        smoothed(table, wide, QUICK.hops[one.turn]),
        tissue.obsp["spatial_connectivities"],
    )
    with torch.inference_mode():
        slow = one.views(*(lambda b: (b.smooth, b.x, b.hops))(data.block(np.arange(80))))
    np.testing.assert_allclose(logits.embedding().numpy(), torch.cat(slow, dim=1), atol=1e-4)


def test_networks_stay_as_they_are(model, logits):
    assert all(one.views.linear.weight.dtype == torch.float32 for one in model.members_)
    assert all(one.views.linear.weight.dtype == torch.float64 for one in logits.networks)
