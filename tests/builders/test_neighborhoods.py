"""A block holds what two hops reach, and no more."""

import numpy as np
import torch
from scipy import sparse

from graphkit.builders import Neighborhoods


def chain(n=20):
    line = sparse.diags([np.ones(n - 1), np.ones(n - 1)], [-1, 1], format="csr")
    x = np.random.default_rng(0).normal(size=(n, 3))
    return Neighborhoods(x, 2 * x, line), line, x


def test_two_hops_of_a_block_are_two_products_with_the_whole():
    data, line, x = chain()
    looped = line.toarray() + np.eye(20)
    scale = 1 / np.sqrt(looped.sum(axis=1))
    normal = scale[:, None] * looped * scale
    spots = np.array([3, 11])
    block = data.block(spots)
    found = torch.sparse.mm(block.hops[1], torch.sparse.mm(block.hops[0], block.x))
    assert np.allclose(found.numpy(), (normal @ normal @ x)[spots], atol=1e-5)
    assert len(block.x) == 10
    assert np.allclose(block.smooth.numpy(), 2 * x[spots], atol=1e-6)


def test_a_batch_brings_a_neighbour_of_each_spot():
    data, line, _ = chain()
    torch.manual_seed(0)
    block = data[[4, 15]]
    spots = block.items.tolist()
    assert {4, 15} <= set(spots)
    looped = line.toarray() + np.eye(20)
    assert np.array_equal(block.near.numpy(), looped[spots][:, spots] > 0)
    assert all(min(abs(s - 4), abs(s - 15)) <= 1 for s in spots)


def test_memory_follows_neighbours_and_not_the_slide():
    sizes = [len(chain(n)[0].block(np.array([n // 2])).x) for n in (20, 200)]
    assert sizes == [5, 5]


def test_a_spot_without_neighbours_is_its_own():
    data = Neighborhoods(np.ones((3, 2)), np.ones((3, 2)), sparse.csr_matrix((3, 3)))
    block = data[[1]]
    assert block.items.tolist() == [1]
    assert block.to(torch.device("cpu")).near.tolist() == [[True]]
