"""Smoothing takes noise out of a border that k-means alone cannot see."""

import numpy as np

from graphkit.evaluation.clusters import agreement
from graphkit.evaluation.smoothing import smoothed_kmeans


def test_smoothing_helps_where_noise_is_large():
    generator = np.random.default_rng(0)
    points = np.stack(np.meshgrid(np.arange(20), np.arange(20)), axis=-1).reshape(-1, 2)
    truth = (points[:, 0] >= 10).astype(int)
    components = truth[:, None] + generator.normal(size=(400, 3))
    scores = [
        agreement(smoothed_kmeans(components, points, 2, hops=hops), truth)[0] for hops in (0, 3)
    ]
    assert scores[0] < 0.4
    assert scores[1] > 0.8


def test_fewer_spots_than_neighbours():
    points = np.arange(8.0).reshape(4, 2)
    labels = smoothed_kmeans(np.eye(4), points, 2, hops=0, n_neighbors=18)
    assert set(labels.tolist()) == {0, 1}
