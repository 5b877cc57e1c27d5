"""Each loss where pytorch-metric-learning would have one of its own."""

import pytest
import torch
from pytorch_metric_learning.losses import CrossBatchMemory, MultipleLosses
from pytorch_metric_learning.miners import MultiSimilarityMiner

from graphkit.losses import (
    ClusterInfoNCE,
    CrossViewConsistency,
    NeighborContrast,
    SupervisedContrast,
    ViewAlignment,
    WeightedFocalEuclidean,
)

EVERY = [
    ClusterInfoNCE,
    CrossViewConsistency,
    NeighborContrast,
    SupervisedContrast,
    ViewAlignment,
    WeightedFocalEuclidean,
]
y = torch.tensor([0, 0, 1, 1, 2, 2])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind", EVERY)
def test_with_a_miner(kind, dtype):
    z = torch.randn(6, 4, dtype=dtype, requires_grad=True)
    loss = kind()(z, y, MultiSimilarityMiner()(z, y), z.detach().flip(1), y)
    loss.backward()
    assert loss.dtype == dtype
    assert loss.isfinite()
    assert z.grad.isfinite().all()


def test_several_at_once():
    z = torch.randn(6, 4)
    alone = [kind()(z, y) for kind in EVERY]
    every = MultipleLosses([kind() for kind in EVERY])
    torch.testing.assert_close(every(z, y), sum(alone))


@pytest.mark.parametrize("kind", [ClusterInfoNCE, SupervisedContrast, WeightedFocalEuclidean])
def test_with_a_memory_of_batches(kind, monkeypatch):
    names = [*CrossBatchMemory.supported_losses(), kind.__name__]
    monkeypatch.setattr(CrossBatchMemory, "supported_losses", staticmethod(lambda: names))
    memory = CrossBatchMemory(kind(), embedding_size=4, memory_size=12)
    first, second = torch.randn(2, 6, 4)
    memory(first, y)
    # Each embedding against both batches, itself left out.
    loss = memory(second, y)
    both, labels = torch.cat([first, second]), torch.cat([y, y])
    row = torch.arange(6)[:, None].expand(6, 12)
    column = torch.arange(12).expand(6, 12)
    same = y[:, None] == labels
    positive = same & (column != row + 6)
    pairs = (row[positive], column[positive], row[~same], column[~same])
    torch.testing.assert_close(loss, kind()(second, y, pairs, both, labels))
