"""The change in counts against counting anew."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.sequences import BREAK, delta_counts, encode, kmer_counts


@given(text=st.text("ACGUNacgt", min_size=1, max_size=30), k=st.integers(1, 6))
def test_counts_of_every_variant_equal_counting_anew(text: str, k: int) -> None:
    codes = encode(text)
    position, letter = (
        array.ravel()
        for array in np.meshgrid(np.flatnonzero(codes < BREAK), np.arange(4), indexing="ij")
    )
    row, lost, gained = delta_counts(codes, k, position=position, letter=letter)
    assert (np.diff(row) >= 0).all()
    for i, (where, to) in enumerate(zip(position, letter, strict=True)):
        variant = codes.copy()
        variant[where] = to
        counts = kmer_counts(codes, k)
        np.subtract.at(counts, lost[row == i], 1)
        np.add.at(counts, gained[row == i], 1)
        np.testing.assert_array_equal(counts, kmer_counts(variant, k))


def test_at_most_k_windows_change() -> None:
    row, _, _ = delta_counts(
        encode("ACGUACGUACGU"), 4, position=np.array([6, 0]), letter=np.array([0, 1])
    )
    assert np.bincount(row).tolist() == [4, 1]


def test_nothing_to_do_is_nothing_changed() -> None:
    none = np.empty(0, dtype=np.int64)
    assert [len(part) for part in delta_counts(encode("ACG"), 2, position=none, letter=none)] == [
        0,
        0,
        0,
    ]
    assert len(delta_counts(encode("AC"), 3, position=np.array([0]), letter=np.array([1]))[0]) == 0


@pytest.mark.parametrize(
    ("position", "letter", "k", "reason"),
    [
        ([3], [0], 2, "break"),
        ([-1], [0], 2, "outside"),
        ([4], [0], 2, "outside"),
        ([0], [4], 2, "none of 0 to 3"),
        ([0, 1], [0], 2, "1 letters for 2 positions"),
        ([0], [0], 0, "k is 0"),
    ],
)
def test_what_makes_no_sense_is_refused(
    position: list[int], letter: list[int], k: int, reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        delta_counts(encode("ACGN"), k, position=np.array(position), letter=np.array(letter))
