import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.sequences import (
    COMPOSITION_NAMES,
    composition,
    encode,
    kmer_code,
    kmer_codes,
    kmer_counts,
    kmer_name,
    kmer_names,
)

sequences = st.text("ACGUN", max_size=60)


def slow_kmers(sequence, k):
    """Every k-mer without N and where it starts."""
    kmers = [(sequence[i : i + k], i) for i in range(len(sequence) - k + 1)]
    return [(kmer, i) for kmer, i in kmers if "N" not in kmer]


def slow_code(kmer):
    code = 0
    for letter in kmer:
        code = 4 * code + "ACGU".index(letter)
    return code


@settings(max_examples=200)
@given(sequences, st.integers(1, 31))
def test_codes_equal_slicing(sequence, k):
    code, position = kmer_codes(encode(sequence), k)
    assert code.dtype == position.dtype == np.int64
    found = list(zip(code.tolist(), position.tolist(), strict=True))
    assert found == [(slow_code(kmer), i) for kmer, i in slow_kmers(sequence, k)]


@settings(max_examples=200)
@given(sequences, st.integers(1, 8))
def test_counts_equal_slicing(sequence, k):
    expected = np.zeros(4**k, dtype=np.int64)
    for kmer, _ in slow_kmers(sequence, k):
        expected[slow_code(kmer)] += 1
    counts = kmer_counts(encode(sequence), k)
    assert counts.dtype == np.int64
    assert np.array_equal(counts, expected)


@pytest.mark.parametrize("k", [1, 5, 6, 8])
@pytest.mark.parametrize("breaks", [0, 50])
def test_counts_equal_the_listed_codes_beyond_one_block(k, breaks):
    generator = np.random.default_rng(0)
    codes = generator.integers(0, 4, 100_003).astype(np.uint8)
    codes[generator.integers(0, len(codes), breaks)] = 4
    expected = np.bincount(kmer_codes(codes, k)[0], minlength=4**k)
    assert np.array_equal(kmer_counts(codes, k), expected)


@pytest.mark.parametrize("size", [32768 - 1, 32768, 32768 + 1, 32768 + 5, 2 * 32768])
def test_no_kmer_is_lost_or_doubled_at_the_edge_of_a_block(size):
    codes = np.zeros(size, dtype=np.uint8)
    assert kmer_counts(codes, 6)[0] == size - 5


@pytest.mark.parametrize(("sequence", "k"), [("", 3), ("AC", 3), ("NNNN", 2), ("ACNGU", 3)])
def test_no_valid_kmer_gives_nothing(sequence, k):
    code, position = kmer_codes(encode(sequence), k)
    assert len(code) == len(position) == 0
    assert kmer_counts(encode(sequence), k).sum() == 0


def test_homopolymers_and_repeats_are_counted():
    assert kmer_counts(encode("A" * 1000), 6)[0] == 995
    assert np.flatnonzero(kmer_counts(encode("AC" * 500), 2)).tolist() == [1, 4]


def test_longest_kmer_fits():
    assert kmer_codes(encode("U" * 31), 31)[0].tolist() == [4**31 - 1]


def test_input_is_left_alone():
    codes = encode("ACGUN" * 10)
    before = codes.copy()
    kmer_codes(codes, 3)
    kmer_counts(codes, 3)
    assert np.array_equal(codes, before)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_names_and_codes_agree(k):
    names = kmer_names(k)
    assert len(set(names)) == 4**k
    assert [kmer_code(name) for name in names] == list(range(4**k))
    assert [kmer_name(code, k) for code in range(4**k)] == names


def test_name_in_dna_or_lower_case():
    assert kmer_code("acgt") == kmer_code("ACGU")


@pytest.mark.parametrize(
    "call",
    [
        lambda: kmer_codes(encode("ACGU"), 0),
        lambda: kmer_codes(encode("ACGU"), 32),
        lambda: kmer_counts(encode("ACGU"), 9),
        lambda: kmer_names(9),
        lambda: kmer_name(64, 3),
        lambda: kmer_name(-1, 3),
        lambda: kmer_code("ACN"),
        lambda: kmer_code(""),
    ],
)
def test_impossible_arguments_are_refused(call):
    with pytest.raises(InputError):
        call()


@given(sequences)
def test_composition_equals_counting(sequence):
    values = dict(zip(COMPOSITION_NAMES, composition(encode(sequence)), strict=True))
    assert len(values) == 21
    assert values.pop("log10_length") == pytest.approx(np.log10(len(sequence) or 1))
    for name, value in values.items():
        kmers = [kmer for kmer, _ in slow_kmers(sequence, len(name))]
        assert value == pytest.approx(kmers.count(name) / max(len(kmers), 1))
