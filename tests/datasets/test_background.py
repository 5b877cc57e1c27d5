import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.datasets.background import TRANSITIONS, markov_sequence, stationary
from graphkit.errors import InputError


def slow_chain(uniform, transitions, shares):
    """Walk the chain one letter at a time."""
    letters = []
    for u in uniform:
        row = transitions[letters[-1]] if letters else shares
        letter, reached = 0, row[0]
        while letter < 3 and u >= reached:
            letter += 1
            reached += row[letter]
        letters.append(letter)
    return letters


@given(st.integers(0, 200), st.integers(0, 2**32))
def test_equals_the_letter_by_letter_walk(length, seed):
    uniform = np.random.default_rng(seed).random(length)
    expected = slow_chain(uniform, TRANSITIONS, stationary(TRANSITIONS))
    drawn = markov_sequence(length, np.random.default_rng(seed))
    assert drawn.dtype == np.uint8
    assert drawn.tolist() == expected


def test_draws_as_many_numbers_as_letters():
    one, other = np.random.default_rng(3), np.random.default_rng(3)
    markov_sequence(17, one)
    other.random(17)
    assert one.random() == other.random()


def test_dinucleotides_come_as_often_as_the_table_says():
    codes = markov_sequence(200_000, np.random.default_rng(0)).astype(int)
    seen = np.bincount(4 * codes[:-1] + codes[1:], minlength=16).reshape(4, 4)
    expected = stationary(TRANSITIONS)[:, None] * np.asarray(TRANSITIONS)
    # Four standard errors of the rarest to the most frequent pair are 0.0003 to 0.0026.
    np.testing.assert_allclose(seen / seen.sum(), expected, atol=0.0026)


def test_stationary_shares_do_not_change_by_a_step():
    shares = stationary(TRANSITIONS)
    np.testing.assert_allclose(shares @ np.asarray(TRANSITIONS), shares, atol=1e-12)
    assert shares.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(
        shares, np.linalg.matrix_power(np.asarray(TRANSITIONS), 60)[0], atol=1e-12
    )


def test_constants_have_the_shape_of_noncoding_transcripts():
    a, c, g, u = stationary(TRANSITIONS)
    assert 0.44 < c + g < 0.50
    assert TRANSITIONS[1][2] < 0.3 * g, "CpG is depleted"
    assert TRANSITIONS[3][0] < 0.8 * a, "UpA is depleted"
    assert u > c


@pytest.mark.parametrize(
    "table",
    [
        [[0.25] * 4] * 3,
        [[0.5] * 4] * 4,
        [[1.5, -0.5, 0.0, 0.0]] * 4,
        [[np.nan] * 4] * 4,
    ],
)
def test_refuses_what_is_no_table_of_probabilities(table):
    with pytest.raises(InputError, match=r"transitions.*rows sum to 1"):
        markov_sequence(5, np.random.default_rng(0), transitions=table)
    with pytest.raises(InputError, match="transitions"):
        stationary(table)
