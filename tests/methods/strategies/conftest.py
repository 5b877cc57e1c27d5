"""A method that any strategy can look at: points of known groups, and a layer that embeds them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn

from graphkit.training import TrainSettings


@dataclass
class PointBatch:
    x: Tensor

    def __len__(self) -> int:
        return len(self.x)

    def to(self, device: torch.device) -> PointBatch:
        return PointBatch(self.x.to(device))


class Points:
    """Three groups of points, 20 each, in six dimensions."""

    def __init__(self) -> None:
        generator = torch.Generator().manual_seed(0)
        self.y = torch.arange(3).repeat_interleave(20)
        self.x = torch.randn(60, 6, generator=generator)
        self.x[torch.arange(60), self.y] += 4

    def __len__(self) -> int:
        return 60

    def __getitem__(self, indices) -> PointBatch:
        return PointBatch(self.x[list(indices)])


class Embedder(nn.Module):
    """Embeds points, and has next to no objective of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.dropout = nn.Linear(6, 4), nn.Dropout(0.2)

    def embed(self, batch: PointBatch) -> Tensor:
        return self.layer(self.dropout(batch.x))

    def attention(self, batch: PointBatch) -> Tensor:
        return self.embed(batch).mean(dim=1).softmax(dim=0)

    def step(self, batch: PointBatch) -> dict[str, Tensor]:
        return {"small": 1e-3 * self.embed(batch).square().mean()}


@pytest.fixture
def points() -> Points:
    return Points()


@pytest.fixture
def embedder() -> Embedder:
    torch.manual_seed(0)
    return Embedder()


@pytest.fixture
def settings() -> TrainSettings:
    return TrainSettings(epochs=4, batch_size=20, lr=1e-2, device="cpu", restore_best=False)
