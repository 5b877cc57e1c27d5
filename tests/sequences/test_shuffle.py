from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.sequences import decode, dinucleotide_shuffle, encode, kmer_counts


def all_orders(sequence):
    """Every sequence with the same first base and the same dinucleotide counts."""
    counts = kmer_counts(encode(sequence), 2)
    orders = {"".join(order) for order in permutations(sequence)}
    return sorted(
        order
        for order in orders
        if order[0] == sequence[0] and np.array_equal(kmer_counts(encode(order), 2), counts)
    )


@settings(max_examples=200)
@given(st.text("ACGUN", max_size=80), st.integers(0, 2**32))
def test_dinucleotides_and_breaks_stay(sequence, seed):
    codes = encode(sequence)
    before = codes.copy()
    shuffled = dinucleotide_shuffle(codes, np.random.default_rng(seed))
    assert np.array_equal(codes, before)
    assert shuffled is not codes
    stretches, new = sequence.split("N"), decode(shuffled).split("N")
    assert [len(stretch) for stretch in new] == [len(stretch) for stretch in stretches]
    for old_stretch, new_stretch in zip(stretches, new, strict=True):
        assert new_stretch[:1] == old_stretch[:1]
        assert new_stretch[-1:] == old_stretch[-1:]
        assert np.array_equal(
            kmer_counts(encode(new_stretch), 2), kmer_counts(encode(old_stretch), 2)
        )


@pytest.mark.parametrize("sequence", ["ACAGAUAC", "AACCAGAGA", "ACACACGAC", "GAACUAAGA"])
def test_every_order_is_equally_likely(sequence):
    orders = all_orders(sequence)
    assert len(orders) >= 3
    generator = np.random.default_rng(0)
    codes = encode(sequence)
    n_draws = 200 * len(orders)
    drawn = [decode(dinucleotide_shuffle(codes, generator)) for _ in range(n_draws)]
    observed = np.array([drawn.count(order) for order in orders])
    assert observed.sum() == n_draws
    # The mean of a chi-square is its degrees of freedom, its variance twice that.
    freedom = len(orders) - 1
    statistic = ((observed - 200) ** 2 / 200).sum()
    assert statistic < freedom + 4 * np.sqrt(2 * freedom)


@pytest.mark.parametrize("sequence", ["", "A", "AC", "ACG", "NNN", "AAAAAAAA", "ACNGU"])
def test_nothing_to_shuffle(sequence):
    assert decode(dinucleotide_shuffle(encode(sequence), np.random.default_rng(0))) == sequence


def test_a_rare_exit_from_a_long_repeat():
    # Drawing exits blindly would be rejected 100,000 times here.
    codes = encode("AC" * 100_000 + "GAC")
    shuffled = dinucleotide_shuffle(codes, np.random.default_rng(0))
    assert np.array_equal(kmer_counts(shuffled, 2), kmer_counts(codes, 2))


def test_same_seed_same_order():
    codes = np.random.default_rng(0).integers(0, 5, 2000).astype(np.uint8)
    one, two, other = (
        dinucleotide_shuffle(codes, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_long_sequence_loses_its_order():
    codes = np.random.default_rng(0).integers(0, 4, 10_000).astype(np.uint8)
    shuffled = dinucleotide_shuffle(codes, np.random.default_rng(0))
    assert np.array_equal(kmer_counts(shuffled, 2), kmer_counts(codes, 2))
    assert 0.2 < np.mean(shuffled == codes) < 0.3
