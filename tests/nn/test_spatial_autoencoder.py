"""The autoencoder: shares that add up, a sane start, statistics that travel with the weights."""

import torch

from graphkit.nn import SpatialAutoencoder


def inputs():
    torch.manual_seed(2)
    index = torch.tensor([[1, 2], [0, 2], [0, 0]])
    return (
        torch.rand(3, 6),
        torch.arange(3),
        index,
        torch.tensor([[True] * 2] * 2 + [[False] * 2]),
        torch.ones(3, 2),
    )


def test_shares_add_up_to_one():
    net = SpatialAutoencoder(6, 11, hidden=4, dim=3).eval()
    torch.testing.assert_close(net(*inputs()).exp().sum(dim=1), torch.ones(3))


def test_nothing_to_say_is_the_gene_frequencies():
    net = SpatialAutoencoder(6, 4, hidden=4, dim=3).eval()
    frequencies = torch.tensor([0.1, 0.2, 0.3, 0.4])
    net.set_statistics(torch.full((6,), 0.5), 2.0, frequencies)
    torch.testing.assert_close(net.decode(torch.zeros(1, 3)).exp()[0], frequencies)
    copy = SpatialAutoencoder(6, 4, hidden=4, dim=3)
    copy.load_state_dict(net.state_dict())
    torch.testing.assert_close(copy.eval()(*inputs()), net(*inputs()))
    assert copy.scale == 2


def test_encodes_standardised_inputs():
    net = SpatialAutoencoder(6, 4).eval()
    x = inputs()[0]
    plain = net.encode((x - 0.5) / 2)
    net.set_statistics(torch.full((6,), 0.5), 2.0, torch.full((4,), 0.25))
    torch.testing.assert_close(net.encode(x), plain)


def test_drops_in_training_alone():
    net = SpatialAutoencoder(6, 4, input_dropout=0.5, dropout=0.5)
    x = inputs()[0]
    assert not torch.equal(net.encode(x), net.encode(x))
    net.eval()
    assert torch.equal(net.encode(x), net.encode(x))
