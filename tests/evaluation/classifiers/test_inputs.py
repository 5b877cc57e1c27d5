import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.evaluation.classifiers.inputs import checked


@pytest.mark.parametrize(
    ("labels", "p"),
    [
        ([], np.zeros((0, 2))),
        ([0, 1], [[0.5, 0.5]]),
        ([0], [[1.0]]),
        ([0], [[0.5, 0.6]]),
        ([0], [[-0.5, 1.5]]),
        ([2], [[0.5, 0.5]]),
        ([0], [[np.nan, 1.0]]),
    ],
)
def test_what_cannot_be_scored_is_refused(labels, p):
    with pytest.raises(InputError):
        checked(labels, p)
