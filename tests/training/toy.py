"""A method and data small enough to train in a blink, and a program that can be killed.

``python toy.py RUN_DIR MODEL [HANG_EPOCH]`` trains in RUN_DIR, resuming what is there, and saves
the weights; with HANG_EPOCH it writes the file RUN_DIR/hanging in mid-epoch and sleeps.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from graphkit.training import TrainSettings, fit, save_model

SETTINGS = TrainSettings(epochs=6, batch_size=8, lr=1e-2, warmup_epochs=2, decay=0.1, threads=1)


@dataclass
class PointBatch:
    x: Tensor
    y: Tensor

    def __len__(self) -> int:
        return len(self.y)

    def to(self, device: torch.device) -> PointBatch:
        return PointBatch(self.x.to(device), self.y.to(device))


class Points:
    """Clouds of points, one per class; `shift` says how far apart."""

    def __init__(self, size: int, *, seed: int, classes: int = 2, shift: float = 1.0) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.y = torch.randint(classes, (size,), generator=generator)
        self.x = torch.randn(size, 4, generator=generator)
        self.x[:, 0] += shift * self.y
        self.asked: list[list[int]] = []
        self.epochs: list[int] = []

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, indices: list[int]) -> PointBatch:
        self.asked.append(list(indices))
        return PointBatch(self.x[indices], self.y[indices])

    def set_epoch(self, epoch: int) -> None:
        self.epochs.append(epoch)


class Net(nn.Module):
    """Dropout, batch statistics and noise: a resumed training must get all three right."""

    def __init__(self, classes: int = 2) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(1)
            self.layers = nn.Sequential(
                nn.Linear(4, 8),
                nn.BatchNorm1d(8),
                nn.ReLU(),
                nn.Dropout(0.3),
                nn.Linear(8, classes),
            )
        self.register_buffer("centre", torch.zeros(()))
        self.refreshed: list[int] = []

    def step(self, batch: PointBatch) -> dict[str, Tensor]:
        logits = self.layers(batch.x + 0.1 * torch.randn_like(batch.x))
        return {
            "entropy": functional.cross_entropy(logits, batch.y),
            "size": 0.01 * (logits - self.centre).square().mean(),
        }

    def logits(self, batch: PointBatch) -> Tensor:
        return self.layers(batch.x)

    def refresh(self, epoch: int) -> None:
        self.refreshed.append(epoch)
        self.centre.copy_(torch.rand(()))


class HangingNet(Net):
    """Stops for good in the third step of an epoch."""

    def __init__(self, epoch: int, marker: Path) -> None:
        super().__init__()
        self.epoch = epoch
        self.marker = marker
        self.steps = 0

    def refresh(self, epoch: int) -> None:
        super().refresh(epoch)
        self.steps = 0

    def step(self, batch: PointBatch) -> dict[str, Tensor]:
        self.steps += 1
        if self.refreshed[-1] == self.epoch and self.steps == 3:
            self.marker.touch()
            time.sleep(600)
        return super().step(batch)


# The state names the class; the net that hangs stands for the one that does not.
HangingNet.__qualname__ = Net.__qualname__


def main() -> None:
    run_dir, model = map(Path, sys.argv[1:3])
    net = HangingNet(int(sys.argv[3]), run_dir / "hanging") if len(sys.argv) > 3 else Net()
    data = Points(50, seed=0), Points(20, seed=1)
    fit(net, *data, settings=SETTINGS, seed=3, run_dir=run_dir, resume=True)
    save_model(model, {}, net.state_dict())


if __name__ == "__main__":
    main()
