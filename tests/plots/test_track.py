import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from graphkit.errors import InputError
from graphkit.motifs import Seqlet
from graphkit.palette import GROUPS
from graphkit.plots import save_figure, track_figure
from graphkit.plots.colors import UNSIGNED
from graphkit.plots.track import zoom_windows
from graphkit.types import Window


def transcript(n, seed=0):
    generator = np.random.default_rng(seed)
    return generator.normal(size=n), generator.integers(0, 4, n).astype(np.uint8)


def seqlet(start, end, score=1.0):
    return Seqlet(0, start, end, 1 if score > 0 else -1, score, 0.0, 0.0)


def letters_of(figure):
    return sum(len(t.get_text()) == 1 for ax in figure.axes for t in ax.texts)


def text_boxes(figure):
    """Boxes of all visible text, letters aside, in pixels."""
    figure.draw_without_rendering()
    found = []
    for ax in figure.axes:
        texts = [ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label]
        for axis, (low, high) in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
            ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
            texts += [label for place, label in ticks if low <= place <= high]
        texts += [t for t in ax.texts if t.get_family() != ["monospace"]]
        found += [t.get_window_extent() for t in texts if t.get_text() and t.get_visible()]
    found += [t.get_window_extent() for legend in figure.legends for t in legend.get_texts()]
    return [*found, *(t.get_window_extent() for t in [figure._suptitle] if t is not None)]


@pytest.mark.parametrize(("n", "rows"), [(1, 1), (60, 1), (100, 1), (101, 2), (300, 3)])
def test_short_tracks_show_every_letter(n, rows):
    figure = track_figure(*transcript(n))
    assert len(figure.axes) == rows
    assert letters_of(figure) == n
    widths = {round(np.ptp(ax.get_xlim())) for ax in figure.axes}
    assert len(widths) == 1


def test_long_tracks_show_the_whole_and_windows():
    scores, codes = transcript(2000)
    seqlets = [seqlet(500, 508, 9.0), seqlet(1500, 1509, -8.0), seqlet(50, 60, 1.0)]
    figure = track_figure(scores, codes, seqlets=seqlets, max_zooms=2)
    whole, first, second = figure.axes
    assert whole.get_xlim() == (-0.5, 1999.5)
    assert first.get_xlim() == (453.5, 553.5)
    assert second.get_xlim() == (1453.5, 1553.5)
    for ax, shown in ((first, scores[454:554]), (second, scores[1454:1554])):
        assert max(ax.get_yticks()) <= shown.max() < ax.get_ylim()[1]  # its own scale


WINDOWS = (
    Window("the whole", 0, 2000),
    Window("first 200 nt", 0, 200),
    Window("last 400 nt", 1600, 2000),
)


def test_what_is_read_by_itself_is_drawn_and_named():
    whole, bars, zoom = track_figure(*transcript(2000), windows=WINDOWS, max_zooms=1).axes
    assert [text.get_text() for text in bars.texts] == ["first 200 nt", "last 400 nt"]
    spans = [[(box.x0, box.x1) for box in (p.get_extents(),)] for one in bars.collections
             for p in one.get_paths()]  # fmt: skip
    assert spans == [[(-0.5, 199.5)], [(1599.5, 1999.5)]]
    ends = {line.get_xdata()[0] for line in whole.lines if line.get_linestyle() == ":"}
    assert ends == {199.5, 1599.5}
    assert np.ptp(zoom.get_xlim()) == 100


def test_zooms_show_what_stands_out_of_its_window():
    scores = np.tile([1.0, -1.0], 1000)
    scores[:200] *= 50  # read by itself: high throughout
    scores[1000] = 9.0
    assert zoom_windows(scores, (), most=1, breaks=[200, 1600]) == [(950, 1050)]
    assert zoom_windows(scores, (), most=1)[0][0] < 200
    found = [seqlet(100, 104, 120.0), seqlet(1000, 1004, 9.0)]
    assert zoom_windows(scores, found, most=1, breaks=[200, 1600]) == [(952, 1052)]
    assert zoom_windows(scores, found, most=1) == [(52, 152)]


def test_short_tracks_show_where_windows_end():
    figure = track_figure(*transcript(250), windows=[Window("first 150 nt", 0, 150)])
    dotted = [[line.get_linestyle() for line in ax.lines].count(":") for ax in figure.axes]
    assert dotted == [0, 1, 0]


def test_very_long_tracks_show_the_running_sum_too():
    scores, codes = transcript(2999)
    assert len(track_figure(scores, codes, max_zooms=1).axes) == 2
    scores, codes = transcript(20_000)
    whole, sums, zoom = track_figure(scores, codes, max_zooms=1).axes
    assert sums.get_xlim() == whole.get_xlim()
    assert sums.get_ylabel() == "sum so far\n(log-odds)"
    assert np.ptp(zoom.get_xlim()) == 100


def test_windows_side_by_side_share_a_name():
    scores, codes = transcript(20_000)
    seqlets = [seqlet(10, 18, 9.0), seqlet(150, 158, 8.0), seqlet(19_900, 19_908, 7.0)]
    whole, *_ = track_figure(scores, codes, seqlets=seqlets).axes
    assert [t.get_text() for t in whole.texts] == ["a b", "c"]
    titles = [ax.get_title(loc="left") for ax in whole.figure.axes[2:]]
    assert titles == ["a   0\u2013100", "b   104\u2013204", "c   19,854\u201319,954"]


