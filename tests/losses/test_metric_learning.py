"""What comes from pytorch-metric-learning is what it is there, and works with what is ours."""

import pytest
import torch
from pytorch_metric_learning import losses as theirs

from graphkit.losses import (
    CrossBatchMemory,
    MultiSimilarityLoss,
    MultiSimilarityMiner,
    ProxyAnchorLoss,
    RDEDistance,
    TripletMarginLoss,
    metric_learning,
)


def test_nothing_is_wrapped():
    for name in metric_learning.__all__:
        assert getattr(metric_learning, name).__module__.startswith("pytorch_metric_learning.")
    assert CrossBatchMemory is theirs.CrossBatchMemory


@pytest.mark.parametrize("loss", [TripletMarginLoss, MultiSimilarityLoss])
def test_a_queue_with_a_miner_and_the_distance_of_ours(loss):
    distance = {"distance": RDEDistance()} if loss is TripletMarginLoss else {}
    miner = MultiSimilarityMiner()
    memory = CrossBatchMemory(loss(**distance), 4, memory_size=12, miner=miner)
    y = torch.tensor([0, 0, 1, 1, 2, 2])
    z = torch.randn(6, 4, requires_grad=True)
    memory(torch.randn(6, 4), y)
    memory(z, y).backward()
    assert z.grad.isfinite().all()
    assert z.grad.abs().sum() > 0


def test_proxies_are_learnt():
    proxies, z = ProxyAnchorLoss(2, 4), torch.randn(4, 4)
    proxies(z, torch.tensor([0, 0, 1, 1])).backward()
    assert proxies.proxies.grad.abs().sum() > 0
