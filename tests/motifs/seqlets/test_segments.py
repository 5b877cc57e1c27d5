"""Window sums measured by those of their own part."""

import numpy as np
import pytest

from graphkit.motifs.seqlets.nulls import fit_body
from graphkit.motifs.seqlets.segments import fit_parts


@pytest.fixture
def sums():
    generator = np.random.default_rng(0)
    loud, quiet = generator.normal(5, 10, size=(2, 300)), generator.normal(0, 1, size=(2, 700))
    return np.hstack([loud, quiet])


def test_one_part_is_the_whole(sums):
    expected = fit_body(sums, size=np.abs(sums).max()).standardise(sums)
    np.testing.assert_array_equal(fit_parts([sums], []).standardise(sums), expected)


def test_each_part_is_measured_by_itself(sums):
    z = fit_parts([sums], [300]).standardise(sums)
    size = np.abs(sums).max()
    for part in (slice(0, 300), slice(300, 1000)):
        alone = fit_body(sums[:, part], size=size).standardise(sums[:, part])
        np.testing.assert_array_equal(z[:, part], alone)
    np.testing.assert_allclose(np.median(np.abs(z[:, :300])), 1, atol=0.05)


def test_short_parts_join_those_before(sums):
    assert fit_parts([sums], [40, 300, 350, 950]).starts == (0, 350)
    assert fit_parts([sums], [99, 2000]).starts == (0,)
    assert fit_parts([sums], [100, 900]).starts == (0, 100, 900)


def test_shuffles_are_cut_alike(sums):
    copies = [sums, sums * 2]
    found = fit_parts(copies, [300])
    body = fit_body(np.hstack([copy[:, 300:] for copy in copies]), size=np.abs(sums).max() * 2)
    np.testing.assert_array_equal(found.standardise(sums)[:, 300:], body.standardise(sums[:, 300:]))


def test_without_windows_there_is_nothing():
    assert fit_parts([np.empty((3, 0))], []).standardise(np.empty((3, 0))).shape == (3, 0)
