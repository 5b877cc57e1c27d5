"""Random crops: right counts, and a draw that depends on (seed, epoch, row) alone."""

import numpy as np
import torch

from graphkit.builders import CropParams, Region, RegionBuilder, RegionCrops
from graphkit.sequences import encode

RNG = np.random.default_rng(0)
CODES = [RNG.integers(0, 4, n).astype(np.uint8) for n in (300, 900, 2000)]
BUILDER = RegionBuilder((Region(k=2), Region("5'", 100, k=1), Region("3'", 100, k=2)))


def crops(**changes: object) -> RegionCrops:
    return RegionCrops(BUILDER, CODES, y=[0, 1, 0], params=CropParams(**changes))


def test_without_variation_it_is_the_builder() -> None:
    plain = BUILDER.spectrum([*CODES, encode("ACGNNACGUAGGCAU" * 9)])
    same = RegionCrops(
        BUILDER,
        [*CODES, encode("ACGNNACGUAGGCAU" * 9)],
        y=[0, 1, 0, 1],
        params=CropParams(probability=0.0, jitter=0.0),
    )[range(4)]
    for name in ("edges", "nodes", "side"):
        assert torch.equal(getattr(same, name), getattr(plain, name)), name


def test_crops_keep_what_they_should() -> None:
    data = crops(probability=1.0, smallest=0.5)
    sizes = []
    for epoch in range(40):
        data.set_epoch(epoch)
        batch = data[[0, 1, 2]]
        sizes.append(batch.nodes[:, :16].sum(dim=1) + 1)
        assert torch.equal(batch.edges[:, :64].sum(dim=1) + 2, sizes[-1])
    lengths = torch.tensor([300.0, 900.0, 2000.0])
    share = torch.stack(sizes) / lengths
    assert share.min() >= 0.49
    assert share.max() <= 1
    assert share.std() > 0.1
    assert (torch.stack(sizes)[:, 0] >= 200).all()


def test_ends_wobble_within_bounds() -> None:
    data = crops(probability=0.0, jitter=0.3)
    five = []
    for epoch in range(40):
        data.set_epoch(epoch)
        five.append(data[[2]].nodes[0, 16:20].sum().item())
    assert 69 <= min(five) < 100 < max(five) <= 130


def test_draws_depend_on_seed_epoch_and_row_alone() -> None:
    one, other = crops(), crops()
    other.set_epoch(3)
    _ = other[[0]]
    other.set_epoch(0)
    assert torch.equal(one[[0, 1]].edges, other[[0, 1]].edges)
    assert torch.equal(one[[1, 0]].edges, one[[0, 1]].edges[[1, 0]])
    other.set_epoch(1)
    assert not torch.equal(one[[0, 1, 2]].edges, other[[0, 1, 2]].edges)
    assert len(one) == 3
    assert one[[1]].y.tolist() == [1]
