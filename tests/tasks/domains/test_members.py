"""Members of a consensus: features of their own, components matched, and how sure a spot is."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.evaluation.clusters import agreement
from graphkit.tasks.domains.members import DomainParams, fit_members, sureness
from graphkit.tasks.domains.smoothing import Places


@pytest.fixture
def spots():
    """Three domains of falling size, told apart by the first of ten features."""
    truth = np.repeat([2, 0, 1], [60, 40, 20])
    table = np.random.default_rng(0).normal(size=(120, 10))
    table[:, 0] += 8 * truth
    return table, truth


def test_each_member_sees_the_first_three_features_and_some_of_the_others(spots):
    weight, bias, _ = fit_members(spots[0], 3, members=4, seen=0.6, seed=0)
    assert (weight.shape, bias.shape) == ((4, 10, 3), (4, 3))
    seen = weight.any(axis=2)
    assert seen[:, :3].all()
    assert (seen.sum(axis=1) == 6).all()
    assert len({tuple(one) for one in seen}) > 1


def test_members_are_matched_and_the_largest_domain_is_first(spots):
    table, truth = spots
    weight, bias, labels = fit_members(table, 3, members=4, seen=0.6, seed=0)
    assert np.bincount(labels).tolist() == [60, 40, 20]
    assert agreement(labels.tolist(), truth.tolist())[0] == 1
    each = (table @ weight + bias[:, None]).argmax(axis=2)
    assert (each == labels).mean() > 0.97


def test_two_seeds_share_no_draw(spots):
    first, second = (fit_members(spots[0], 3, members=6, seen=0.5, seed=s)[0] for s in (0, 1))
    assert not np.array_equal(first.any(axis=2), second.any(axis=2))


def test_a_spot_is_sure_by_its_probability_its_neighbours_and_what_kmeans_finds():
    places = Places(np.column_stack([np.arange(40.0), np.zeros(40)]), np.zeros(40, dtype=int))
    posterior = np.repeat([[0.9, 0.1], [0.1, 0.9]], 20, axis=0)
    posterior[5] = [0.55, 0.45]
    sure = sureness(posterior, places, agrees=0.9)
    assert sure[5] < sure[19] < sure[10]
    assert 0.7 < sure[10] < 0.95
    assert (sureness(posterior, places, agrees=0.3) < sure - 0.1).all()


def test_parameters_out_of_range():
    for slot, value in (("n_top_genes", 0), ("n_components", 0), ("components_seen", 1.5)):
        with pytest.raises(InputError, match=slot):
            DomainParams(**{slot: value})
