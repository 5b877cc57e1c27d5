import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.motifs import Motif, align
from graphkit.motifs.similarity import SAME, pooled

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
