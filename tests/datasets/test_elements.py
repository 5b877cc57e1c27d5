from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.datasets import SimulationParams, random_elements, simulate_transcripts
from graphkit.errors import InputError


@given(st.integers(0, 2**40))
def test_elements_share_no_word_and_can_be_planted(seed):
    elements = random_elements(seed=seed)
    assert [len(group) for group in elements] == [3, 3]
    flat = list(chain.from_iterable(elements))
    assert all(6 <= len(element) <= 9 for element in flat)
    assert all(len(set(element)) >= 3 for element in flat)
    words = [element[i : i + 4] for element in flat for i in range(len(element) - 3)]
    assert len(words) == len(set(words))
    params = SimulationParams(n_transcripts=2, elements=elements)
    assert all(len(one.sites) == 6 for one in simulate_transcripts(params))


def test_seeds_differ_and_repeat():
    assert random_elements(seed=1) == random_elements(seed=1) != random_elements(seed=2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_classes": 0},
        {"per_class": 0},
        {"lengths": (3, 5)},
        {"lengths": (8, 7)},
        {"seed": -1},
        {"per_class": 200},
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(InputError) as caught:
        random_elements(**wrong)
    assert caught.value.slot == next(iter(wrong))
