import itertools

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.plots import aligned_figure
from graphkit.plots.aligned import _shade
from graphkit.plots.figure import new_figure
from graphkit.sequences import align, encode


def random(n, seed=0):
    return "".join(np.random.default_rng(seed).choice(list("ACGU"), n))


def drawn(*texts, **look):
    codes = [encode(text) for text in texts]
    generator = np.random.default_rng(1)
    tracks = [
        (f"row{i}", one, generator.normal(size=len(one))) for i, one in enumerate(codes)
    ]  # fmt: skip
    return aligned_figure(tracks, align(*codes), **look)


def letters_of(ax):
    return "".join(text.get_text() for text in ax.texts if text.get_family() == ["monospace"])


def test_short_ones_show_every_letter_under_its_partner():
    a = random(120)
    figure = drawn(a, a[:50] + a[60:])
    top, below, *_ = figure.axes
    assert len(figure.axes) == 4
    assert letters_of(top) == a[:100]
    assert letters_of(below).replace("-" * 10, "") == a[:50] + a[60:100]
    assert {ax.get_xlim()[1] - ax.get_xlim()[0] for ax in figure.axes} == {100}
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    ends = [title.split("\u2013")[1] for title in titles]
    assert ends == ["100", "90", "120", "110"]


def test_long_ones_show_the_whole_and_where_they_differ():
    a = random(3000)
    figure = drawn(a, a[:500] + "A" * 8 + a[500:2000] + a[2500:])
    assert [ax.get_xlim() for ax in figure.axes[:2]] == [(-0.5, 3007.5)] * 2
    zooms = {tuple(np.array(ax.get_xlim()) + 0.5) for ax in figure.axes[2:]}
    assert all(last - first == 100 for first, last in zooms)
    assert any(first <= 500 <= last for first, last in zooms)
    assert not any(2100 < first < 2350 for first, last in zooms)  # nothing to compare with
    names = [text.get_text() for text in figure.axes[0].texts]
    assert "".join(sorted("".join(names).replace(" ", ""))) == "abc"[: len(zooms)]


def test_what_does_not_differ_is_not_zoomed_in_on():
    assert len(drawn(random(900), random(900)).axes) == 2
    assert len(drawn(random(900), random(900)[1:], max_zooms=0).axes) == 2


def test_no_text_lies_on_another():
    a = random(3000)
    figure = drawn(a, a[:500] + "A" * 8 + a[500:2000] + a[2500:])
    figure.draw_without_rendering()
    boxes = [
        text.get_window_extent()
        for ax in figure.axes
        for text in (ax._left_title, *ax.texts)
        if text.get_family() != ["monospace"] and text.get_text()
    ]
    boxes += [text.get_window_extent() for text in figure.legends[0].get_texts()]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_of_many_columns_pixels_are_shaded():
    ax = new_figure(1, 1).add_subplot()
    mask = np.zeros(120_000, dtype=bool)
    mask[[0, 60_000, 60_001]] = True
    _shade(ax, mask, start=0, color="red")
    (bars,) = ax.collections
    assert len(bars.get_paths()) == 2
    _shade(ax, mask, start=0, share=0.5, color="red")
    assert len(ax.collections[1].get_paths()) == 0


def test_rows_and_tracks_are_as_many():
    with pytest.raises(InputError, match="0 x 4 positions for 1 tracks"):
        aligned_figure([("a", encode("ACGU"), np.ones(4))], np.empty((0, 4), dtype=np.int64))
