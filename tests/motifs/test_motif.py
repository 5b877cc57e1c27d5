import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.motifs import IUPAC, Motif, align
from graphkit.motifs.motif import SAME, pooled


@given(st.text("".join(IUPAC), min_size=1, max_size=12))
def test_consensus_comes_back(letters):
    assert Motif.from_consensus(letters).consensus == letters


def test_t_is_u_and_case_does_not_matter():
    assert Motif.from_consensus("acgt").consensus == "ACGU"


def test_information_is_that_of_shannon():
    motif = Motif("x", np.array([[1, 0, 0, 0], [2, 2, 0, 0], [1, 1, 1, 1], [3, 1, 0, 0]]), 4)
    entropy = -(0.75 * np.log2(0.75) + 0.25 * np.log2(0.25))
    assert motif.information() == pytest.approx([2, 1, 0, 2 - entropy])
    assert motif.total_information == pytest.approx(5 - entropy)


def test_information_against_a_background():
    motif = Motif.from_consensus("AC")
    assert motif.information([0.5, 0.125, 0.125, 0.25]) == pytest.approx([1, 3])


def test_pseudocounts_are_split_over_the_bases():
    motif = Motif("x", np.array([[4.0, 0, 0, 0]]), 4)
    assert motif.probabilities(4).tolist() == [[0.625, 0.125, 0.125, 0.125]]


def test_trimming_keeps_contributions_in_step():
    counts = np.array([[25, 25, 25, 25], [100, 0, 0, 0], [0, 0, 0, 100], [25, 25, 25, 25]])
    parts = np.arange(16.0).reshape(4, 4)
    cut = Motif("x", counts, 100, contributions=parts).trimmed(0.5)
    assert cut.consensus == "AU"
    assert cut.contributions.tolist() == parts[1:3].tolist()


def test_few_sites_need_more_information():
    counts = np.array([[3, 1, 0, 0], [4, 0, 0, 0], [0, 4, 0, 0]])
    assert Motif("x", counts, 4).trimmed(1.0).width == 2
    assert Motif("x", counts * 100, 400).trimmed(1.0).width == 3


def test_a_motif_never_vanishes():
    flat = Motif("x", np.ones((3, 4)), 4)
    assert flat.trimmed(1.0).width >= 1


@pytest.mark.parametrize(
    "counts",
    [np.ones((3, 3)), np.ones(4), np.empty((0, 4)), [[0, 0, 0, 0]], [[-1, 1, 1, 1]],
     [[np.nan, 1, 1, 1]]],
)  # fmt: skip
def test_counts_that_are_none(counts):
    with pytest.raises(InputError, match="record m"):
        Motif("m", counts, 1)


@pytest.mark.parametrize("consensus", ["", "AXU", "AC GU"])
def test_no_consensus(consensus):
    with pytest.raises(InputError, match="IUPAC"):
        Motif.from_consensus(consensus)


WORDS = st.text("ACGU", min_size=1, max_size=9)


def slow_align(first, second):
    a, b = first.probabilities() - 0.25, second.probabilities() - 0.25
    norm = np.sqrt((a**2).sum() * (b**2).sum())
    best = {}
    for offset in range(-second.width + 1, first.width):
        total = sum(
            a[offset + j] @ b[j] for j in range(second.width) if 0 <= offset + j < first.width
        )
        best[offset] = total / norm
    return max(best.values()), best


@given(WORDS, WORDS)
def test_equals_a_loop(first, second):
    a, b = Motif.from_consensus(first), Motif.from_consensus(second)
    found = align(a, b)
    similarity, every = slow_align(a, b)
    assert found.similarity == pytest.approx(similarity)
    assert every[found.offset] == pytest.approx(similarity)
    assert align(b, a).similarity == pytest.approx(similarity)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("UGUAAAUA", "UGUAAAUA", True),
        ("UGUAAAUA", "UGUAUAUA", True),
        ("ACUCCCA", "GCCUCCC", False),
        ("GCCUCCC", "GGGAGGC", False),
    ],
)
def test_what_counts_as_the_same(first, second, same):
    found = align(Motif.from_consensus(first), Motif.from_consensus(second))
    assert (found.similarity >= SAME) == same


def test_a_flat_motif_is_like_nothing():
    assert align(Motif("x", np.ones((3, 4)), 4), Motif.from_consensus("ACU")).similarity == 0


def test_pooling_adds_sites_column_by_column():
    first = Motif("a", Motif.from_consensus("GACUUU", n_sites=30).counts, 30)
    second = Motif("b", Motif.from_consensus("ACUUA", n_sites=10).counts, 10)
    both = pooled(first, second)
    assert both.n_sites == 40
    assert both.counts.sum(axis=1) == pytest.approx([40] * 6)
    assert both.counts[-1] == pytest.approx([10, 0, 0, 30])
    assert both.counts[0] == pytest.approx([0, 0, 40, 0])


def test_pooling_weighs_contributions_by_sites():
    ones, threes = np.ones((3, 4)), np.full((3, 4), 3.0)
    counts = Motif.from_consensus("ACU", n_sites=10).counts
    both = pooled(
        Motif("a", counts * 3, 30, contributions=ones), Motif("b", counts, 10, contributions=threes)
    )
    assert both.contributions == pytest.approx(np.full((3, 4), 1.5))
