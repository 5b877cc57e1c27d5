import colorsys

import numpy as np
from matplotlib.colors import to_rgb

from graphkit.plots.palette import OKABE_ITO, group_colors

# Machado et al. 2009, doi:10.1109/TVCG.2009.113, severity 1: what dichromats see.
PROTAN = [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
]
DEUTAN = [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
]


def nearest(colors):
    distance = np.linalg.norm(colors[:, None] - colors[None], axis=-1)
    return distance[~np.eye(len(colors), dtype=bool)].min()


def test_the_first_eight_stay_apart_for_colour_blind_eyes():
    colors = np.array([to_rgb(color) for color in group_colors(8)])
    for matrix in (np.eye(3), PROTAN, DEUTAN):
        assert nearest((colors @ np.transpose(matrix)).clip(0, 1)) > 0.12


def test_later_rounds_keep_the_hue():
    colors = group_colors(22)
    for i, color in enumerate(OKABE_ITO[:7]):
        hues = [colorsys.rgb_to_hls(*to_rgb(colors[at]))[0] for at in (i, i + 8, i + 15)]
        assert np.ptp(hues) < 0.02, color


def test_none_and_many():
    assert group_colors(0) == []
    assert len(group_colors(100)) == 100
