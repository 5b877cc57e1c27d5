"""Train one member on some records, and read the experts' logits of others."""

import time
from dataclasses import dataclass, field

import numpy as np
import torch
from model import RegionNet, Shape
from numpy.typing import NDArray
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from data import Regions, Sources


@dataclass(frozen=True)
class Recipe:
    """Everything that a trial may change.

    Parameters
    ----------
    shape
        Sizes of the network.
    ends
        Regions beside the whole, names out of ``data.ENDS``.
    epochs, batch, lr, weight_decay
        AdamW under one cycle: 15 % warm-up, cosine to zero.
    crop, shortest, jitter
        Probability and smallest share of a random crop of the whole; wobble of the ends.
    smoothing
        Of the labels: they are about 20 % noisy.
    second
        Weight of a record of the second source.
    gate
        Weight of the loss that tells the sources apart.
    """

    shape: Shape = field(default_factory=Shape)
    ends: tuple[str, ...] = ("5'200", "5'800", "3'400")
    epochs: int = 16
    batch: int = 64
    lr: float = 3e-3
    weight_decay: float = 1e-2
    crop: float = 0.5
    shortest: float = 0.5
    jitter: float = 0.3
    smoothing: float = 0.1
    second: float = 4.0
    gate: float = 0.5


def class_weights(data: Sources, train: NDArray[np.int64], second: float) -> torch.Tensor:
    """Weight classes evenly within each source, and the second source by `second`."""
    weight = np.ones(len(data.y), dtype=np.float32)
    for source in (0, 1):
        inside = train[data.source[train] == source]
        for label in (0, 1):
            rows = inside[data.y[inside] == label]
            weight[rows] = len(inside) / 2 / max(1, len(rows))
    weight[data.source == 1] *= second
    return torch.from_numpy(weight)


def train_member(
    data: Sources, regions: Regions, train: NDArray[np.int64], recipe: Recipe, *, seed: int
) -> tuple[RegionNet, float]:
    """Train one network; return it with samples per second of processor time."""
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    net = RegionNet(recipe.shape)
    optimizer = torch.optim.AdamW(net.parameters(), lr=recipe.lr, weight_decay=recipe.weight_decay)
    steps = len(train) // recipe.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.lr, total_steps=recipe.epochs * steps, pct_start=0.15
    )
    y = torch.tensor(data.y, dtype=torch.float32)
    source = torch.tensor(data.source, dtype=torch.float32)
    weight = class_weights(data, train, recipe.second)
    start = time.process_time()
    net.train()
    for _ in range(recipe.epochs):
        order = generator.permutation(train)
        for step in range(steps):
            rows = order[step * recipe.batch : (step + 1) * recipe.batch]
            counts, lengths = regions.draw(
                rows,
                generator,
                crop=recipe.crop,
                shortest=recipe.shortest,
                jitter=recipe.jitter,
            )
            z = net(torch.from_numpy(counts), torch.from_numpy(lengths))
            own = torch.where(source[rows] > 0, z[:, 1], z[:, 0])
            target = y[rows] * (1 - recipe.smoothing) + recipe.smoothing / 2
            loss = (cross_entropy(own, target, reduction="none") * weight[rows]).mean()
            loss = loss + recipe.gate * cross_entropy(z[:, 2], source[rows])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    seen = recipe.epochs * steps * recipe.batch
    return net.eval(), seen / (time.process_time() - start)


@torch.no_grad()
def logits_of(
    net: RegionNet, regions: Regions, index: NDArray[np.int64], *, batch: int = 32
) -> NDArray[np.float32]:
    """Logits ``[n, 3]`` of records as they are."""
    rows = [index[i : i + batch] for i in range(0, len(index), batch)]
    return np.concatenate(
        [
            net(torch.from_numpy(regions.plain[r]), torch.from_numpy(regions.lengths[r])).numpy()
            for r in rows
        ]
    )


def mixed(z: NDArray[np.float32], *, prior: float, sharpness: float = 2.0) -> NDArray[np.float32]:
    """Log-odds of the gated experts, ``[..., 3] -> [...]``.

    ``(1 - w) z_first + w * sharpness * z_second`` with ``w = sigmoid(z_gate - logit(prior))``: the
    probability of the second source if both were equally common. `prior` is its share in training.
    The second expert is less sure of itself (fewer, noisier labels), hence `sharpness`.
    """
    w = 1 / (1 + np.exp(-(z[..., 2] - np.log(prior / (1 - prior)))))
    return (1 - w) * z[..., 0] + w * sharpness * z[..., 1]
