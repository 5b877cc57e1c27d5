"""Every example once per epoch, in an order that (seed, epoch) decides."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
import torch
from torch_geometric.data import Batch, Data

from graphkit.builders import DeBruijnBuilder
from graphkit.sequences import encode
from graphkit.training.batches import EpochBatches, Subset, batch_loader, count_examples

CODES = [encode("ACGUACGGUCAGGACUUACGAGCA"), encode("GGGGGGGGGGGGGGGGGGGGAC"), encode("AU" * 12)]


def flat(batches):
    return [index for batch in batches for index in batch]


@pytest.mark.parametrize(("size", "batch_size"), [(1, 4), (4, 4), (5, 4), (17, 3)])
def test_nothing_is_dropped_and_nothing_comes_twice(size, batch_size):
    batches = EpochBatches(size, batch_size, seed=0)
    lists = list(batches)
    assert len(lists) == len(batches)
    assert all(len(batch) == batch_size for batch in lists[:-1])
    assert sorted(flat(lists)) == list(range(size))


def test_the_order_depends_on_seed_and_epoch_alone():
    def order(seed, epoch):
        batches = EpochBatches(40, 8, seed=seed)
        batches.set_epoch(epoch)
        return flat(batches)

    assert order(0, 3) == order(0, 3)
    assert len({tuple(order(seed, epoch)) for seed in (0, 1) for epoch in (0, 1)}) == 4


def test_without_a_seed_the_order_is_kept():
    assert flat(EpochBatches(10, 3)) == list(range(10))


def test_the_loader_hands_over_what_the_dataset_returns_and_draws_no_random_number():
    class Echo:
        def __len__(self):
            return 5

        def __getitem__(self, indices):
            return ("batch", tuple(indices))

    state = torch.random.get_rng_state()
    assert list(batch_loader(Echo(), 2)) == [
        ("batch", (0, 1)),
        ("batch", (2, 3)),
        ("batch", (4,)),
    ]
    assert torch.equal(torch.random.get_rng_state(), state)


def test_examples_are_counted_whatever_the_batch_is():
    graph = Data(x=torch.zeros(3, 1), edge_index=torch.zeros(2, 0, dtype=torch.long))
    assert count_examples(Batch.from_data_list([graph, graph])) == 2
    assert count_examples(torch.zeros(5, 2)) == 5


def test_subset_of_subset_rows() -> None:
    data = DeBruijnBuilder(2).spectrum(CODES, y=[0, 1, 2])
    part = Subset(data, np.array([2, 0]))
    assert len(part) == 2
    assert part[[1, 0]].y.tolist() == [0, 2]


@pytest.mark.parametrize("ranks", [2, 3])
def test_processes_share_each_batch(ranks):
    size, whole = 19, list(EpochBatches(19, 6, seed=1))
    each = [EpochBatches(size, 6, seed=1, rank=rank, ranks=ranks) for rank in range(ranks)]
    for number, (batch, *parts) in enumerate(zip(whole, *each, strict=True)):
        shares = [one.share(number) for one in each]
        assert sum(shares) == pytest.approx(ranks)
        counted = [part for part, share in zip(parts, shares, strict=True) if share]
        assert sorted(chain.from_iterable(counted)) == sorted(batch)
        if len(batch) == 6:
            assert shares == [1.0] * ranks
