"""The patch encoder sees what is visible and nothing else."""

import pytest
import torch

from graphkit.nn import PatchDecoder, PatchEncoder


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    encoder = PatchEncoder(torch.randn(6, 4, 3), width=8, depth=1, heads=2).eval()
    torch.nn.init.normal_(encoder.readout)
    return encoder


def test_untrained_encoder_is_the_linear_map():
    patterns, patches = torch.randn(6, 4, 3), torch.randn(5, 6, 4)
    encoder = PatchEncoder(patterns, width=8, depth=1, heads=2)
    expected = torch.stack([sum(patches[:, t] @ patterns[t] for t in range(6))])[0]
    torch.testing.assert_close(encoder(patches), expected, atol=1e-5, rtol=1e-5)
    kept = torch.tensor([[1, 4]] * 5)
    visible = (patches[:, 1] @ patterns[1] + patches[:, 4] @ patterns[4]) * 3
    torch.testing.assert_close(encoder(patches, kept), visible, atol=1e-5, rtol=1e-5)


def test_hidden_patches_are_not_read(encoder):
    patches, kept = torch.randn(2, 6, 4), torch.tensor([[0, 3, 5], [1, 2, 4]])
    changed = patches.clone()
    changed[0, [1, 2, 4]] = 99.0
    torch.testing.assert_close(encoder(changed, kept)[0], encoder(patches, kept)[0])
    changed[0, 3] = 99.0
    assert not torch.allclose(encoder(changed, kept)[0], encoder(patches, kept)[0])


def test_all_visible_equals_no_mask(encoder):
    patches = torch.randn(4, 6, 4)
    kept = torch.arange(6).expand(4, 6)
    torch.testing.assert_close(encoder(patches, kept), encoder(patches), atol=1e-5, rtol=1e-5)


def test_place_matters(encoder):
    patches = torch.randn(1, 6, 4)
    assert not torch.allclose(encoder(patches.flip(1)), encoder(patches))


def test_items_of_a_batch_do_not_mix(encoder):
    patches = torch.randn(3, 6, 4)
    torch.testing.assert_close(encoder(patches)[1:2], encoder(patches[1:2]), atol=1e-5, rtol=1e-5)


def test_every_weight_has_a_gradient(encoder):
    encoder(torch.randn(3, 6, 4), torch.tensor([[0, 1], [2, 3], [4, 5]])).square().sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in encoder.parameters())


def test_decoder_starts_at_the_patterns():
    patterns, z = torch.randn(6, 4, 3), torch.randn(5, 3)
    painted = PatchDecoder(patterns)(z)
    assert painted.shape == (5, 6, 4)
    torch.testing.assert_close(painted[2, 1], patterns[1] @ z[2], atol=1e-5, rtol=1e-5)
