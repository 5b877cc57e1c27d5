import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.motifs import Motif, Seqlet, Track
from graphkit.motifs.clusters.search_regions import Regions
from graphkit.motifs.clusters.sites import apart, build, contested, covered, hits, members
from graphkit.sequences import encode


def regions_of(*texts):
    tracks = [Track(str(i), encode(t), np.ones(len(t))) for i, t in enumerate(texts)]
    whole = [Seqlet(i, 0, len(t), 1, 1.0, 0.0, 0.0) for i, t in enumerate(texts)]
    return Regions.of(tracks, whole, flank=1)


def test_build_counts_trims_and_shifts():
    regions = regions_of("CACGUC", "GACGUG", "AACGUU", "UACGUA")
    start = regions.corpus.start + 2
    motif, sites = build(regions, start, 2, flank=2, min_bits=0.5, sign=1)
    assert motif.consensus == "ACGU"
    assert sites.tolist() == (regions.corpus.start + 1).tolist()
    assert motif.n_sites == 4
    assert motif.contributions == pytest.approx(np.eye(4))


def test_missing_letters_count_as_background():
    regions = regions_of("ACG", "ACG")
    motif, _ = build(regions, regions.corpus.start, 3, flank=2, min_bits=0.0, sign=1)
    assert motif.counts.sum(axis=1) == pytest.approx(2)


def test_hits_lie_in_regions_only():
    text = "GCCUCCCA" + "A" * 12 + "GCCUCCCA"
    track = Track("x", encode(text), np.ones(len(text)))
    regions = Regions.of([track], [Seqlet(0, 0, 8, 1, 1.0, 0.0, 0.0)], flank=1)
    start, score = hits(regions, Motif.from_consensus("GCCUCCC", n_sites=50), p=1e-3, least=6)
    assert start.tolist() == [0]
    assert (score > 0).all()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8), st.integers(0, 5)), max_size=20))
def test_chosen_sites_are_apart_and_best_of_their_chain(rows):
    start, width, score = (np.array(c, dtype=np.int64) for c in zip(*rows, strict=True)) if rows \
        else (np.empty(0, np.int64),) * 3  # fmt: skip
    end = start + width
    kept = apart(start, end, score)
    spans = sorted(zip(start[kept].tolist(), end[kept].tolist(), strict=True))
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    chains = 0
    reach = -1
    for s, e in sorted(zip(start.tolist(), end.tolist(), strict=True)):
        chains += s >= reach
        reach = max(reach, e)
    assert len(kept) == chains
    if len(score):
        assert score.max() in score[kept]


def test_a_repeat_is_one_site():
    regions = regions_of("GAAGAAGAAGAAG")
    start, _ = members(regions, Motif.from_consensus("GAAGAAG", n_sites=50), p=1e-3, least=6)
    assert len(start) == 1


def test_contested_sites_go_to_the_better_motif():
    regions = regions_of("CACUCCCACC", "CGCCUCCCAC")
    motifs = [Motif.from_consensus(w, n_sites=50) for w in ("MCUCCCA", "GCCUCCC")]
    first, second = contested(regions, motifs, p=1e-2, least=6)
    assert first.tolist() == [1]
    assert second.tolist() == [12]


def test_covered_stays_inside():
    assert covered(np.array([-1, 2, 3]), 2, total=4).tolist() == [0, 2, 3]
