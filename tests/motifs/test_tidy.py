import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphkit.motifs import Seqlet
from graphkit.motifs.tidy import tidy


def window(start, end, p=0.001, record=0):
    return Seqlet(record, start, end, 1, 1.0, p, p)


def spans(windows, scores=None, longest=15):
    tracks = [np.ones(60) if scores is None else scores] * 2
    return [(s.record, s.start, s.end) for s in tidy(windows, tracks, longest=longest)]


def test_the_better_of_two_that_overlap_is_kept():
    assert spans([window(0, 8, 0.01), window(5, 13, 0.001)]) == [(0, 5, 13)]


def test_the_longer_of_equals_is_kept_up_to_rounding():
    assert spans([window(2, 6, 1e-5), window(0, 8, 1e-5 * (1 + 1e-9))]) == [(0, 0, 8)]


def test_neighbours_are_joined_while_short_enough():
    assert spans([window(0, 4), window(5, 9)]) == [(0, 0, 9)]
    assert spans([window(0, 4), window(6, 10)]) == [(0, 0, 4), (0, 6, 10)]
    assert spans([window(0, 8), window(8, 16)]) == [(0, 0, 8), (0, 8, 16)]
    assert spans([window(0, 4), window(4, 8, record=1)]) == [(0, 0, 4), (1, 4, 8)]


def test_quiet_ends_are_cut_and_the_score_follows():
    scores = np.zeros(60)
    scores[10:14] = 2.0
    scores[9] = -3.0
    found = tidy([window(8, 20)], [scores], longest=15)
    assert [(s.start, s.end, s.score) for s in found] == [(10, 14, 8.0)]


WINDOWS = st.lists(
    st.builds(
        lambda start, n, p: window(start, start + n, p),
        st.integers(0, 40),
        st.integers(4, 15),
        st.floats(0, 1),
    ),
    max_size=30,
)


@given(WINDOWS)
def test_seqlets_never_overlap_and_cover_only_windows(windows):
    found = tidy(windows, [np.ones(60)], longest=15)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    called = {t for w in windows for t in range(w.start, w.end)}
    gaps = {b.start - 1 for b in windows} | {a.end for a in windows}
    assert {t for s in found for t in range(s.start, s.end)} <= called | gaps
    assert bool(found) == bool(windows)
