"""Occlusion points to what was planted, and refuses nonsense."""

import numpy as np
import pytest

from graphkit.attribution import occlusion
from graphkit.errors import InputError
from graphkit.sequences import encode


def test_a_window_that_matters_is_found(toys):
    model = toys.linear()
    for parameter in model.members[0].parameters():
        parameter.data.zero_()
    model.members[0].node.data[0] = 1.0  # AAA
    codes = encode("CGCGUCGCGC" * 3 + "AAAAAAAA" + "CGCGUCGCGC" * 3)
    scores = occlusion(model, codes, window=12).values
    inside, outside = scores[30:38], np.delete(scores, range(20, 48))
    assert inside.min() > max(0, outside.max())
    # A shuffle that keeps dinucleotides moves the run about and breaks it nowhere.
    assert (occlusion(model, codes, window=12, knockout="shuffle").values == 0).all()


def test_score_is_the_mean_over_the_windows_that_cover_it(toys):
    model, codes = toys.lncloc(1), toys.random_codes(23)
    whole = occlusion(model, codes, window=23, stride=23, draws=1, seed=5)
    assert len(set(whole.values.tolist())) == 1
    parts = occlusion(model, codes, window=8, stride=8, draws=2).values
    # Windows start at 0, 8 and, as the last ends with the sequence, 15.
    assert [len(set(parts[a:b].tolist())) for a, b in ((0, 8), (8, 15), (16, 23))] == [1, 1, 1]
    assert parts[15] == pytest.approx((parts[14] + parts[16]) / 2)


def test_same_seed_same_scores_and_breaks_stay(toys):
    model, codes = toys.lncloc(1), encode("ACGUNACGGUAUCGAUNNACGUAGC")
    first, second, third = (
        occlusion(model, codes, window=5, seed=seed).values for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, second)
    assert np.nanmax(abs(first - third)) > 0
    np.testing.assert_array_equal(np.isnan(first), codes == 4)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"window": 0}, "window = 0"),
        ({"stride": 0}, "stride = 0"),
        ({"draws": 0}, "draws = 0"),
        ({"window": 2, "stride": 3}, "windows leave gaps"),
        ({"knockout": "n"}, "no knockout 'n'"),
        ({"max_length": 10}, "too long for occlusion"),
    ],
)
def test_nonsense_is_refused(toys, options, reason):
    with pytest.raises(InputError, match=reason):
        occlusion(toys.linear(), encode(toys.TEXT), **options)
