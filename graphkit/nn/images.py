"""A light transformer over patches that refines principal components, and a decoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class PatchEncoder(nn.Module):
    """Encodes an image, whole or with patches hidden, as one vector.

    The embedding is a fixed linear map of the visible pixels (the image's weights on given
    patterns, scaled up for what is hidden) plus what a transformer over patches adds to it. The
    addition starts at zero: an untrained encoder is the linear map.

    Parameters
    ----------
    patterns : Tensor [T, P, D]
        Weight of each pixel of each patch in each of the D numbers; 0 where no spot is.
    width, depth, heads
        Numbers per patch, transformer layers, attention heads.

    Examples
    --------
    >>> encoder = PatchEncoder(torch.rand(6, 4, 3), width=8, depth=1, heads=2)
    >>> encoder(torch.rand(5, 6, 4)).shape
    torch.Size([5, 3])
    """

    patterns: Tensor

    def __init__(self, patterns: Tensor, *, width: int, depth: int, heads: int) -> None:
        super().__init__()
        patches, pixels, size = patterns.shape
        self.register_buffer("patterns", patterns)
        self.embed = nn.Linear(pixels, width)
        self.place = nn.Parameter(0.02 * torch.randn(patches, width))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width, heads, 2 * width, dropout=0.0, batch_first=True, norm_first=True
            )
            for _ in range(depth)
        )
        self.readout = nn.Parameter(torch.zeros(patches, width, size))

    def forward(self, patches: Tensor, kept: Tensor | None = None) -> Tensor:
        """Return embeddings.

        Parameters
        ----------
        patches : Tensor [B, T, P]
        kept : LongTensor [B, M], optional
            The visible patches; None shows all.

        Returns
        -------
        Tensor [B, D]
        """
        tokens = self.embed(patches) + self.place
        if kept is not None:
            tokens = tokens.gather(1, kept[..., None].expand(-1, -1, tokens.shape[2]))
            seen = torch.zeros_like(patches[..., :1]).scatter(1, kept[..., None], 1.0)
            patches = patches * seen * (patches.shape[1] / kept.shape[1])
        for layer in self.layers:
            tokens = layer(tokens)
        linear = torch.einsum("btp,tpd->bd", patches, self.patterns)
        return linear + self._read(tokens, kept)

    def _read(self, tokens: Tensor, kept: Tensor | None) -> Tensor:
        if kept is not None:
            everywhere = tokens.new_zeros(len(tokens), *self.place.shape)
            tokens = everywhere.scatter(1, kept[..., None].expand_as(tokens), tokens)
        visible = self.place.shape[0] if kept is None else kept.shape[1]
        return torch.einsum("btw,twd->bd", tokens, self.readout) / visible


class PatchDecoder(nn.Module):
    """Paints every patch from an embedding, by a linear map that starts at given patterns.

    Parameters
    ----------
    patterns : Tensor [T, P, D]
        What one unit of each number paints at first.

    Examples
    --------
    >>> PatchDecoder(torch.rand(6, 4, 3))(torch.rand(5, 3)).shape
    torch.Size([5, 6, 4])
    """

    def __init__(self, patterns: Tensor) -> None:
        super().__init__()
        self.patterns = nn.Parameter(patterns.clone())

    def forward(self, embeddings: Tensor) -> Tensor:
        """Return patches ``[B, T, P]`` of embeddings ``[B, D]``."""
        return torch.einsum("bd,tpd->btp", embeddings, self.patterns)
