"""With fixed weights: order, rotation, other slides and blocks change nothing."""

import numpy as np
import pytest
import torch
from scipy import sparse

from graphkit.builders import SpotInputs, isolated, spot_table
from graphkit.methods import DenoiserParams
from graphkit.methods.spot_denoiser import make_network
from graphkit.tasks.denoise import networks as module
from graphkit.tasks.denoise.networks import apply_networks, train_network

PARAMS = DenoiserParams(steps=4, min_epochs=2, hidden=8, dim=4, n_neighbors=6, n_sampled=3)


@pytest.fixture
def slide():
    generator = np.random.default_rng(0)
    counts = sparse.csr_matrix(generator.poisson(2.0, size=(50, 9)).astype(np.float32))
    return counts, generator.uniform(size=(50, 2))


def network(width=9):
    torch.manual_seed(0)
    net = make_network(width, width, PARAMS)
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    return net


def rates(net, counts, table):
    denoised = apply_networks([net], SpotInputs(counts, np.arange(9), 20.0), table)
    assert np.isfinite(denoised.latent).all()
    assert np.isfinite(denoised.smoothing).all()
    found = np.zeros(counts.shape, dtype=np.float32)
    for rows, block in denoised.rates():
        found[rows] = block
    return found


def test_permuting_spots_permutes_the_result(slide):
    counts, points = slide
    order = np.random.default_rng(1).permutation(50)
    net = network()
    before = rates(net, counts, spot_table(points, n_neighbors=6))
    after = rates(net, counts[order], spot_table(points[order], n_neighbors=6))
    np.testing.assert_allclose(after, before[order], atol=1e-5)


def test_turning_moving_and_rescaling_change_nothing(slide):
    counts, points = slide
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    net = network()
    before = rates(net, counts, spot_table(points, n_neighbors=6))
    after = rates(net, counts, spot_table(points @ turn * 250 - 9, n_neighbors=6))
    np.testing.assert_allclose(after, before, atol=1e-5)


def test_two_slides_in_one_graph_are_each_alone(slide):
    counts, points = slide
    library = np.repeat([0, 1], [20, 30])
    net = network()
    both = rates(net, counts, spot_table(points, n_neighbors=6, library=library))
    for part in (slice(0, 20), slice(20, 50)):
        alone = rates(net, counts[part], spot_table(points[part], n_neighbors=6))
        np.testing.assert_allclose(both[part], alone, atol=1e-5)


def hexagons():
    """Return places on a hexagonal grid, 7 x 7 and one more: many ties."""
    rows, columns = np.divmod(np.arange(50), 7)
    return np.column_stack([columns + rows % 2 / 2, rows * np.sqrt(3) / 2])


@pytest.mark.parametrize("layout", ["scattered", "hexagons", "two slides"])
def test_blocks_do_not_matter(slide, monkeypatch, layout):
    counts, points = slide
    points = hexagons() if layout == "hexagons" else points
    library = np.repeat([0, 1], 25) if layout == "two slides" else None
    net, table = network(), spot_table(points, n_neighbors=6, library=library)
    whole = rates(net, counts, table)
    monkeypatch.setattr(module, "_BLOCK", 7)
    np.testing.assert_allclose(rates(net, counts, table), whole, atol=1e-6)


def test_members_are_averaged_as_shares(slide):
    counts, points = slide
    table = spot_table(points, n_neighbors=6)
    nets = [network(), network()]
    with torch.no_grad():
        nets[1].decoder.bias.add_(torch.arange(9.0))
    source = SpotInputs(counts, np.arange(9), 20.0)
    ((_, found),) = apply_networks(nets, source, table).rates()
    each = [rates(net, counts, table) for net in nets]
    np.testing.assert_allclose(found, (each[0] + each[1]) / 2, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)


def test_networks_stay_as_they_are(slide):
    counts, points = slide
    net = network().train()
    net.decoder.eval()
    modes = [module.training for module in net.modules()]
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    rates(net, counts, spot_table(points, n_neighbors=6))
    assert [module.training for module in net.modules()] == modes
    assert all(torch.equal(tensor, before[name]) for name, tensor in net.state_dict().items())


def test_isolated_and_empty_spots_are_finite(slide):
    counts, points = slide
    empty = counts.copy()
    empty.data[: empty.indptr[3]] = 0
    empty.eliminate_zeros()
    source = SpotInputs(empty, np.arange(9), 20.0)
    for table in (isolated(50), spot_table(points, n_neighbors=6)):
        net = train_network(source, table, PARAMS, seed=0)
        assert np.isfinite(rates(net, empty, table)).all()


@pytest.mark.usefixtures("one_thread")
def test_training_is_reproducible_and_uses_its_seed(slide):
    counts, points = slide
    source = SpotInputs(counts, np.arange(9), 20.0)
    table = spot_table(points, n_neighbors=6)
    one, same, other = (
        train_network(source, table, PARAMS, seed=s).state_dict() for s in (0, 0, 1)
    )
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["decoder.weight"], other["decoder.weight"])
