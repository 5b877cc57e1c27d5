"""The autoencoder of cells: its start, its loss, and what it learns."""

import numpy as np
import pytest
import torch
from scipy import sparse

from graphkit.builders import SpotInputs, ThinnedSpots, isolated
from graphkit.errors import InputError
from graphkit.methods import CellAutoencoder, CellParams
from graphkit.training import fit


@pytest.fixture
def batches():
    rng = np.random.default_rng(0)
    rates = np.repeat([[9.0] * 5 + [1.0] * 5, [1.0] * 5 + [9.0] * 5], 32, axis=0)
    counts = sparse.csr_matrix(rng.poisson(rates).astype(np.float32))
    return ThinnedSpots(SpotInputs(counts, np.arange(10), 50.0), isolated(64), seed=0)


def network(params=None):
    torch.manual_seed(0)
    return CellAutoencoder(torch.zeros(10), torch.ones(10), torch.full((10,), 0.1), params)


def test_shares_add_up_to_one(batches):
    shares = network().eval().logits(batches[[3, 1, 2]]).exp()
    torch.testing.assert_close(shares.sum(dim=1), torch.ones(3))


def test_the_order_of_a_batch_is_that_of_its_cells(batches):
    model = network().eval()
    torch.testing.assert_close(model.logits(batches[[3, 1]])[0], model.logits(batches[[1, 3]])[1])


def test_it_learns_what_parts_the_cells(batches):
    params = CellParams(steps=60, min_epochs=1, batch_size=32)
    model = network(params)
    before = model.eval().step(batches[range(64)])["counts"].item()
    fit(model, batches, settings=params.training(64, device="cpu"), seed=0)
    assert model.eval().step(batches[range(64)])["counts"].item() < before - 0.05


@pytest.mark.parametrize("wrong", [{"dim": 0}, {"dropout": 1.0}, {"n_neighbors": 0}])
def test_a_recipe_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(InputError) as error:
        CellParams(**wrong)
    assert error.value.slot == next(iter(wrong))