@pytest.mark.parametrize("n", [300, 2000, 20_000, 90_000])
def test_nothing_overlaps(n):
    scores, codes = transcript(n)
    scores[n // 3 : n // 3 + n // 20] = np.nan
    figure = track_figure(
        scores, codes, title="ENST00000000001.2|" * 12, favours=("Cytoplasm", "Nucleus" * 9),
        seqlets=[seqlet(n // 2, n // 2 + 8), seqlet(20, 30), seqlet(140, 150)],
        windows=[Window("first 200 nt", 0, 200), Window("first 800 nt", 0, min(n, 800)),
                 Window("last 400 nt", max(n - 400, 0), n)],
    )  # fmt: skip
    boxes = text_boxes(figure)
    width, height = figure.canvas.get_width_height()
    for i, a in enumerate(boxes):
        assert -1 <= a.x0 < a.x1 <= width + 1
        assert -1 <= a.y0 < a.y1 <= height + 1
        for b in boxes[i + 1 :]:
            # Labels of neighbouring ticks may touch by a pixel of their padding.
            assert not a.padded(-1).overlaps(b.padded(-1)), (a, b)


def test_the_legend_says_what_there_is():
    scores, codes = transcript(50)
    (plain,) = track_figure(scores, codes).legends
    assert [t.get_text() for t in plain.get_texts()] == [
        "speaks for the class", "speaks for the other class",
    ]  # fmt: skip
    scores[3] = np.nan
    (full,) = track_figure(
        scores, codes, seqlets=[seqlet(9, 13)], favours=("Cytoplasm", "Nucleus")
    ).legends
    assert [t.get_text() for t in full.get_texts()] == [
        "speaks for Nucleus", "speaks for Cytoplasm", "seqlet", "no score",
    ]  # fmt: skip


def test_scores_have_the_colours_of_the_classes_they_speak_for():
    scores, codes = transcript(20_000)
    figure = track_figure(scores, codes, colors=GROUPS[3:5], max_zooms=0)
    (legend,) = figure.legends
    shown = [to_rgb(patch.get_facecolor()) for patch in legend.get_patches()]
    assert shown == [to_rgb(GROUPS[4]), to_rgb(GROUPS[3])]
    whole, sums = figure.axes
    drawn = np.concatenate([bars.get_facecolor()[:, :3] for bars in whole.collections[:2]])
    for color in shown:
        assert np.abs(drawn - color).max(axis=1).min() < 0.02
    assert [to_rgb(area.get_facecolor()[0, :3]) for area in sums.collections] == shown[::-1]


@pytest.mark.parametrize(
    ("scores", "ending"),
    [
        (np.zeros(400), "png"),
        (np.full(400, np.nan), "svg"),
        (np.full(400, 0.01), "png"),
        (np.zeros(7), "svg"),
    ],
)
def test_degenerate_tracks_are_drawn(tmp_path, scores, ending):
    path = tmp_path / f"x.{ending}"
    save_figure(track_figure(scores, np.zeros(len(scores), dtype=np.uint8)), path, dpi=50)
    assert path.stat().st_size > 1000


def test_ninety_kilobases_stay_small(tmp_path):
    scores, codes = transcript(90_000)
    figure = track_figure(scores, codes, seqlets=[seqlet(i, i + 8) for i in range(0, 90_000, 300)])
    path = tmp_path / "x.svg"
    save_figure(figure, path)
    assert path.stat().st_size < 3_000_000


def test_scores_without_a_sign_speak_for_nobody():
    scores, codes = transcript(4000)
    figure = track_figure(np.abs(scores), codes, unit="share per nt", unsigned="attention")
    (legend,) = figure.legends
    assert [t.get_text() for t in legend.get_texts()] == ["attention"]
    colors = {tuple(c) for ax in figure.axes for one in ax.collections for c in one.get_facecolor()}
    assert {color[:3] for color in colors} == {to_rgb(UNSIGNED)}
    assert "share per nt" in figure.axes[0].get_ylabel()
    assert figure.axes[1].get_ylabel() == "sum so far\n(share)"


def test_what_does_not_add_up_is_not_added_up():
    scores, codes = transcript(4000)
    figure = track_figure(scores, codes, unit="fall of the log-odds", max_zooms=1)
    assert len(figure.axes) == 2


@given(
    st.integers(1, 3000),
    st.lists(st.integers(0, 2990), max_size=6),
    st.integers(0, 4),
)
def test_windows_are_apart_and_inside(n, places, most):
    seqlets = [seqlet(min(p, n - 1), min(p + 8, n), 1.0 + p) for p in places]
    windows = zoom_windows(np.ones(n), seqlets, most=most)
    assert len(windows) <= most
    assert windows == sorted(windows)
    assert all(0 <= a < b <= n and b - a == min(100, n) for a, b in windows)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(windows))
    if seqlets and most:
        strongest = max(seqlets, key=lambda s: s.score)
        assert any(a <= strongest.start < b for a, b in windows)


def test_no_windows_where_nothing_scores():
    assert zoom_windows(np.zeros(500), ()) == []
    assert zoom_windows(np.full(500, np.nan), ()) == []


def test_what_does_not_fit_is_refused():
    with pytest.raises(InputError, match="scores for"):
        track_figure(np.ones(3), np.zeros(4, dtype=np.uint8))
    with pytest.raises(InputError, match="no letters"):
        track_figure(np.empty(0), np.empty(0, dtype=np.uint8))
