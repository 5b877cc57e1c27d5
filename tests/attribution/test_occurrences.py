"""The projection along occurrences against brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.attribution.occurrences import graph_occurrences, region_occurrences
from graphkit.builders import DeBruijnBuilder, Region
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
    generator = np.random.default_rng(seed)
    codes = encode(text)
    covered = covered_by_kmers(text, REGIONS)
    for more, found in zip((1, 0), region_occurrences(codes, REGIONS), strict=True):
        values = generator.normal(size=sum(4 ** (r.k + more) for r in REGIONS))
        scores = Scores(values, range(len(values)), provenance=found).project()
        assert scores.ids == range(len(text))
        expected = np.where(covered, brute_force(text, REGIONS, values, more), np.nan)
        np.testing.assert_allclose(scores.values, expected, atol=1e-12)


@given(text=TEXTS, k=st.integers(1, 7), seed=st.integers(0, 9))
def test_graphs_equal_brute_force(text, k, seed):
    codes = encode(text)
    graph = DeBruijnBuilder(k).build(codes)
    generator = np.random.default_rng(seed)
    for more, names, found in zip(
        (1, 0),
        (graph.edge_kmer.numpy(), graph.node_kmer.numpy()),
        graph_occurrences(codes, graph, k),
        strict=True,
    ):
        values = generator.normal(size=len(names))
        by_word = np.zeros(4 ** (k + more))
        by_word[names[names >= 0]] = values[names >= 0]
        region = Region(k=min(k, 6))
        object.__setattr__(region, "k", k)
        expected = brute_force(text, (region,), by_word, more)
        expected[~covered_by_kmers(text, (region,))] = np.nan
        np.testing.assert_allclose(found.project(values), expected, atol=1e-12)


def test_nothing_is_lost_or_made():
    codes = encode("ACGUNACGUACG")
    edges, nodes = region_occurrences(codes, REGIONS)
    for found, more in ((edges, 1), (nodes, 0)):
        present = np.zeros(sum(4 ** (r.k + more) for r in REGIONS))
        for path in found.paths:
            present[path.unit] = 1.5
        assert np.nansum(found.project(present)) == pytest.approx(present.sum(), rel=1e-12)


def test_a_run_of_exactly_k_has_a_node_share_only():
    edges, nodes = region_occurrences(encode("NACGN"), (Region(k=3),))
    np.testing.assert_array_equal(edges.project(np.ones(256)), [np.nan, 0, 0, 0, np.nan])
    np.testing.assert_allclose(nodes.project(np.ones(64))[1:4], 1 / 3)
