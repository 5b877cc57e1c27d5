import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.motifs import Seqlet
from graphkit.plots import draw_track
from graphkit.plots.bars import _COLUMNS, _columns, draw_running_sum, value_range
from graphkit.plots.figure import new_figure


def axes():
    return new_figure(10, 2).add_subplot()


@settings(max_examples=40)
@given(st.integers(1, 5000), st.integers(0, 99))
def test_no_peak_is_lost_in_the_columns(n, seed):
    scores = np.random.default_rng(seed).normal(size=n)
    edges, top, bottom = _columns(scores)
    assert len(top) == len(bottom) == len(edges) - 1 == min(n, _COLUMNS)
    assert (edges[0], edges[-1]) == (0, n)
    assert top.max() == max(scores.max(), 0)
    assert bottom.min() == min(scores.min(), 0)
    for column in range(0, len(top), 97):
        part = scores[int(edges[column]) : int(edges[column + 1])]
        assert (top[column], bottom[column]) == (max(part.max(), 0), min(part.min(), 0))


def test_axes_span_the_track():
    ax = draw_track(axes(), np.array([0.5, -1.0, np.nan, 2.0]), start=100)
    assert ax.get_xlim() == (99.5, 103.5)
    low, high = ax.get_ylim()
    assert low < -1 < 2 < high
    assert "log-odds" in ax.get_ylabel()
    assert all(-1 <= tick <= 2 for tick in ax.get_yticks())


def test_letters_are_written_at_their_positions():
    ax = draw_track(axes(), np.ones(4), start=7, letters="ACUN")
    assert [(t.get_text(), t.get_position()[0]) for t in ax.texts] == [
        ("A", 7), ("C", 8), ("U", 9), ("N", 10),
    ]  # fmt: skip
    assert all(t.get_position()[1] < 0 for t in ax.texts)


def test_gaps_are_shaded_where_they_are():
    scores = np.array([1, np.nan, np.nan, 1, np.nan])
    ax = draw_track(axes(), scores, start=10)
    spans = sorted((p.get_x(), p.get_x() + p.get_width()) for p in ax.patches)
    assert spans == [(10.5, 12.5), (13.5, 14.5)]


def test_seqlets_are_marked_above_the_scores():
    marks = [Seqlet(0, 3, 7, 1, 1.0, 0.0, 0.0), Seqlet(0, 90, 95, 1, 1.0, 0.0, 0.0)]
    ax = draw_track(axes(), np.ones(20), seqlets=marks)
    (lines,) = (c for c in ax.collections if hasattr(c, "get_segments"))
    (segment,) = lines.get_segments()
    assert segment[:, 0].tolist() == [2.5, 6.5]
    assert (segment[:, 1] > 1).all()


@pytest.mark.parametrize("scores", [np.zeros(5), np.full(5, np.nan), np.full(1, 1e-12)])
def test_ranges_are_never_empty(scores):
    low, high = value_range(scores)
    assert low < high
    ax = draw_track(axes(), scores)
    assert len(ax.get_yticks()) >= 2


@pytest.mark.parametrize("n", [1, 700, 90_000])
def test_a_running_sum_ends_at_the_sum(n):
    scores = np.random.default_rng(0).normal(0.1, 1, size=n)
    scores[n // 3 : n // 2] = np.nan
    ax = draw_running_sum(axes(), scores, start=10)
    x, y = ax.lines[0].get_data()
    assert (x[0], x[-1]) == (9.5, 9.5 + n)
    assert (y[0], y[-1]) == (0, pytest.approx(np.nansum(scores)))
    middle = len(x) // 2
    assert y[middle] == pytest.approx(np.nansum(scores[: int(x[middle] - 9.5)]))
    assert ax.get_ylabel() == "sum so far\n(log-odds)"
    low, high = ax.get_ylim()
    assert low < y.min() <= y.max() < high


@pytest.mark.parametrize("scores", [np.zeros(9), np.full(9, np.nan)])
def test_a_running_sum_of_nothing(scores):
    ax = draw_running_sum(axes(), scores)
    assert not ax.lines[0].get_ydata().any()


def test_nothing_is_refused():
    with pytest.raises(InputError, match="nothing to draw"):
        draw_track(axes(), np.empty(0))
    with pytest.raises(InputError, match="nothing to draw"):
        draw_running_sum(axes(), np.empty(0))
