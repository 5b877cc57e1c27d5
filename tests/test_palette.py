import subprocess
import sys

import numpy as np
import pytest

from graphkit.palette import BASES, GROUPS, OTHERS, UNKNOWN, class_colors, group_colors

# OKLab: bottosson.github.io/posts/oklab; linear sRGB to cones, roots of cones to L, a, b.
CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
OKLAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]
# Machado et al. 2009, doi:10.1109/TVCG.2009.113, severity 1: what dichromats see.
EYES = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
LIGHT_PAGE, DARK_PAGE = "#FFFFFF", "#14191F"


def linear(colors):
    part = np.array([list(bytes.fromhex(color[1:])) for color in colors]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def oklab(colors, eyes="normal"):
    seen = np.clip(linear(colors) @ np.transpose(EYES[eyes]), 0, 1)
    return np.cbrt(seen @ np.transpose(CONES)) @ np.transpose(OKLAB)


def distances(colors, eyes):
    lab = oklab(colors, eyes)
    return np.linalg.norm(lab[:, None] - lab, axis=-1) + 9 * np.eye(len(colors))


def contrast(colors, page):
    light, other = (linear(c) @ [0.2126, 0.7152, 0.0722] + 0.05 for c in (colors, [page]))
    return np.maximum(light / other, other / light)


@pytest.mark.parametrize(
    ("eyes", "two", "eight", "twenty"),
    [
        ("normal", 0.311, 0.131, 0.107),
        ("protan", 0.218, 0.092, 0.087),
        ("deutan", 0.281, 0.092, 0.088),
        ("tritan", 0.308, 0.105, 0.085),
    ],
)
def test_twenty_groups_stay_apart_as_far_as_the_module_says(eyes, two, eight, twenty):
    for n, least in ((2, two), (8, eight), (20, twenty)):
        assert distances(group_colors(n), eyes).min() > least
    assert distances([*GROUPS, UNKNOWN, LIGHT_PAGE], eyes).min() > 0.085


def test_colors_are_seen_on_a_light_and_a_dark_page():
    for page in (LIGHT_PAGE, DARK_PAGE):
        assert contrast(GROUPS, page).min() >= 1.5
        # What graphics need; text is mixed with the colour of the text beside it.
        assert contrast([*GROUPS[:2], OTHERS], page).min() >= 3


@pytest.mark.parametrize("eyes", EYES)
def test_letters_are_told_apart_and_are_no_class(eyes):
    assert distances([*BASES.values()], eyes).min() > 0.08
    assert contrast([*BASES.values()], LIGHT_PAGE).min() >= 3


def test_letters_share_no_hue_with_the_first_two_classes():
    lab = oklab([*GROUPS[:2], *BASES.values()])
    hue, chroma = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])), np.hypot(lab[:, 1], lab[:, 2])
    apart = np.abs((hue[2:, None] - hue[:2] + 180) % 360 - 180).min(axis=1)
    assert ((apart > 35) | (chroma[2:] < 0.01)).all()


def test_none_and_many():
    assert group_colors(0) == []
    assert len(set(group_colors(20))) == 20
    assert group_colors(100)[20:40] == list(GROUPS)


def test_a_class_has_its_color_wherever_it_stands():
    assert class_colors("BCA") == class_colors("ABC") == dict(zip("ABC", GROUPS, strict=False))


def test_the_command_reaches_it_without_drawing():
    code = (
        "import sys, graphkit.palette, graphkit.reports.localization\n"
        "print('matplotlib' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
