"""The autoencoder of cells: its start, its loss, and what it learns."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import sparse

from graphkit.builders import SpotInputs, ThinnedSpots, WholeSpots, isolated, spot_table
from graphkit.errors import InputError
from graphkit.methods import CellAutoencoder, CellParams
from graphkit.nn import GATEncoder, GaussianNoise, GCNEncoder
from graphkit.training import fit


@pytest.fixture
def batches():
    rng = np.random.default_rng(0)
    rates = np.repeat([[9.0] * 5 + [1.0] * 5, [1.0] * 5 + [9.0] * 5], 32, axis=0)
    counts = sparse.csr_matrix(rng.poisson(rates).astype(np.float32))
    return ThinnedSpots(SpotInputs(counts, np.arange(10), 50.0), isolated(64), seed=0)


def network(params=None, **parts):
    torch.manual_seed(0)
    start = torch.zeros(10), torch.ones(10), torch.full((10,), 0.1)
    return CellAutoencoder(*start, params, **parts)


@pytest.fixture
def near(batches):
    """The same cells with all their molecules, and two neighbours each."""
    places = np.arange(64.0)[:, None] ** 1.01  # no two neighbours are as far
    return WholeSpots(batches.source, spot_table(places, n_neighbors=2))


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


@pytest.mark.parametrize("mixer", [GCNEncoder, GATEncoder])
def test_a_mixer_reads_neighbours_and_is_trained(mixer, near):
    model = network(mixer=mixer((128, 128)))
    batch = near[[3, 40]]
    changed = replace(batch, x=batch.x.clone())
    changed.x[batch.index[0]] += 1
    before, after = model.eval().embed(batch), model.embed(changed)
    assert not torch.allclose(after[0], before[0])
    torch.testing.assert_close(after[1], before[1])
    sum(model.step(batch).values()).backward()
    assert all(one.grad is not None for one in model.mixer.parameters())


def test_a_mixed_cell_is_itself_and_the_mean_of_those_around_it(near):
    mixer = GCNEncoder((128, 128))
    model = network(mixer=mixer).eval()
    batch = near[[3]]
    hidden = model.encoder[:-1](batch.x)
    around = hidden[torch.cat([batch.seed, batch.index[0]])].mean(dim=0)
    mixed = (mixer.convs[0].lin(around) + mixer.convs[0].bias).relu()
    expected = model.encoder[-1](hidden[batch.seed[0]] + mixed)
    torch.testing.assert_close(model.embed(batch)[0], expected)


def test_attention_adds_up_to_one_for_each_cell_and_some_have_none(near):
    batch = near[[3, 4]]
    looks = network(mixer=GATEncoder((128, 128))).eval().attention(batch)
    target = batch.edges()[0][1]
    totals = torch.zeros(len(batch.x)).index_add(0, target, looks)
    torch.testing.assert_close(totals, torch.ones(len(batch.x)))
    for mixer in (None, GCNEncoder((128, 128))):
        with pytest.raises(InputError, match="no attention"):
            network(mixer=mixer).attention(batch)


def test_inputs_are_corrupted_as_one_likes(batches):
    model = network(CellParams(dropout=0.0), corrupt=GaussianNoise(0.0)).train()
    batch = batches[[0, 1]]
    torch.testing.assert_close(model.embed(batch), model.eval().embed(batch))
