import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.sequences.coordinates import Exons


@st.composite
def transcripts(draw):
    """Exons with gaps of any size between them, touching ones included, on either strand."""
    at, spans = draw(st.integers(0, 1000)), []
    for _ in range(draw(st.integers(1, 6))):
        at += draw(st.integers(0, 30))
        size = draw(st.integers(1, 12))
        spans.append((at, at + size))
        at += size
    return Exons("t", "chr1", draw(st.sampled_from("+-")), tuple(spans))


def letter_by_letter(exons):
    """Walk the transcript: the genome position of each of its letters."""
    walked = []
    for start, end in exons.spans if exons.strand == "+" else exons.spans[::-1]:
        letters = list(range(start, end))
        walked += letters if exons.strand == "+" else letters[::-1]
    return walked


@given(transcripts(), st.data())
def test_positions_equal_a_walk(exons, data):
    walked = letter_by_letter(exons)
    assert exons.length == len(walked)
    start = data.draw(st.integers(0, len(walked)))
    end = data.draw(st.integers(start, len(walked)))
    found = exons.positions(start, end)
    assert found.tolist() == walked[start:end]
    assert found.dtype == np.int64


@given(transcripts(), st.data())
def test_blocks_hold_the_same_letters_and_never_touch(exons, data):
    walked = letter_by_letter(exons)
    start = data.draw(st.integers(0, len(walked)))
    end = data.draw(st.integers(start, len(walked)))
    blocks = exons.blocks(start, end)
    held = [letter for low, high in blocks for letter in range(low, high)]
    assert held == sorted(walked[start:end])
    assert all(a[1] < b[0] for a, b in pairwise(blocks))


@given(transcripts())
def test_reading_the_other_strand_reverses_the_letters(exons):
    other = Exons("t", "chr1", "-" if exons.strand == "+" else "+", exons.spans)
    assert (
        other.positions(0, other.length).tolist()[::-1] == exons.positions(0, exons.length).tolist()
    )


def test_across_a_junction_there_are_two_blocks():
    spans = ((100, 110), (200, 220))
    assert Exons("t", "1", "+", spans).blocks(8, 13) == ((108, 110), (200, 203))
    assert Exons("t", "1", "-", spans).blocks(18, 23) == ((107, 110), (200, 202))


@pytest.mark.parametrize("stretch", [(-1, 2), (0, 6), (4, 3)])
def test_a_stretch_outside_is_refused(stretch):
    exons = Exons("t", "1", "+", ((0, 5),))
    with pytest.raises(InputError, match=re.escape("no stretch of its 5 nt")):
        exons.positions(*stretch)


@pytest.mark.parametrize(
    ("spans", "reason"),
    [
        ((), "no exon"),
        (((3, 3),), "from 3 to 3"),
        (((-1, 3),), "from -1 to 3"),
        (((0, 5), (4, 9)), "the one at 0 and the one at 4"),
        (((5, 9), (0, 3)), "the one at 5 and the one at 0"),
    ],
)
def test_impossible_exons_are_refused(spans, reason):
    with pytest.raises(InputError, match=reason) as caught:
        Exons("t", "1", "+", spans)
    assert caught.value.record == "t"
