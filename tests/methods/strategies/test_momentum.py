"""The queue: who is in it, and who is drawn to whom."""

import numpy as np
import pytest
import torch
from pytorch_metric_learning.losses import NTXentLoss
from scipy import sparse

from graphkit.methods.strategies import MomentumQueue
from graphkit.training import Guided, fit


@pytest.fixture
def graph(points):
    """Each point has the next two of its own group and the first of the next as neighbours."""
    rows = np.repeat(np.arange(60), 3)
    group = np.arange(60) // 20
    columns = np.stack(
        [(np.arange(60) % 20 + step) % 20 + 20 * group for step in (1, 2)]
        + [(20 * (group + 1)) % 60],
        axis=1,
    )
    return sparse.csr_matrix((np.ones(180), (rows, columns.ravel())), shape=(60, 60))


def queue(points, embedder, graph, labels=None, **parts):
    labels = points.y.numpy() if labels is None else labels
    strategy = MomentumQueue(labels, graph, dim=4, **parts)
    Guided(embedder, [strategy]).begin(points)
    return strategy


def test_partners_are_neighbours_of_the_same_label(points, embedder, graph):
    asked = []

    class Watched(type(points)):
        def __getitem__(self, indices):
            asked.append(list(indices))
            return super().__getitem__(indices)

    strategy = queue(Watched(), embedder, graph)
    items = torch.tensor([0, 19, 25, 59] * 5)
    strategy.terms(embedder, points[items.tolist()], items)
    for item, partner in zip(items.tolist(), asked[-1], strict=True):
        assert partner // 20 == item // 20
        assert (partner - item) % 20 in (1, 2)
    assert len(set(asked[-1])) > 4


def test_who_has_no_such_neighbour_is_its_own_partner(points, embedder):
    strategy = queue(points, embedder, sparse.csr_matrix((60, 60)), size=60)
    embedder.eval()
    items = torch.tensor([0, 25])
    strategy.terms(embedder, points[[0, 25]], items)
    torch.testing.assert_close(
        strategy.memory.embedding_memory[:2], embedder.embed(points[[0, 25]])
    )


def test_the_term_is_the_contrast_with_all_that_is_queued(points, embedder):
    strategy = queue(points, embedder, sparse.csr_matrix((60, 60)), size=60, weight=2.0)
    embedder.eval()
    first, second = [0, 25, 45], [1, 30, 50]
    strategy.terms(embedder, points[first], torch.tensor(first))
    found = strategy.terms(embedder, points[second], torch.tensor(second))["queue"]
    z, keys = (embedder.embed(points[rows]) for rows in (second, first + second))
    y, queued = points.y[second], points.y[first + second]
    expected = NTXentLoss(0.99)(z, y, ref_emb=keys, ref_labels=queued)
    torch.testing.assert_close(found, 2 * expected)


def test_items_without_a_label_take_no_part_and_each_epoch_begins_empty(points, embedder, graph):
    labels = points.y.numpy().copy()
    labels[:30] = -1
    strategy = queue(points, embedder, graph, labels, size=20)
    nothing = strategy.terms(embedder, points[[0, 1]], torch.tensor([0, 1]))["queue"]
    nothing.backward()
    assert nothing.item() == embedder.layer.weight.grad.abs().sum() == 0
    assert strategy.memory.queue_idx == 0
    strategy.terms(embedder, points[[0, 35, 45]], torch.tensor([0, 35, 45]))
    assert strategy.memory.queue_idx == 2
    strategy.refresh(embedder, 1)
    assert strategy.memory.queue_idx == 0


def test_it_can_be_trained(points, embedder, graph, settings):
    strategy = MomentumQueue(points.y.numpy(), graph, dim=4, size=30, temperature=0.2)
    history = fit(embedder, points, settings=settings, strategies=[strategy], seed=0)
    assert history.column("train_queue")[-1] < history.column("train_queue")[0]
