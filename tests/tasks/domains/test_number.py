"""The number of domains: found where halves agree, and said to be open where they do not."""

import json
from pathlib import Path

import numpy as np
import pytest

from graphkit.tasks.domains.number import HOW_OFTEN, LARGEST, SMALLEST, choose_number
from graphkit.tasks.domains.smoothing import Places


def choose(centres, noise, n=400, *, counted=True):
    """Return the number found for spots in bands, each around a centre of its own."""
    rng = np.random.default_rng(0)
    truth = np.sort(rng.integers(0, len(centres), n))
    halves = [np.asarray(centres)[truth] + noise * rng.normal(size=(n, 8)) for _ in range(2)]
    points = np.column_stack([truth + rng.random(n), rng.uniform(0, len(centres), n)])
    where = Places(points, np.zeros(n, dtype=int))
    return choose_number(sum(halves) / 2, (tuple(halves),), where, counted=counted)


@pytest.mark.parametrize("number", [2, 4, 7])
def test_as_many_as_were_planted(number):
    found = choose(5 * np.eye(number, 8), 1.5)
    assert (found.chosen, found.determined) == (number, True)
    assert set(found.curve) == set(range(SMALLEST, LARGEST + 1))


def test_halves_of_features_determine_no_number():
    found = choose(5 * np.eye(4, 8), 1.5, counted=False)
    assert (found.chosen, found.determined) == (4, False)


def test_one_cloud_has_no_number():
    found = choose(np.zeros((1, 8)), 1.0)
    assert not found.determined
    assert SMALLEST <= found.chosen <= LARGEST


def test_more_than_are_tried_are_not_determined():
    found = choose(9 * np.random.default_rng(1).normal(size=(30, 8)), 0.3, 600)
    assert not found.determined


def test_a_handful_of_spots_is_one_domain():
    found = choose(np.eye(6, 8), 0.1, 6)
    assert (found.chosen, found.determined, found.curve) == (1, False, {})


def test_how_often_a_determined_number_is_right_is_what_was_measured():
    path = Path(__file__).resolve().parents[3] / "benchmarks" / "domains.json"
    summary = json.loads(path.read_text())["results"]["summary"]
    off = [
        by
        for kind in ("simulated", "simulated otherwise")
        for by in summary[kind]["determined and off by"]
    ]
    assert f"{sum(abs(by) <= 1 for by in off)} of {len(off)}" in HOW_OFTEN
