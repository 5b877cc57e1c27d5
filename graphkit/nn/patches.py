"""Images cut into patches, and patches hidden at random."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Patches(nn.Module):
    """Cuts images of one size into square patches; patches without a single spot are dropped.

    Parameters
    ----------
    mask : BoolTensor [S, H, W]
        Pixels that hold a spot, in each of S channels; a patch belongs to one channel.
    size
        Pixels along a patch's side; images are padded to a multiple of it.

    Attributes
    ----------
    pixels : Tensor [T, size * size]
        1 where a patch's pixel holds a spot, else 0.

    Examples
    --------
    >>> mask = torch.ones(1, 4, 4, dtype=torch.bool)
    >>> mask[0, :2, 2:] = False  # the upper right patch is empty
    >>> Patches(mask, size=2)(torch.arange(16.0).view(1, 1, 4, 4))
    tensor([[[ 0.,  1.,  4.,  5.],
             [ 8.,  9., 12., 13.],
             [10., 11., 14., 15.]]])
    """

    present: Tensor
    pixels: Tensor

    def __init__(self, mask: Tensor, *, size: int) -> None:
        super().__init__()
        self.size = size
        pixels = self._cut(mask[None].float())[0]
        self.register_buffer("present", pixels.any(dim=1).nonzero()[:, 0], persistent=False)
        self.register_buffer("pixels", pixels[self.present], persistent=False)

    def __len__(self) -> int:
        return len(self.pixels)

    def forward(self, images: Tensor) -> Tensor:
        """Return the patches.

        Parameters
        ----------
        images : Tensor [B, S, H, W]

        Returns
        -------
        Tensor [B, T, size * size]
            Row by row, channel after channel.
        """
        return self._cut(images)[:, self.present]

    def _cut(self, images: Tensor) -> Tensor:
        height, width = (-side % self.size for side in images.shape[-2:])
        padded = functional.pad(images, (0, width, 0, height))
        tiles = padded.unfold(2, self.size, self.size).unfold(3, self.size, self.size)
        return tiles.flatten(4).flatten(1, 3)


def random_patches(
    batch: int, patches: int, *, kept: int, generator: torch.Generator | None = None
) -> Tensor:
    """Draw which patches of each image stay visible.

    Parameters
    ----------
    batch, patches
        Images, and patches in each.
    kept
        Patches that stay, 1 to `patches`.
    generator
        On the CPU; None takes torch's own, which a training seeds.

    Returns
    -------
    LongTensor [batch, kept]
        Different patches in each row, ascending.

    Examples
    --------
    >>> random_patches(2, 3, kept=3)
    tensor([[0, 1, 2],
            [0, 1, 2]])
    """
    order = torch.rand(batch, patches, generator=generator).argsort(dim=1)
    return order[:, :kept].sort(dim=1).values


def hidden(kept: Tensor, patches: int) -> Tensor:
    """Return which patches are not among those kept.

    Parameters
    ----------
    kept : LongTensor [B, M]
    patches
        Patches in each image.

    Returns
    -------
    Tensor [B, patches]
        1 where hidden, else 0.
    """
    ones = torch.ones(len(kept), patches, device=kept.device)
    return ones.scatter(1, kept, 0.0)
