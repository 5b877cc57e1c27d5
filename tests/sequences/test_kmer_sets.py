from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.sequences import ContainmentIndex, containment, encode, kmer_set, kmer_sets

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
    with mock.patch.object(kmer_sets, "_BATCH", batch):
        index = ContainmentIndex([kmer_set(encode(sequence), 3) for sequence in sequences])
        found = index.containments(kmer_set(encode(query), 3))
    assert found.tolist() == pytest.approx([slow_containment(query, s, 3) for s in sequences])


@settings(max_examples=200)
@given(sequence_lists, st.sampled_from([0.01, 0.3, 0.5, 1.0]), st.sampled_from([1, 4, 1 << 20]))
def test_groups_equal_single_linkage_of_all_pairs(sequences, threshold, batch):
    with mock.patch.object(kmer_sets, "_BATCH", batch):
        index = ContainmentIndex([kmer_set(encode(sequence), 3) for sequence in sequences])
        groups = index.groups(threshold=threshold)
    assert groups.dtype == np.int64
    assert groups.tolist() == slow_groups(sequences, 3, threshold)


@pytest.mark.parametrize("threshold", [0, -1, 1.01, float("nan")])
def test_impossible_threshold(threshold):
    with pytest.raises(InputError, match="threshold"):
        ContainmentIndex([]).groups(threshold=threshold)
