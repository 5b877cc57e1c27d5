"""The number of modules follows its rule."""

import numpy as np

from graphkit.methods.module_consensus import TMixtureSettings
from graphkit.methods.module_number import held_out_fit, smallest_within_error


def test_rule_by_hand():
    scores = {2: [0.0, 0.0], 3: [0.95, 0.95], 4: [0.9, 1.1], 8: [1.0, 1.0]}
    # Best: 4 and 8 tie at 1.0; the first of them has a standard error of 0.1.
    assert smallest_within_error(scores) == 3
    assert smallest_within_error({2: [0.0], 3: [1.0], 4: [0.9]}) == 3


def test_planted_number_is_found():
    rng = np.random.default_rng(0)
    angles = np.repeat(np.arange(4), 30) * np.pi / 2
    centres = np.stack([np.cos(angles), np.sin(angles)], axis=1)

    def noisy():
        return centres + rng.normal(scale=0.1, size=centres.shape)

    halves = [(noisy(), noisy()) for _ in range(4)]
    scores = {
        k: held_out_fit(halves, k, seed=0, settings=TMixtureSettings(shared=1.0))
        for k in (2, 3, 4, 8)
    }
    assert smallest_within_error(scores) == 4
    assert all(len(values) == 4 for values in scores.values())
