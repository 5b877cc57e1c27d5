"""The published attention map against a loop."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphkit.attribution import attention_mass, attention_track
from graphkit.attribution.occurrences import region_occurrences
from graphkit.builders import DeBruijnBuilder, Region
from graphkit.sequences import encode, kmer_codes


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


@given(sequence=st.text("ACGUN", max_size=50), seed=st.integers(0, 9))
def test_mass_is_split_over_occurrences_and_letters(sequence: str, seed: int) -> None:
    k, codes = 2, encode(sequence)
    _, nodes = region_occurrences(codes, [Region(k=k)])
    weights = np.random.default_rng(seed).dirichlet(np.ones(16))
    positions, absent = attention_mass(weights, nodes)
    path, starts = kmer_codes(codes, k)
    expected = np.full(len(sequence), np.nan)
    for t in range(len(sequence)):
        shares = [
            weights[v] / (path == v).sum() / k
            for v, at in zip(path, starts, strict=True)
            if at <= t < at + k
        ]
        if shares:
            expected[t] = sum(shares)
    np.testing.assert_allclose(positions.values, expected)
    np.testing.assert_allclose(np.nansum(positions.values) + absent, 1)
