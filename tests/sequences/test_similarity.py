import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.sequences import (
    containment,
    encode,
    kmer_set,
    read_fasta,
    similar_groups,
    similar_to,
)

sequence_lists = st.lists(st.text("ACGN", max_size=25), max_size=8)


def of_pair(one, other):
    return containment(kmer_set(encode(one), 3), kmer_set(encode(other), 3))


@given(sequence_lists, sequence_lists, st.sampled_from([0.3, 1.0]))
def test_similar_to_equals_all_pairs(queries, references, threshold):
    found = similar_to(map(encode, queries), map(encode, references), k=3, threshold=threshold)
    assert found.dtype == np.bool_
    assert found.tolist() == [
        any(of_pair(query, reference) >= threshold for reference in references) for query in queries
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
