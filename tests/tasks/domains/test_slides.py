"""What a slide adds to its features is told from what tissue it shows."""

import sys

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.tasks.domains.slides import cut_within, mixing, shared_clusters, slide_effect

CENTRES = 10.0 * np.eye(4)[:, :3] + np.arange(3)


@pytest.fixture
def slides():
    """Two slides of four kinds; the second has two of them only, and is shifted."""
    rng = np.random.default_rng(0)
    kind = np.concatenate([np.repeat(np.arange(4), 30), np.repeat(np.arange(2), 45)])
    library = np.repeat([0, 1], [120, 90])
    return CENTRES[kind] + rng.normal(size=(210, 3)), library


@pytest.mark.parametrize("effect", [0.0, [4.0, -7.0, 2.0], [40.0, 40.0, 40.0]])
def test_an_effect_is_told_from_what_the_slide_shows(slides, effect):
    values, library = slides
    values = values + np.outer(library, np.broadcast_to(effect, 3))
    middles = shared_clusters(values, library, 4, seed=0)
    found = [slide_effect(values[library == one], middles) for one in (0, 1)]
    np.testing.assert_allclose(found[1] - found[0], np.broadcast_to(effect, 3), atol=0.5)


def test_many_spots_are_read_in_part(slides):
    values, library = (np.tile(part, (50, 1) if part.ndim > 1 else 50) for part in slides)
    middles = shared_clusters(values, library, 4, seed=0)
    assert max(np.linalg.norm(middles - one, axis=1).min() for one in CENTRES) < 1


def test_mixing_is_1_by_chance_and_0_for_slides_apart(slides):
    values, library = slides
    random = np.random.default_rng(0).permutation(library)
    assert mixing(values, random) == pytest.approx(1, abs=0.1)
    assert mixing(values + 100.0 * library[:, None], library) == 0


def test_spots_left_out_do_not_move_the_middle():
    values = np.r_[np.zeros(9), np.ones(2), 1e6][:, None]
    cut = cut_within(values, np.zeros(12, dtype=int), np.arange(11))
    assert cut.middle.max() == 0
    assert cut.middle.shape == (1, 1)


def test_harmony_mixes_slides_and_moves_none_that_are_left_out(slides):
    pytest.importorskip("harmonypy", reason="needs the extra harmony")
    values, library = slides
    values = values + 4.0 * library[:, None]
    values[-1] = 1e6
    kept = np.arange(len(values) - 1)
    plain, mixed = (cut_within(values, library, kept, harmony=one) for one in (False, True))
    before, after = (mixing(cut.apply(values)[kept], library[kept]) for cut in (plain, mixed))
    assert after > before
    np.testing.assert_array_equal(mixed.shift[-1], plain.shift[-1])
    alone = cut_within(values, np.zeros_like(library), kept, harmony=True)
    assert len(alone.shift) == 1


def test_where_harmony_is_missing_the_package_is_named(slides, monkeypatch):
    monkeypatch.setitem(sys.modules, "harmonypy", None)
    with pytest.raises(InputError, match=r"graphkit-bio\[harmony\]"):
        cut_within(*slides, harmony=True)
