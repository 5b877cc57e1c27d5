"""A training shared by two processes, beside the same in one; differences are printed as JSON."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from graphkit.errors import InputError
from graphkit.losses import SupervisedContrast, gather
from graphkit.training import TrainSettings, fit

SETTINGS = TrainSettings(epochs=3, batch_size=16, lr=1e-2, threads=1, device="cpu")


class Points:
    def __init__(self, size: int, dtype: torch.dtype) -> None:
        generator = torch.Generator().manual_seed(0)
        self.y = torch.randint(3, (size,), generator=generator)
        self.x = torch.randn(size, 4, generator=generator).to(dtype)
        self.x[:, 0] += self.y

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, indices: list[int]) -> Batch:
        return Batch(self.x[indices], self.y[indices])


class Batch:
    def __init__(self, x: Tensor, y: Tensor) -> None:
        self.x, self.y = x, y

    def __len__(self) -> int:
        return len(self.y)

    def to(self, device: torch.device) -> Batch:
        return Batch(self.x.to(device), self.y.to(device))


class Net(nn.Module):
    """One of its processes is killed in the third epoch, where that is asked for."""

    def __init__(self, dtype: torch.dtype, *, killed: bool = False) -> None:
        super().__init__()
        self.killed, self.epoch = killed, 0
        torch.manual_seed(1)
        self.body = nn.Sequential(nn.Linear(4, 8), nn.Tanh()).to(dtype)
        self.head = nn.Linear(8, 3).to(dtype)
        self.unused = nn.Linear(2, 2).to(dtype)
        self.contrast = SupervisedContrast()

    def refresh(self, epoch: int) -> None:
        self.epoch = epoch

    def step(self, batch: Batch) -> dict[str, Tensor]:
        if self.killed and self.epoch == 2 and os.environ.get("LOCAL_RANK") == "1":
            os.kill(os.getpid(), 9)
        z = self.body(batch.x)
        return {
            "entropy": functional.cross_entropy(self.head(z), batch.y),
            "contrast": self.contrast(gather(z), gather(batch.y)),
        }

    def logits(self, batch: Batch) -> Tensor:
        return self.head(self.body(batch.x))


def train(net: Net, dtype: torch.dtype, **more: object) -> tuple[Tensor, list[float]]:
    settings = replace(SETTINGS, devices=int(more.pop("devices", 1)))
    history = fit(net, Points(35, dtype), Points(9, dtype), settings=settings, seed=3, **more)
    return nn.utils.parameters_to_vector(net.parameters()).detach(), history.column("train_loss")


def main() -> None:
    dtype = getattr(torch, sys.argv[1])
    start = nn.utils.parameters_to_vector(Net(dtype).parameters()).detach()
    one, losses = train(Net(dtype), dtype)
    two, shared = train(Net(dtype), dtype, devices=2)
    told = {
        "weights": float((one - two).abs().max() / one.abs().max()),
        "moved": float((one - start).abs().max()),
        "losses": max(abs(a - b) for a, b in zip(losses, shared, strict=True)),
    }
    if "kill" in sys.argv:
        run = {"run_dir": Path(tempfile.mkdtemp()), "devices": 2}
        try:
            train(Net(dtype, killed=True), dtype, **run)
        except InputError as error:
            told["error"] = str(error)
        again, _ = train(Net(dtype), dtype, resume=True, **run)
        told["resumed"] = bool(torch.equal(again, two))
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main()
