"""Knock-outs change what they should, and nothing else."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphkit.attribution.perturb import random_runs, run_bounds, shuffle, substitute
from graphkit.sequences import BREAK, encode, kmer_counts

PLACES = st.lists(st.integers(0, 29), max_size=30, unique=True).map(sorted)


@given(text=st.text("ACGUN", min_size=30, max_size=30), places=PLACES, seed=st.integers(0, 5))
def test_substitution_changes_every_letter_asked_for_and_no_other(text, places, seed):
    codes, places = encode(text), np.array(places, dtype=np.int64)
    changed = substitute(codes, places, np.random.default_rng(seed))
    asked = np.isin(np.arange(30), places) & (codes < BREAK)
    np.testing.assert_array_equal(changed != codes, asked)
    assert ((changed == BREAK) == (codes == BREAK)).all()


def test_every_other_letter_is_as_likely():
    drawn = substitute(np.full(9000, 2, np.uint8), np.arange(9000), np.random.default_rng(0))
    counts = np.bincount(drawn, minlength=4)
    assert counts[2] == 0
    assert (abs(counts[[0, 1, 3]] - 3000) < 200).all()


@given(text=st.text("ACGUN", min_size=30, max_size=30), places=PLACES, seed=st.integers(0, 5))
def test_shuffling_keeps_dinucleotides_of_each_run(text, places, seed):
    codes, places = encode(text), np.array(places, dtype=np.int64)
    changed = shuffle(codes, places, np.random.default_rng(seed))
    outside = ~np.isin(np.arange(30), places)
    np.testing.assert_array_equal(changed[outside], codes[outside])
    for start, end in zip(*run_bounds(places), strict=True):
        for k in (1, 2):
            if end - start >= k:
                np.testing.assert_array_equal(
                    kmer_counts(changed[start:end], k), kmer_counts(codes[start:end], k)
                )


@given(places=PLACES)
def test_runs_are_what_a_loop_finds(places):
    expected = []
    for place in places:
        if expected and expected[-1][1] == place:
            expected[-1][1] = place + 1
        else:
            expected.append([place, place + 1])
    found = run_bounds(np.array(places, dtype=np.int64))
    assert np.stack(found, axis=1).tolist() == expected


@given(places=PLACES.filter(len), seed=st.integers(0, 9))
def test_random_runs_have_the_same_lengths(places, seed):
    places = np.array(places)
    drawn = random_runs(places, np.arange(30), np.random.default_rng(seed))
    lengths = [sorted(np.subtract(*run_bounds(x)[::-1]).tolist()) for x in (places, drawn)]
    assert lengths[0] == lengths[1]
    assert drawn.min() >= 0
    assert drawn.max() < 30


def test_random_runs_stay_where_they_may():
    allowed = np.array([2, 3, 4, 8, 9, 10, 11])
    for seed in range(20):
        drawn = random_runs(np.array([3, 4, 9]), allowed, np.random.default_rng(seed))
        assert np.isin(drawn, allowed).all()
        assert len(drawn) == 3
