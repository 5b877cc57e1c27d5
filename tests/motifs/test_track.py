import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.motifs import Track
from graphkit.sequences import encode


def test_scores_become_floats_and_nan_stays():
    track = Track("x", encode("ACG"), [1, 2, np.nan])
    assert track.scores.dtype == np.float64
    assert np.isnan(track.scores[2])


@pytest.mark.parametrize("scores", [[1.0], [1.0] * 4, [[1.0, 2.0, 3.0]], [1.0, np.inf, 0.0]])
def test_scores_that_do_not_fit_are_refused_by_name(scores):
    with pytest.raises(InputError, match="record tr7"):
        Track("tr7", encode("ACG"), scores)


@pytest.mark.parametrize("breaks", [(0,), (4,), (2, 2), (3, 1), (-1,)])
def test_breaks_lie_inside_and_ascend(breaks):
    with pytest.raises(InputError, match="breaks"):
        Track("t", encode("ACGU"), np.zeros(4), breaks)
    assert Track("t", encode("ACGU"), np.zeros(4), (1, 3)).breaks == (1, 3)
