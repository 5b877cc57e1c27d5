"""The published attention map against a loop."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphkit.attribution import attention_mass, attention_track
from graphkit.builders import DeBruijnBuilder, Occurrences, Region, RegionBuilder
from graphkit.sequences import encode, kmer_codes


@given(sequence=st.text("ACGUN", min_size=4, max_size=50), seed=st.integers(0, 9))
def test_track_equals_loop(sequence: str, seed: int) -> None:
    k = 2
    builder, codes = DeBruijnBuilder(k), encode(sequence)
    graph, (path, position) = builder.build(codes), kmer_codes(codes, k)
    weights = np.random.default_rng(seed).random(16) + 0.1
    if not len(path):
        return
    expected = np.full(len(sequence), np.nan)
    for t in range(len(sequence)):
        covering = [weights[v] for v, p in zip(path, position, strict=True) if p <= t < p + k]
        if covering:
            expected[t] = np.mean(covering)
    expected /= np.nansum(expected)
    edges = np.zeros(len(graph.edge_kmer))
    track = attention_track(
        np.concatenate([edges, weights]),
        np.concatenate([edges, graph.node_count.numpy()]),
        builder.provenance(codes),
    )
    np.testing.assert_allclose(track, expected)


def test_nothing_covered_is_all_nan() -> None:
    assert np.isnan(attention_track(np.ones(4), np.zeros(4), Occurrences((), length=3))).all()


@given(sequence=st.text("ACGUN", max_size=50), seed=st.integers(0, 9))
def test_mass_is_split_over_occurrences_and_letters(sequence: str, seed: int) -> None:
    k, codes = 2, encode(sequence)
    weights = np.random.default_rng(seed).dirichlet(np.ones(16))
    provenance = RegionBuilder((Region(k=k),)).provenance(codes)
    positions, absent = attention_mass(np.concatenate([np.zeros(64), weights]), provenance)
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
