"""Patches against slicing, and random masks."""

import pytest
import torch

from graphkit.nn import Patches, random_patches
from graphkit.nn.patches import hidden


@pytest.mark.parametrize(("channels", "height", "width", "size"), [(1, 6, 8, 2), (2, 5, 7, 3)])
def test_patches_equal_slicing(channels, height, width, size):
    torch.manual_seed(0)
    mask = torch.rand(channels, height, width) < 0.4
    mask[:, :size, :size] = False
    images = torch.randn(3, channels, height, width)
    pad = torch.nn.functional.pad(images, (0, -width % size, 0, -height % size))
    held = torch.nn.functional.pad(mask, (0, -width % size, 0, -height % size))
    expected, pixels = [], []
    for channel in range(channels):
        for top in range(0, pad.shape[2], size):
            for left in range(0, pad.shape[3], size):
                box = (channel, slice(top, top + size), slice(left, left + size))
                if held[box].any():
                    expected.append(pad[:, *box].flatten(1))
                    pixels.append(held[box].flatten().float())
    patches = Patches(mask, size=size)
    assert torch.equal(patches(images), torch.stack(expected, dim=1))
    assert torch.equal(patches.pixels, torch.stack(pixels))
    assert len(patches) == len(expected)


def test_random_patches_are_different_and_ascending():
    kept = random_patches(50, 9, kept=4, generator=torch.Generator().manual_seed(0))
    assert kept.shape == (50, 4)
    assert (kept.diff(dim=1) > 0).all()
    assert len({tuple(row) for row in kept.tolist()}) > 20
    again = random_patches(50, 9, kept=4, generator=torch.Generator().manual_seed(0))
    assert torch.equal(kept, again)


def test_hidden_is_what_is_not_kept():
    kept = torch.tensor([[0, 2], [1, 3]])
    assert hidden(kept, 4).tolist() == [[0, 1, 0, 1], [1, 0, 1, 0]]


def test_patches_have_no_weights():
    assert not Patches(torch.ones(1, 4, 4, dtype=torch.bool), size=2).state_dict()
