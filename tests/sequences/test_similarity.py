import tracemalloc
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.sequences import (
    ContainmentIndex,
    containment,
    encode,
    kmer_set,
    read_fasta,
    similar_groups,
    similar_to,
    similarity,
)

sequence_lists = st.lists(st.text("ACGN", max_size=25), max_size=8)


def slow_set(sequence, k):
    kmers = {sequence[i : i + k] for i in range(len(sequence) - k + 1)}
    return {kmer for kmer in kmers if "N" not in kmer}


def slow_containment(a, b, k):
    a, b = slow_set(a, k), slow_set(b, k)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def slow_groups(sequences, k, threshold):
    groups = list(range(len(sequences)))
    for i, a in enumerate(sequences):
        for j, b in enumerate(sequences[:i]):
            if slow_containment(a, b, k) >= threshold:
                groups = [groups[j] if group == groups[i] else group for group in groups]
    order = list(dict.fromkeys(groups))
    return [order.index(group) for group in groups]


@given(st.text("ACGUN", max_size=60), st.integers(1, 25))
def test_sets_are_sorted_unique_and_complete(sequence, k):
    hashes = kmer_set(encode(sequence), k)
    assert hashes.dtype == np.uint64
    assert hashes.tolist() == sorted(set(hashes.tolist()))
    assert len(hashes) == len(slow_set(sequence, k))


def test_hashes_never_change():
    # Models that ship carry such hashes. The first is SplitMix64's published first output.
    assert kmer_set(encode("A" * 21)).tolist() == [0xE220A8397B1DCDAF]
    assert kmer_set(encode("ACGUACGUACGUACGUACGUA")).tolist() == [14899516070584702561]


@given(st.text("ACG", max_size=40), st.text("ACG", max_size=40))
def test_containment_equals_sets(a, b):
    found = containment(kmer_set(encode(a), 3), kmer_set(encode(b), 3))
    assert found == pytest.approx(slow_containment(a, b, 3))


@given(sequence_lists, st.text("ACGN", max_size=25), st.sampled_from([1, 4, 1 << 20]))
def test_index_equals_pairs(sequences, query, batch):
    with mock.patch.object(similarity, "_BATCH", batch):
        index = ContainmentIndex([kmer_set(encode(sequence), 3) for sequence in sequences])
        found = index.containments(kmer_set(encode(query), 3))
    assert found.tolist() == pytest.approx([slow_containment(query, s, 3) for s in sequences])


@settings(max_examples=200)
@given(sequence_lists, st.sampled_from([0.01, 0.3, 0.5, 1.0]), st.sampled_from([1, 4, 1 << 20]))
def test_groups_equal_single_linkage_of_all_pairs(sequences, threshold, batch):
    with mock.patch.object(similarity, "_BATCH", batch):
        groups = similar_groups([encode(s) for s in sequences], k=3, threshold=threshold)
    assert groups.dtype == np.int64
    assert groups.tolist() == slow_groups(sequences, 3, threshold)


@given(sequence_lists, sequence_lists, st.sampled_from([0.3, 1.0]))
def test_similar_to_equals_all_pairs(queries, references, threshold):
    found = similar_to(map(encode, queries), map(encode, references), k=3, threshold=threshold)
    assert found.dtype == np.bool_
    assert found.tolist() == [
        any(slow_containment(query, reference, 3) >= threshold for reference in references)
        for query in queries
    ]


def test_mutated_families_are_found():
    generator = np.random.default_rng(0)
    codes, family = [], []
    for number in range(20):
        ancestor = generator.integers(0, 4, 600).astype(np.uint8)
        for _ in range(5):
            copy = ancestor.copy()
            copy[generator.integers(0, 600, 6)] = generator.integers(0, 4, 6)
            codes.append(copy)
            family.append(number)
    assert similar_groups(codes).tolist() == family


def test_chain_joins_its_ends():
    generator = np.random.default_rng(0)
    pieces = generator.integers(0, 4, (4, 400)).astype(np.uint8)
    chain = [np.concatenate(pieces[i : i + 2]) for i in range(3)]
    assert containment(kmer_set(chain[0]), kmer_set(chain[2])) == 0
    assert similar_groups(chain).tolist() == [0, 0, 0]
    assert similar_groups([chain[0], chain[2], chain[1]]).tolist() == [0, 0, 0]


def test_short_and_broken_sequences_are_alone():
    assert similar_groups([encode(s) for s in ("ACG", "ACG", "N" * 50, "")]).tolist() == [
        0,
        1,
        2,
        3,
    ]


def test_nothing_to_group():
    assert similar_groups([]).tolist() == []
    assert similar_to([], []).tolist() == []
    assert similar_to([encode("ACGU" * 10)], []).tolist() == [False]


@pytest.mark.parametrize("threshold", [0, -1, 1.01, float("nan")])
def test_impossible_threshold(threshold):
    with pytest.raises(InputError, match="threshold"):
        similar_groups([], threshold=threshold)
    with pytest.raises(InputError, match="threshold"):
        similar_to([], [], threshold=threshold)


def test_a_family_of_near_copies_needs_bounded_memory():
    generator = np.random.default_rng(0)
    ancestor = generator.integers(0, 4, 1000).astype(np.uint8)
    copies = [ancestor.copy() for _ in range(400)]
    for copy in copies:
        copy[generator.integers(0, 1000, 5)] = generator.integers(0, 4, 5)
    tracemalloc.start()
    try:
        groups = similar_groups(copies)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert groups.max() == 0
    # 400 sets of 1,000 hashes are 3 MB; all pairs of owners would be 1.3 GB.
    assert peak < 120e6


@pytest.mark.slow
def test_published_split_of_the_field(shared):
    lncrna = shared / "data" / "lncrna"
    train, test = (
        [encode(record.sequence) for record in read_fasta(lncrna / name)]
        for name in ("rnalight_train.fasta.gz", "sgcl_test.fasta")
    )
    assert similar_to(train, test).sum() == 50
    assert np.bincount(similar_groups(train)).max() == 5
