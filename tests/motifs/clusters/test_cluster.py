import numpy as np
import pytest

from graphkit.datasets.transcripts import CYTOPLASM_ELEMENTS, NUCLEUS_ELEMENTS
from graphkit.errors import InputError
from graphkit.motifs import (
    ClusterParams,
    Motif,
    Seqlet,
    Track,
    align,
    call_seqlets,
    cluster_seqlets,
)
from graphkit.motifs.clusters.cluster import _merged, _settled
from graphkit.motifs.clusters.search_regions import Regions
from graphkit.sequences import encode


def planted(words, n, seed=0):
    """One track per site, the site a seqlet."""
    generator = np.random.default_rng(seed)
    tracks, seqlets = [], []
    for i in range(n):
        word = encode(words[i % len(words)])
        sides = [generator.integers(0, 4, 20).astype(np.uint8) for _ in range(2)]
        codes = np.concatenate([sides[0], word, sides[1]])
        scores = np.zeros(len(codes))
        scores[20 : 20 + len(word)] = 1.0
        tracks.append(Track(str(i), codes, scores))
        seqlets.append(Seqlet(i, 20, 20 + len(word), 1, float(len(word)), 0.0, 0.0))
    return tracks, seqlets


def test_every_planted_element_comes_back(explained):
    tracks, _ = explained(60)
    motifs = cluster_seqlets(tracks, call_seqlets(tracks))
    for sign, elements in ((1, NUCLEUS_ELEMENTS), (-1, CYTOPLASM_ELEMENTS)):
        found = {m.consensus for m in motifs if m.sign == sign}
        assert found == set(elements)
    assert all(m.n_sites > 30 for m in motifs)
    assert [m.name for m in motifs] == [f"M{i}_{m.consensus}" for i, m in enumerate(motifs, 1)]


def test_contributions_are_the_mean_score_of_each_letter():
    tracks, seqlets = planted(["UGUAAAUA"], 40)
    (motif,) = cluster_seqlets(tracks, seqlets)
    assert motif.contributions == pytest.approx(Motif.from_consensus("UGUAAAUA").counts)


def test_variants_of_one_element_are_one_motif():
    tracks, seqlets = planted(["UGUAAAUA", "UGUACAUA", "UGUAGAUA", "UGUAUAUA"], 80)
    (motif,) = cluster_seqlets(tracks, seqlets)
    assert motif.consensus == "UGUANAUA"
    assert motif.n_sites == 80


def test_reverse_complements_stay_apart():
    tracks, seqlets = planted(["GCCUCCCA", "UGGGAGGC"], 80)
    assert {m.consensus for m in cluster_seqlets(tracks, seqlets)} == {"GCCUCCCA", "UGGGAGGC"}


@pytest.mark.parametrize("start", [20, 25])
def test_seqlets_at_one_end_of_an_element_give_it_whole(start):
    # A model may speak loudest at four letters at one end: five letters further it ends.
    tracks, seqlets = planted(["CGUGUGGCU"], 60)
    loudest = [s._replace(start=start, end=start + 4) for s in seqlets]
    (motif,) = cluster_seqlets(tracks, loudest)
    assert (motif.consensus, motif.n_sites) == ("CGUGUGGCU", 60)


def test_nothing_without_seqlets_and_from_too_few():
    tracks, seqlets = planted(["UGUAAAUA"], 9)
    assert cluster_seqlets(tracks, []) == []
    assert cluster_seqlets(tracks, seqlets) == []
    assert len(cluster_seqlets(tracks, seqlets, ClusterParams(min_sites=9))) == 1


def test_random_seqlets_make_no_motif():
    tracks, seqlets = planted(["ACGUACGU"], 200)
    moved = [s._replace(start=2, end=10) for s in seqlets]
    assert cluster_seqlets(tracks, moved) == []


@pytest.mark.parametrize("text", ["A" * 300, "AC" * 150, "N" * 300])
def test_low_complexity_is_no_trouble(text):
    tracks = [Track(str(i), encode(text), np.ones(300)) for i in range(30)]
    seqlets = [Seqlet(i, 100, 110, 1, 10.0, 0.0, 0.0) for i in range(30)]
    for motif in cluster_seqlets(tracks, seqlets):
        assert np.isfinite(motif.counts).all()


def test_the_order_of_the_records_does_not_matter():
    tracks, seqlets = planted(["UGUAAAUA", "GCCUCCC"], 60)
    back = [s._replace(record=59 - s.record) for s in seqlets]
    forth = cluster_seqlets(tracks, seqlets)
    again = cluster_seqlets(tracks[::-1], back)
    assert {m.consensus for m in forth} == {m.consensus for m in again}
    for motif in forth:
        assert max(align(motif, other).similarity for other in again) > 0.99


def test_a_motif_that_loses_its_sites_goes_and_the_others_stay():
    tracks, seqlets = planted(["UGUAAAUA", "GCCUCCC"], 80)
    regions = Regions.of(tracks, seqlets, flank=4)
    motifs = [Motif.from_consensus(w, n_sites=40) for w in ("CCUCC", "UGUAAAUA", "GCCUCCC")]
    found = _settled(regions, motifs, 1, ClusterParams())
    assert [m.consensus for m, _ in found] == ["UGUAAAUA", "GCCUCCC"]
    assert [weight for _, weight in found] == [320.0, 280.0]
    assert (
        _settled(regions, [Motif.from_consensus("GGGGGGGGGGGG", n_sites=9)], 1, ClusterParams())
        == []
    )


def test_what_looks_alike_is_pooled_in_the_end():
    words = ("UGUAAAUA", "GCCUCCC", "UGUAUAUA")
    found = _merged([(Motif.from_consensus(w, n_sites=20), 5.0) for w in words])
    assert [(m.n_sites, weight) for m, weight in found] == [(40, 10.0), (20, 5.0)]
    assert found[0][0].consensus == "UGUAWAUA"


@pytest.mark.slow
def test_thirty_thousand_seqlets():
    tracks, seqlets = planted([*CYTOPLASM_ELEMENTS, *NUCLEUS_ELEMENTS], 30_000)
    found = {m.consensus for m in cluster_seqlets(tracks, seqlets)}
    assert found >= set(CYTOPLASM_ELEMENTS) | set(NUCLEUS_ELEMENTS)


@pytest.mark.parametrize("wrong", [{"k": 2}, {"k": 9}, {"flank": 0}, {"min_sites": 0}])
def test_parameters_that_make_no_sense(wrong):
    with pytest.raises(InputError):
        ClusterParams(**wrong)
