"""Alignments against Biopython's score, and against the edits that made one sequence of another."""

import numpy as np
import pytest
from Bio.Align import PairwiseAligner
from hypothesis import given
from hypothesis import strategies as st

from graphkit.sequences import alignment, decode, encode
from graphkit.sequences.alignment import GAP, align, differences, stack

letters = st.text("ACGUN", max_size=40)


def random(n, seed=0, letters="ACGU"):
    return "".join(np.random.default_rng(seed).choice(list(letters), n))


def score(positions, codes, other):
    """Score an alignment column by column, as `align` says it does."""
    total, gap = 0, None
    for ours, theirs in positions.T.tolist():
        if GAP in (ours, theirs):
            kind = ours == GAP
            total -= 0 if gap is kind else 12
            gap = kind
        else:
            a, b = codes[ours], other[theirs]
            total += 0 if 4 in (a, b) else 2 if a == b else -3
            gap = None
    return total


def well_formed(positions, codes, other):
    for row, one in zip(positions, (codes, other), strict=True):
        assert row[row != GAP].tolist() == list(range(len(one)))
    assert not (positions == GAP).all(axis=0).any()


@given(letters, letters)
def test_the_score_is_the_best_there_is(a, b):
    codes, other = encode(a), encode(b)
    positions = align(codes, other)
    well_formed(positions, codes, other)
    best = PairwiseAligner(
        match_score=2, mismatch_score=-3, open_gap_score=-12, extend_gap_score=0, wildcard="N"
    )
    # Biopython scores no empty sequence.
    expected = best.score(a, b) if a and b else -12 * (bool(a) + bool(b))
    assert score(positions, codes, other) == expected


@given(letters, letters)
def test_differences_turn_one_into_the_other(a, b):
    codes, other = encode(a), encode(b)
    found = differences(align(codes, other), codes, other)
    made, at = "", 0
    for one in found:
        made += b[at : one.other_start] + a[one.start : one.end]
        at = one.other_end
        assert (one.start == one.end) == (one.kind == "deletion")
        assert (one.other_start == one.other_end) == (one.kind == "insertion")
    assert made + b[at:] == a
    assert (found == []) == (a == b)


@given(st.lists(st.integers(0, 1000), unique=True, max_size=12))
def test_the_rise_is_as_long_as_can_be(values):
    chain = alignment._rise(values)
    assert [values[i] for i in chain] == sorted(values[i] for i in chain)
    assert chain == sorted(set(chain))
    longest = [1] * len(values)
    for i in range(len(values)):
        longest[i] += max((longest[j] for j in range(i) if values[j] < values[i]), default=0)
    assert len(chain) == max(longest, default=0)


@pytest.fixture
def anchored(monkeypatch):
    monkeypatch.setattr(alignment, "MOST_CELLS", 2_500)


@pytest.mark.usefixtures("anchored")
@pytest.mark.parametrize("seed", range(5))
def test_anchors_find_the_edits(seed):
    whole = random(3_000, seed)
    # A substitution, three letters less, an exon less, five letters more.
    edited = whole[:200] + ("A" if whole[200] != "A" else "C") + whole[201:700] + whole[703:1_200]
    edited += whole[1_700:2_300] + "GGGCC" + whole[2_300:]
    pair = encode(edited), encode(whole)
    positions = align(*pair)
    well_formed(positions, *pair)
    found = differences(positions, *pair)
    assert [one.kind for one in found] == ["substitution", "deletion", "deletion", "insertion"]
    assert [one.end - one.start or one.other_end - one.other_start for one in found] == [
        1, 3, 500, 5,
    ]  # fmt: skip
    assert np.abs(np.subtract([o.other_start for o in found], [200, 700, 1200, 2300])).max() < 5


@pytest.mark.usefixtures("anchored")
@given(st.text("AC", max_size=150), st.text("AC", max_size=150))
def test_repeats_and_what_has_no_anchor_stay_whole(a, b):
    codes, other = encode(a), encode(b)
    well_formed(align(codes, other), codes, other)


@pytest.mark.usefixtures("anchored")
def test_what_shares_nothing_is_replaced():
    a, b = random(60, letters="AC"), random(70, letters="GU")
    pair = encode(a), encode(b)
    assert differences(align(*pair), *pair) == [("replacement", 0, 60, 0, 70, 0, 130)]


def test_ninety_kilobases_with_an_exon_less():
    whole = random(90_000)
    pair = encode(whole[:30_000] + whole[50_000:]), encode(whole)
    (found,) = differences(align(*pair), *pair)
    assert found.kind == "deletion"
    assert found.other_end - found.other_start == 20_000


def test_rows_of_a_stack_are_whole_and_aligned_as_they_were():
    base = random(200)
    texts = [base[:50] + base[90:], base[:100] + "GGGG" + base[100:], base[:150]]
    texts.append(base[:100] + "GGGG" + base[100:120] + base[130:])
    texts.append(base[:100] + "CUCUC" + base[100:])
    one, others = encode(base), [encode(text) for text in texts]
    alignments = [align(one, other) for other in others]
    positions = stack(alignments, others)
    assert positions.shape == (6, 200 + 4 + 5)
    for row, text in zip(positions, [base, *texts], strict=True):
        assert decode(encode(text)[row[row != GAP]]) == text
    for row, pair in zip(positions[1:], alignments, strict=True):
        kept = positions[0] != GAP
        np.testing.assert_array_equal(row[kept], pair[1][pair[0] != GAP])
    # The same letters more share columns, others have columns of their own.
    more = positions[:, positions[0] == GAP] != GAP
    assert {tuple(column) for column in more.T.tolist()} == {
        (False, False, True, False, True, False), (False, False, False, False, False, True),
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_exons_with_nothing_in_common_are_not_forced_upon_one_another(seed):
    whole, other = random(900, seed), random(300, seed=9 + seed)
    positions = align(encode(whole[:300] + other + whole[600:]), encode(whole))
    ours, theirs = positions[:, (positions != GAP).all(axis=0)]
    forced = (ours >= 300) & (ours < 600)
    assert forced.sum() < 90
    np.testing.assert_array_equal(ours[~forced], theirs[~forced])
