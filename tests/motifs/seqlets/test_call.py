import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.motifs import Seqlet, SeqletParams, Track, call_seqlets
from graphkit.motifs.seqlets.call import strongest, tidy


def track(scores):
    return Track("x", np.zeros(len(scores), dtype=np.uint8), np.asarray(scores, dtype=float))


def noise(generator, kind, n=700):
    draw = {"gauss": generator.normal, "laplace": generator.laplace}[kind]
    return np.convolve(draw(size=n + 5), np.ones(6) / 6, "valid")


def test_planted_stretches_are_found_with_their_sign():
    scores = noise(np.random.default_rng(0), "gauss") * 0.05
    scores[100:108] += 1
    scores[300:309] -= 1
    found = call_seqlets([track(np.zeros(50)), track(scores)])
    assert [(s.record, s.sign) for s in found] == [(1, 1), (1, -1)]
    for seqlet, (start, end) in zip(found, [(100, 108), (300, 309)], strict=True):
        assert abs(seqlet.start - start) <= 2
        assert abs(seqlet.end - end) <= 2
        assert seqlet.score == pytest.approx(scores[seqlet.start : seqlet.end].sum())
        assert seqlet.p <= seqlet.q <= 0.05


def test_the_strongest_are_found_where_nothing_is_above_chance():
    scores = noise(np.random.default_rng(1), "gauss")
    found = strongest(track(scores), most=3)
    assert call_seqlets([track(scores)]) == []
    assert len(found) == 3
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert {(s.p, s.q) for s in found} == {(1.0, 1.0)}
    typical = np.abs(np.convolve(scores, np.ones(6), "valid"))
    assert all(abs(s.score) > np.quantile(typical, 0.95) for s in found)
    # A part that is loud throughout hides none of another.
    loud = Track(
        "x", np.zeros(700, dtype=np.uint8), scores * np.repeat([50, 1], [200, 500]), (200,)
    )
    assert any(s.start >= 200 for s in strongest(loud, most=3))


def test_strongest_of_nothing():
    for scores in (np.zeros(300), np.full(300, np.nan), np.ones(3), np.empty(0)):
        assert strongest(track(scores)) == []


@pytest.mark.parametrize(
    "scores",
    [np.zeros(300), np.full(300, 0.1), np.full(300, np.nan), np.ones(3), np.empty(0)],
    ids=["zero", "constant", "uncovered", "short", "empty"],
)
def test_nothing_stands_out_of_nothing(scores):
    assert call_seqlets([track(scores)]) == []
    assert call_seqlets([track(scores)], nulls=[[scores, scores]]) == []


def test_no_tracks_no_seqlets():
    assert call_seqlets([]) == []
    assert call_seqlets([], nulls=[]) == []


def test_without_nulls_for_a_track_nothing_is_called_on_it():
    scores = np.zeros(100)
    scores[50:58] = 5
    assert call_seqlets([track(scores)], nulls=[[]]) == []


@pytest.mark.parametrize("kind", ["gauss", "laplace"])
@pytest.mark.parametrize("with_nulls", [False, True])
def test_noise_is_rarely_called(kind, with_nulls):
    generator = np.random.default_rng(3)
    called = 0
    for _ in range(40):
        tracks = [track(noise(generator, kind)) for _ in range(5)]
        nulls = [[noise(generator, kind) for _ in range(3)] for _ in tracks]
        called += bool(call_seqlets(tracks, nulls=nulls if with_nulls else None))
    assert called <= 6  # 2 expected at a rate of 0.05


def test_scores_of_shuffles_stop_what_the_body_would_call():
    generator = np.random.default_rng(4)
    heavy = [generator.standard_t(2.0, size=700) for _ in range(50)]
    tracks = [track(scores) for scores in heavy[:10]]
    assert len(call_seqlets(tracks)) > 5
    assert len(call_seqlets(tracks, nulls=[heavy[10 + 4 * i : 14 + 4 * i] for i in range(10)])) <= 2


def test_signs_are_mirror_images():
    generator = np.random.default_rng(5)
    scores = noise(generator, "laplace") * 0.1
    scores[200:210] += 1
    up = call_seqlets([track(scores)])
    down = call_seqlets([track(-scores)])
    assert [s[:3] for s in up] == [s[:3] for s in down]
    assert [s.sign for s in up] == [-s.sign for s in down] == [1]


@settings(max_examples=60)
@example(scores=[0.0, 0.0, 0.0, 1.0, float("nan"), 1.0], shortest=1, more=2)
@given(
    st.lists(st.one_of(st.floats(-2, 2), st.just(float("nan"))), max_size=60),
    st.integers(1, 6),
    st.integers(0, 6),
)
def test_whatever_the_scores_seqlets_are_sound(scores, shortest, more):
    params = SeqletParams(min_length=shortest, max_length=shortest + more, fdr=0.5)
    one = track(scores)
    for seqlet in call_seqlets([one], params):
        inside = one.scores[seqlet.start : seqlet.end]
        assert 0 <= seqlet.start < seqlet.end <= len(scores)
        assert seqlet.end - seqlet.start <= params.max_length
        assert seqlet.sign * seqlet.score > 0
        assert 0 <= seqlet.p <= seqlet.q <= 0.5
        assert seqlet.score == pytest.approx(np.nansum(inside))


@pytest.mark.parametrize(
    "wrong", [{"min_length": 0}, {"min_length": 9, "max_length": 8}, {"fdr": 0}, {"fdr": 1}]
)
def test_parameters_that_make_no_sense(wrong):
    with pytest.raises(InputError):
        SeqletParams(**wrong)


def test_one_null_per_track():
    with pytest.raises(InputError, match="nulls"):
        call_seqlets([track(np.zeros(9))], nulls=[])


def test_an_end_that_is_read_by_itself_does_not_stand_out_as_a_whole():
    generator = np.random.default_rng(0)
    scores = generator.laplace(size=5000)
    scores[:400] *= 20
    scores[2000:2010] = 12.0
    codes = generator.integers(4, size=5000).astype(np.uint8)
    whole = call_seqlets([Track("t", codes, scores)])
    parted = call_seqlets([Track("t", codes, scores, (400,))])
    assert sum(s.start < 400 for s in whole) > 10
    assert sum(s.start < 400 for s in parted) <= 1
    assert any(s.start <= 2002 and s.end >= 2008 for s in parted)


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
