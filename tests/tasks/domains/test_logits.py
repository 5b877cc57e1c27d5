"""The consensus as one function of spots, against dense matrices and the tissue it came from."""

from copy import deepcopy

import numpy as np
import pytest
import torch

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.omics import tissue_adata
from graphkit.tasks.domains.estimator import Domains
from graphkit.tasks.domains.logits import DomainLogits, diagonal
from graphkit.tasks.domains.members import DomainParams
from graphkit.tasks.domains.smoothing import Smoothing


@pytest.fixture(scope="module")
def tissue():
    params = TissueParams(n_spots=60, n_layers=3, n_slides=2, n_background=20, contrast=0.6)
    return tissue_adata(simulate_tissue(params, seed=0))


@pytest.fixture(scope="module")
def logits(tissue):
    model = Domains(3, members=3, params=DomainParams(n_components=6))
    model.fit(tissue, library_key="slide")
    model.smoothing_ = Smoothing(6, 2)
    return model.on(tissue, library_key="slide")


def dense(logits: DomainLogits, x):
    """Return the log-posterior by way of dense matrices, with nothing told apart."""
    x = torch.clamp(x - logits.middle, -logits.limit, logits.limit) - logits.shift
    averaging = torch.linalg.matrix_power(logits.averaging.to_dense(), logits.hops)
    smooth = averaging @ (x / logits.scale)
    each = [
        (smooth @ weight + bias).softmax(dim=1)
        for weight, bias in zip(logits.weight, logits.bias, strict=True)
    ]
    return torch.stack(each).mean(dim=0).log()


def test_logits_are_the_log_of_the_mean_posterior(logits):
    x = logits.features
    found = logits.logits(x, x)
    torch.testing.assert_close(found, dense(logits, x))
    torch.testing.assert_close(found.exp().sum(dim=1), torch.ones(120, dtype=torch.float64))


def test_the_tissue_smoothed_at_once_is_the_tissue_smoothed(logits):
    x = logits.features
    torch.testing.assert_close(logits.smoothed(), logits.smooth(x, x))


def test_what_was_used_moves_to_another_device_as_a_whole(logits):
    logits.smooth(logits.features, logits.features)
    there = deepcopy(logits).to("meta")
    parts = (there.features, there.averaging, there.stays, there.weight)
    assert {part.device.type for part in parts} == {"meta"}


def test_gradients_tell_a_spot_from_its_neighbours(logits):
    x = logits.features * 0.7  # between baseline and tissue, where nothing is cut
    own, neighbors = x.clone().requires_grad_(), x.clone().requires_grad_()
    spots = [0, 7, 61, 119]
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


@pytest.mark.parametrize("hops", range(5))
def test_what_stays_is_the_diagonal_of_the_power(logits, hops):
    matrix = logits.averaging.to_dense().numpy()
    from scipy import sparse

    slow = np.linalg.matrix_power(matrix, hops).diagonal()
    np.testing.assert_allclose(diagonal(sparse.csr_matrix(matrix), hops), slow)
