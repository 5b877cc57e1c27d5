"""The published attention map against a loop."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphkit.attribution import attention_track
from graphkit.builders import DeBruijnBuilder


@given(sequence=st.text("ACGUN", min_size=4, max_size=50), seed=st.integers(0, 9))
def test_track_equals_loop(sequence: str, seed: int) -> None:
    k = 2
    graph = DeBruijnBuilder(k, provenance=True).build(sequence)
    path, position = graph.path_index.numpy(), graph.position.numpy()
    weights = np.random.default_rng(seed).random(16) + 0.1
    if not len(path):
        return
    expected = np.full(len(sequence), np.nan)
    for t in range(len(sequence)):
        covering = [weights[v] for v, p in zip(path, position, strict=True) if p <= t < p + k]
        if covering:
            expected[t] = np.mean(covering)
    expected /= np.nansum(expected)
    track = attention_track(weights, path, position, k=k, length=len(sequence))
    np.testing.assert_allclose(track, expected)


def test_nothing_covered_is_all_nan() -> None:
    empty = np.array([], dtype=np.int64)
    assert np.isnan(attention_track(np.ones(4), empty, empty, k=2, length=3)).all()
