"""Anchors: labels that neighbours bear out."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.methods.strategies import graph_anchors


@pytest.fixture
def flipped():
    """Two clouds; a tenth of the labels is wrong."""
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1], 100)
    points = rng.normal(size=(200, 4))
    points[:, 0] += np.where(truth == 0, -4, 4)
    labels = truth.copy()
    wrong = rng.choice(200, 20, replace=False)
    labels[wrong] = 1 - labels[wrong]
    return points, truth, labels


def test_anchors_are_right_where_labels_are_not(flipped):
    points, truth, labels = flipped
    anchors = graph_anchors(labels, points, share=1.0, purity=0.7)
    assert (labels != truth).sum() == 20
    assert (labels[anchors] == truth[anchors]).all()
    assert anchors.sum() > 150


def test_of_each_class_the_given_share_of_the_pure_ones_stays(flipped):
    points, truth, _ = flipped
    anchors = graph_anchors(truth, points, share=0.5)
    every = graph_anchors(truth, points, share=1.0)
    for one in (0, 1):
        assert abs(anchors[truth == one].sum() - every[truth == one].sum() / 2) <= 1
    assert not (anchors & ~every).any()


def test_purity_is_the_share_of_neighbours_counted_by_a_loop(flipped):
    points, _, labels = flipped
    unit = points / np.linalg.norm(points, axis=1)[:, None]
    expected = []
    for i in range(200):
        order = [j for j in np.argsort(-unit @ unit[i], kind="stable") if j != i][:20]
        pure = np.mean([labels[j] == labels[i] for j in order]) > 0.8
        means = [points[labels == one].mean(axis=0) for one in (0, 1)]
        nearest = np.argmin([np.square(points[i] - mean).sum() for mean in means])
        expected.append(pure and nearest == labels[i])
    assert graph_anchors(labels, points, share=1.0).tolist() == expected


def test_neighbours_of_a_class_are_looked_for_in_its_own_space(flipped):
    points, truth, labels = flipped
    asked = []

    def own_space(one):
        asked.append(one)
        return np.where(truth[:, None] == one, [1.0, 0.0], [0.0, 1.0])

    anchors = graph_anchors(labels, points, own_space=own_space, share=1.0)
    assert asked == [0, 1]
    assert (labels[anchors] == truth[anchors]).all()


def test_items_without_a_label_neither_anchor_nor_count(flipped):
    points, truth, _ = flipped
    some = truth.copy()
    some[::2] = -1
    anchors = graph_anchors(some, points)
    assert not anchors[::2].any()
    assert anchors[1::2].tolist() == graph_anchors(truth[1::2], points[1::2]).tolist()


def test_a_class_of_one_item_has_no_anchor(flipped):
    points, truth, _ = flipped
    truth[0] = 7
    assert not graph_anchors(truth, points)[0]


@pytest.mark.parametrize("labels", [np.full(200, -1), np.zeros(3, dtype=int)])
def test_labels_that_do_not_fit_are_refused(labels, flipped):
    with pytest.raises(InputError, match="labels"):
        graph_anchors(labels, flipped[0])
