"""The provenance of builders of sequences, against brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.builders import DeBruijnBuilder, Region, RegionBuilder
from graphkit.sequences import BREAK, encode, kmer_code
from graphkit.types import Scores

TEXTS = st.text("ACGUTNacgtunRX", max_size=50)
REGIONS = (Region(k=3), Region("5'", 12, k=2), Region("3'", 9, k=1))


def brute_force(text, regions, values, more):
    """Each occurrence of each word gets its share, letter by letter."""
    codes = encode(text)
    track, offset = np.zeros(len(text)), 0
    for region in regions:
        width = region.k + more
        start, end = region.span(len(text))
        places = {}
        for at in range(start, end - width + 1):
            word = codes[at : at + width]
            if (word < BREAK).all():
                places.setdefault(kmer_code(text[at : at + width].upper()), []).append(at)
        for word, starts in places.items():
            for at in starts:
                track[at : at + width] += values[offset + word] / len(starts) / width
        offset += 4**width
    return track


def covered_by_kmers(text, regions):
    codes = encode(text)
    covered = np.zeros(len(text), dtype=bool)
    for region in regions:
        start, end = region.span(len(text))
        for at in range(start, end - region.k + 1):
            if (codes[at : at + region.k] < BREAK).all():
                covered[at : at + region.k] = True
    return covered


@given(text=TEXTS, seed=st.integers(0, 9))
def test_regions_equal_brute_force(text, seed):
    sizes = [sum(4 ** (r.k + more) for r in REGIONS) for more in (1, 0)]
    values = np.random.default_rng(seed).normal(size=sum(sizes))
    provenance = RegionBuilder(REGIONS).provenance(text)
    scores = Scores(values, range(len(values)), provenance=provenance).project()
    assert scores.ids == range(len(text))
    parts = zip(np.split(values, sizes[:1]), (1, 0), strict=True)
    expected = sum(brute_force(text, REGIONS, part, more) for part, more in parts)
    expected = np.where(covered_by_kmers(text, REGIONS), expected, np.nan)
    np.testing.assert_allclose(scores.values, expected, atol=1e-12)


@given(text=TEXTS, k=st.integers(1, 7), seed=st.integers(0, 9))
def test_graphs_equal_brute_force(text, k, seed):
    builder = DeBruijnBuilder(k)
    graph = builder.build(text)
    kmers = (graph.edge_kmer.numpy(), graph.node_kmer.numpy())
    values = np.random.default_rng(seed).normal(size=sum(map(len, kmers)))
    region = Region(k=min(k, 6))
    object.__setattr__(region, "k", k)
    expected = np.zeros(len(text))
    for names, part, more in zip(kmers, np.split(values, [len(kmers[0])]), (1, 0), strict=True):
        by_word = np.zeros(4 ** (k + more))
        by_word[names[names >= 0]] = part[names >= 0]
        expected += brute_force(text, (region,), by_word, more)
    expected[~covered_by_kmers(text, (region,))] = np.nan
    np.testing.assert_allclose(builder.provenance(text).project(values), expected, atol=1e-12)


def test_nothing_is_lost_or_made():
    provenance = RegionBuilder(REGIONS).provenance("ACGUNACGUACG")
    present = np.zeros(sum(5 * 4**r.k for r in REGIONS))
    for path in provenance.paths:
        present[path.unit] = 1.5
    assert np.nansum(provenance.project(present)) == pytest.approx(present.sum(), rel=1e-12)


def test_a_run_of_exactly_k_has_a_node_share_only():
    provenance = RegionBuilder((Region(k=3),)).provenance("NACGN")
    edges, nodes = np.repeat([1.0, 0.0], [256, 64]), np.repeat([0.0, 1.0], [256, 64])
    np.testing.assert_array_equal(provenance.project(edges), [np.nan, 0, 0, 0, np.nan])
    np.testing.assert_allclose(provenance.project(nodes)[1:4], 1 / 3)
