"""Communities of neighbour graphs, beside the definition."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.builders.neighbors.communities import communities, n_communities, shared_neighbors


def blobs(n=20, groups=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n * groups, 4)) + 12 * np.repeat(np.eye(groups, 4), n, axis=0)


@given(st.integers(0, 1000), st.integers(2, 12), st.integers(1, 5))
def test_weights_are_jaccards_index_of_the_neighbours(seed, n, k):
    points = np.random.default_rng(seed).normal(size=(n, 3))
    k = min(k, n - 1)
    found = shared_neighbors(points, n_neighbors=k).toarray()
    far = np.linalg.norm(points[:, None] - points[None], axis=2)
    mine = [set(np.argsort(row, kind="stable")[: k + 1].tolist()) for row in far]
    for one in range(n):
        for other in range(n):
            near = one != other and (other in mine[one] or one in mine[other])
            both = len(mine[one] & mine[other]) / len(mine[one] | mine[other])
            assert found[one, other] == pytest.approx(both if near else 0)


@pytest.mark.parametrize("number", [1, 2, 3, 5, 9, 40])
def test_there_are_as_many_as_asked_for(number):
    found = n_communities(blobs(), number, n_neighbors=8)
    assert sorted(set(found.tolist())) == list(range(number))


def test_groups_far_apart_are_the_communities():
    found = n_communities(blobs(), 3, n_neighbors=8)
    assert all(len(set(found[20 * i : 20 * i + 20])) == 1 for i in range(3))


def test_the_seed_decides_and_pythons_generator_stays_where_it_was():
    weights = shared_neighbors(np.random.default_rng(0).normal(size=(80, 5)))
    random.seed(7)
    state = random.getstate()
    one = communities(weights, resolution=2.0, seed=1)
    assert (one == communities(weights, resolution=2.0, seed=1)).all()
    assert random.getstate() == state
