"""More points where a path has a kink, no more where it has none."""

import numpy as np
import pytest

from graphkit.attribution import converged_gradients, integrated_gradients
from graphkit.errors import InputError
from graphkit.pretrained import load
from graphkit.sequences import encode
from graphkit.tasks.explain.explained_model import log_odds_of


def test_a_straight_path_takes_no_more(toys):
    model, codes = toys.linear(), encode(toys.TEXT)
    found = converged_gradients(model, codes, steps=2)
    assert found.steps == 2
    assert found.gap < 1e-5
    expected = integrated_gradients(model, codes, steps=2)
    np.testing.assert_allclose(
        found.positions.values, expected.positions.values, rtol=1e-5, atol=1e-7
    )


def test_a_bent_path_takes_as_many_as_it_needs(toys):
    model, codes = toys.lncloc(2), toys.random_codes(100)
    once = integrated_gradients(model, codes, steps=2)
    assert once.gap > 0.01
    found = converged_gradients(model, codes, steps=2)
    assert found.gap <= 0.01
    assert found.steps in (8, 32, 128, 512)
    same = integrated_gradients(model, codes, steps=found.steps)
    np.testing.assert_allclose(found.positions.values, same.positions.values, rtol=1e-5, atol=1e-7)
    assert converged_gradients(model, codes, steps=2, tolerance=np.inf).steps == 2


def test_there_is_a_limit_and_the_best_is_kept(toys, monkeypatch):
    asked = []

    def gradients(model, codes, *, steps):
        asked.append(steps)
        found = integrated_gradients(model, codes, steps=2)
        gap = {64: 0.5, 256: 0.2, 1024: 0.3}.get(steps, 0.4)
        object.__setattr__(found, "way", 1.0)
        object.__setattr__(found.positions, "delta", gap)
        object.__setattr__(found, "steps", steps)
        return found

    monkeypatch.setattr("graphkit.attribution.converged.integrated_gradients", gradients)
    model, codes = toys.linear(), encode(toys.TEXT)
    assert converged_gradients(model, codes).steps == 256
    assert asked == [64, 256, 1024]
    asked.clear()
    assert converged_gradients(model, codes, steps=5000).steps == 5000
    assert asked == [5000]


@pytest.mark.parametrize("unit", ["A", "C", "G", "U", "AU", "CG", "GGC", "CAG"])
@pytest.mark.parametrize("length", [60, 400])
def test_homopolymers_and_repeats_add_up(unit, length):
    model = log_odds_of(load("lncloc"), "Nucleus")
    found = converged_gradients(model, encode((unit * length)[:length]))
    assert found.gap <= 0.01
    assert np.isfinite(found.positions.values).all()
    whole = found.positions.values.sum() + found.side.sum() + found.absent
    assert whole == pytest.approx(found.f_x - found.f_base + found.positions.delta, abs=1e-9)


def test_one_step_is_too_few(toys):
    with pytest.raises(InputError, match="steps = 1"):
        converged_gradients(toys.linear(), encode(toys.TEXT), steps=1)
