from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.datasets import SimulationParams, simulate_transcripts
from graphkit.errors import InputError
from graphkit.sequences import (
    ContainmentIndex,
    Sketches,
    SketchIndex,
    containment,
    decode,
    encode,
    kmer_set,
    read_fasta,
    sketch,
)

K, BITS = 21, 64


def random_codes(generator, length):
    return generator.integers(0, 4, length).astype(np.uint8)


def substituted(codes, generator, share=0.01):
    copy = codes.copy()
    places = generator.choice(len(copy), round(len(copy) * share), replace=False)
    copy[places] = (copy[places] + generator.integers(1, 4, len(places))) % 4
    return copy


def containment_of(nearest):
    return max(nearest.of_query, nearest.of_reference)


def slow_hash(kmer):
    """SplitMix64 of the k-mer read as a number, in plain Python."""
    mask = 2**BITS - 1
    z = int("".join(str("ACGU".index(letter)) for letter in kmer), 4)
    z = (z + 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


def slow_hashes(codes):
    text = decode(codes)
    kmers = {text[i : i + K] for i in range(len(text) - K + 1)}
    return {slow_hash(kmer) for kmer in kmers if "N" not in kmer}


def slow_thin(hashes, level):
    """Leading zeros, then the first 32 bits after them."""
    spelled = [format(value, f"0{BITS}b") for value in hashes]
    return {int(text[level : level + 32], 2) for text in spelled if "1" not in text[:level]}


def slow_level(n_kmers, many):
    level = 0
    while n_kmers > many * 2**level and level < 4:
        level += 1
    return level


def slow_nearest(query, references, many):
    hashes, found = slow_hashes(query), []
    for row, codes in enumerate(references):
        whole = slow_hashes(codes)
        level = slow_level(len(whole), many)
        mine, other = slow_thin(whole, level), slow_thin(hashes, level)
        shared, smaller = len(mine & other), min(len(mine), len(other))
        if shared >= max(24 / 2**level, 6) and shared / smaller >= 0.5:
            both = min(shared / len(mine), shared / len(other)) >= 0.8
            found.append((row, shared / smaller, shared / len(mine | other), both))
    if not found:
        return None
    found = [one[:3] for one in found if one[3]] or [one[:3] for one in found]
    most = max(share for _, share, _ in found)
    close = [one for one in found if one[1] >= most - 0.05]
    alike = max(jaccard for *_, jaccard in close)
    best = [one for one in close if one[2] == alike]
    return tuple(row for row, *_ in best), max(share for _, share, _ in best)


@st.composite
def families(draw):
    """References that are copies, pieces and mutants of a few ancestors, and a query like them."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    ancestors = [random_codes(generator, 300) for _ in range(2)]

    def member():
        codes = ancestors[draw(st.integers(0, 1))]
        start, stop = sorted((draw(st.integers(0, 300)), draw(st.integers(0, 300))))
        piece = substituted(codes[start:stop], generator, draw(st.sampled_from([0, 0.01, 0.04])))
        if len(piece) and draw(st.booleans()):
            piece[draw(st.integers(0, len(piece) - 1))] = 4
        return piece

    return member(), [member() for _ in range(draw(st.integers(0, 6)))]


@settings(max_examples=60)
@given(families(), st.sampled_from([10, 40, 128]))
def test_nearest_equals_all_pairs_of_sets(family, many):
    query, references = family
    with mock.patch.object(sketch, "_MANY", many):
        found = SketchIndex(Sketches.of(references)).nearest(query)
    expected = slow_nearest(query, references, many)
    assert (found is None) == (expected is None)
    if found is not None:
        assert found.rows == expected[0]
        assert containment_of(found) == pytest.approx(expected[1])


@given(st.lists(st.text("ACGUN", max_size=60), max_size=5))
def test_short_sequences_are_kept_whole(texts):
    sketches = Sketches.of([encode(text) for text in texts])
    assert len(sketches) == len(texts)
    assert np.diff(sketches.offsets).tolist() == [len(slow_hashes(encode(t))) for t in texts]


def test_hashes_never_change():
    # Models that ship carry such hashes.
    sketches = Sketches.of([encode("A" * 21), encode("ACGU" * 6)])
    expected = [sorted(slow_thin(slow_hashes(encode(t)), 0)) for t in ("A" * 21, "ACGU" * 6)]
    assert sketches.hashes.tolist() == expected[0] + expected[1]
    assert sketches.hashes[0] == 0xE220A839


@pytest.mark.parametrize(("length", "level"), [(148, 0), (150, 1), (1000, 3), (3000, 4)])
def test_long_sequences_keep_their_smallest_hashes(length, level):
    codes = random_codes(np.random.default_rng(length), length)
    sketches = Sketches.of([codes])
    assert sketches.levels.tolist() == [level]
    assert sketches.hashes.tolist() == sorted(slow_thin(slow_hashes(codes), level))


@pytest.mark.parametrize("length", [150, 600, 3000, 20_000])
def test_estimate_is_near_the_containment(length):
    generator = np.random.default_rng(length)
    errors = []
    for _ in range(30):
        codes = random_codes(generator, length)
        index = SketchIndex(Sketches.of([codes]))
        piece = substituted(codes, generator)[: int(length * generator.uniform(0.5, 1))]
        exact = containment(kmer_set(codes), kmer_set(piece))
        errors.append(containment_of(index.nearest(piece)) - exact)
    assert np.abs(errors).max() < 0.2
    assert np.abs(np.mean(errors)) < 0.03


@pytest.fixture(scope="module")
def transcripts():
    params = SimulationParams(n_transcripts=300, length=(68, 2500), scrambled_copies=False)
    return [encode(one.record.sequence) for one in simulate_transcripts(params, seed=3)]


@pytest.fixture(scope="module")
def index(transcripts):
    return SketchIndex(Sketches.of(transcripts))


def test_itself_in_any_spelling_is_recognised(transcripts, index):
    for row, codes in enumerate(transcripts):
        text = decode(codes)
        for variant in (text, text.lower(), text.replace("U", "T"), text.lower().replace("u", "t")):
            assert index.nearest(encode(variant)) == ((row,), 1.0, 1.0)


def test_one_per_cent_of_substitutions_is_recognised(transcripts, index):
    generator = np.random.default_rng(0)
    shares = []
    for row, codes in enumerate(transcripts):
        found = index.nearest(substituted(codes, generator))
        assert found is not None
        assert found.rows == (row,)
        shares.append(containment_of(found))
    assert np.median(shares) == pytest.approx(0.99**21, abs=0.04)


def test_pieces_and_extensions_are_recognised(transcripts, index):
    generator = np.random.default_rng(0)
    for row, codes in enumerate(transcripts):
        cut = max(250, len(codes) // 4)
        more = random_codes(generator, 700)
        for variant in (codes[:cut], codes[-cut:], np.r_[codes, more], np.r_[more, codes]):
            found = index.nearest(variant)
            assert (found.rows, containment_of(found)) == ((row,), 1.0)


def test_shortest_transcript():
    codes = random_codes(np.random.default_rng(1), 68)
    index = SketchIndex(Sketches.of([codes]))
    for place in range(68):
        mutant = codes.copy()
        mutant[place] = (mutant[place] + 1) % 4
        assert index.nearest(mutant).rows == (0,)


def test_random_sequences_are_not_recognised(index):
    generator = np.random.default_rng(0)
    for length in generator.integers(24, 3000, 2000):
        assert index.nearest(random_codes(generator, length)) is None


def test_a_short_repeat_is_not_enough():
    generator = np.random.default_rng(0)
    repeat = random_codes(generator, 40)
    first, other, long = (random_codes(generator, n) for n in (20, 20, 3000))
    index = SketchIndex(Sketches.of([np.r_[first, repeat], np.r_[long, repeat]]))
    assert index.nearest(np.r_[other, repeat]) is None
    assert index.nearest(repeat) is None


def test_one_letter_alone_is_not_recognised():
    assert SketchIndex(Sketches.of([encode("A" * 500)])).nearest(encode("A" * 500)) is None


def test_a_copy_comes_before_a_longer_isoform():
    generator = np.random.default_rng(0)
    isoform = random_codes(generator, 1500)
    index = SketchIndex(Sketches.of([isoform, isoform[:700], isoform[:700]]))
    assert index.nearest(isoform[:700]) == ((1, 2), 1.0, 1.0)
    assert index.nearest(isoform) == ((0,), 1.0, 1.0)


def test_a_near_copy_comes_before_a_whole_piece():
    generator = np.random.default_rng(0)
    isoform = random_codes(generator, 1500)
    near = substituted(isoform, generator, 0.005)
    found = SketchIndex(Sketches.of([isoform[:700], near])).nearest(isoform)
    assert found.rows == (1,)
    assert found.nearly_identical


def test_pieces_padded_and_fused_sequences_are_not_nearly_identical():
    generator = np.random.default_rng(0)
    first, other = random_codes(generator, 2000), random_codes(generator, 2000)
    index = SketchIndex(Sketches.of([first, other]))
    flanks = random_codes(generator, 3250), random_codes(generator, 3250)
    piece = index.nearest(first[500:800])
    padded = index.nearest(np.r_[flanks[0], first, flanks[1]])
    fused = index.nearest(np.r_[first, other])
    assert (piece.of_query, padded.of_reference, fused.of_reference) == (1.0, 1.0, 1.0)
    assert piece.of_reference == pytest.approx(0.15, abs=0.08)
    assert padded.of_query == pytest.approx(0.24, abs=0.08)
    assert fused.of_query == pytest.approx(0.5, abs=0.1)
    assert not any(one.nearly_identical for one in (piece, padded, fused))


def test_a_piece_comes_before_a_relative_of_the_same_length():
    generator = np.random.default_rng(0)
    whole = random_codes(generator, 4000)
    relative = np.r_[whole[:900], random_codes(generator, 300)]
    index = SketchIndex(Sketches.of([relative, whole]))
    found = index.nearest(whole[:1200])
    assert (found.rows, found.of_query) == ((1,), 1.0)


def test_threshold_is_kept(transcripts):
    half = np.r_[transcripts[0][:500], random_codes(np.random.default_rng(0), 5000)]
    reference = np.r_[transcripts[0][:500], random_codes(np.random.default_rng(1), 1000)]
    index = SketchIndex(Sketches.of([reference]))
    assert index.nearest(half) is None
    assert index.nearest(half, threshold=0.2).rows == (0,)


def test_nothing_to_search_and_nothing_to_ask(transcripts, index):
    assert SketchIndex(Sketches.of([])).nearest(transcripts[0]) is None
    assert SketchIndex(Sketches.of([encode("ACG")])).nearest(transcripts[0]) is None
    assert index.nearest(encode("")) is None
    assert index.nearest(encode("N" * 100)) is None


def test_hashes_that_begin_alike_count_once(monkeypatch):
    alike = np.array([5 << 32, (5 << 32) + 1, 6 << 32], dtype=np.uint64)
    monkeypatch.setattr(sketch, "kmer_set", lambda codes, k: alike)
    assert Sketches.of([encode("")]).hashes.tolist() == [5, 6]


def test_what_is_longer_than_any_transcript_is_not_hashed(index, monkeypatch):
    monkeypatch.setattr(sketch, "kmer_set", None)
    assert index.nearest(np.zeros(1_000_001, dtype=np.uint8)) is None


def test_size():
    # A tenth of 4,300 transcripts with 9 million 21-mers, which must stay below 3 MB.
    generator = np.random.default_rng(0)
    lengths = generator.lognormal(np.log(850), 1.3, 430)
    lengths = np.maximum(lengths * 900_000 / lengths.sum(), 68).astype(int)
    sketches = Sketches.of([random_codes(generator, length) for length in lengths])
    size = sum(a.nbytes for a in (sketches.hashes, sketches.offsets, sketches.levels))
    assert size < 300_000


def test_sketches_do_not_change():
    hashes = np.array([1, 2], dtype=np.uint32)
    sketches = Sketches(hashes, np.array([0, 2]), np.array([0], dtype=np.uint8))
    hashes[0] = 9
    assert sketches.hashes.tolist() == [1, 2]
    for values in (sketches.hashes, sketches.offsets, sketches.levels):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0


@pytest.mark.parametrize(
    ("hashes", "offsets", "levels", "message"),
    [
        ([1, 2], [0, 1], [0], "offsets: do not fit"),
        ([1, 2], [1, 2], [0], "offsets: do not fit"),
        ([1, 2], [0, 2], [0, 0], "offsets: do not fit"),
        ([], [], [], "offsets: do not fit"),
        ([1, 2], [0, 3, 2], [0, 0], "offsets: are not in order"),
        ([1, 2], [0, -1, 2], [0, 0], "offsets: are not in order"),
        ([2, 1], [0, 2], [0], "hashes: are not in order"),
        ([1, 1], [0, 2], [0], "hashes: are not in order"),
        ([1, 3, 2, 4, 4], [0, 2, 5], [0, 0], "hashes: are not in order"),
        ([1, 2], [0, 2], [5], "levels: are not 0 to 4"),
        ([[1, 2]], [0, 2], [0], "hashes: is not a list"),
    ],
)
def test_arrays_that_do_not_fit(hashes, offsets, levels, message):
    with pytest.raises(InputError, match=message):
        Sketches(np.array(hashes), np.array(offsets), np.array(levels))


def test_empty_sketches_may_stand_anywhere():
    sketches = Sketches(np.array([5, 6, 1]), np.array([0, 0, 2, 2, 3, 3]), np.zeros(5))
    assert len(sketches) == 5


@pytest.mark.slow
def test_real_transcripts_agree_with_exact_containment(shared):
    lncrna = shared / "data" / "lncrna"
    train, test, other = (
        [encode(record.sequence) for record in read_fasta(lncrna / name)]
        for name in ("rnalight_train.fasta.gz", "sgcl_test.fasta", "rci_train.fasta.gz")
    )
    slow = ContainmentIndex([kmer_set(codes) for codes in train])
    index = SketchIndex(Sketches.of(train))
    differ = 0
    for codes in test + other:
        shares, found = slow.containments(kmer_set(codes)), index.nearest(codes)
        exact = shares.max()
        if found is None:
            assert exact < 0.6
        else:
            row = shares[list(found.rows)].max()
            assert containment_of(found) == pytest.approx(row, abs=0.15)
            assert row > exact - 0.1
        differ += (found is not None) != (exact >= 0.5)
    assert differ <= 2
