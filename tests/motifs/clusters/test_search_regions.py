import numpy as np
import pytest

from graphkit.motifs import Seqlet, Track
from graphkit.motifs.clusters.search_regions import Regions
from graphkit.sequences import encode, kmer_code


def track(text, name="x"):
    return Track(name, encode(text), np.arange(float(len(text))))


def seqlet(record, start, end):
    return Seqlet(record, start, end, 1, 1.0, 0.0, 0.0)


def test_flanks_stop_at_the_ends_and_join():
    regions = Regions.of(
        [track("ACGUACGUACGU"), track("GGGG")],
        [seqlet(0, 0, 2), seqlet(0, 4, 5), seqlet(1, 2, 4)],
        flank=1,
    )
    assert regions.place.tolist() == [0, 1, 2, 3, 4, 5, 14, 15, 16]
    assert regions.region.tolist() == [0] * 6 + [1] * 3
    assert regions.room.tolist() == [6, 5, 4, 3, 2, 1, 3, 2, 1]


def test_kmers_stay_within_their_region_and_skip_breaks():
    regions = Regions.of([track("ACGUNACG")], [seqlet(0, 0, 8)], flank=2)
    code, place, region = regions.kmers(3)
    assert code.tolist() == [kmer_code("ACG"), kmer_code("CGU"), kmer_code("ACG")]
    assert place.tolist() == [0, 1, 5]
    assert set(region.tolist()) == {0}


def test_taking_positions_out_splits_a_region():
    regions = Regions.of([track("ACGUACGU")], [seqlet(0, 0, 8)], flank=1)
    left = regions.without(np.array([3, 4]))
    assert left.place.tolist() == [0, 1, 2, 5, 6, 7]
    assert left.room.tolist() == [3, 2, 1, 3, 2, 1]
    assert left.without(left.place).place.size == 0


def test_expected_is_a_markov_chain():
    generator = np.random.default_rng(0)
    codes = generator.integers(0, 4, 20_000).astype(np.uint8)
    regions = Regions.of(
        [Track("x", codes, np.zeros(len(codes)))], [seqlet(0, 0, len(codes))], flank=1
    )
    expected = regions.expected(3)
    assert expected.sum() == pytest.approx(len(codes) - 2)
    assert expected == pytest.approx((len(codes) - 2) / 64, rel=0.15)


def test_scores_without_a_value_weigh_nothing():
    one = Track("x", encode("ACG"), np.array([1.0, np.nan, 2.0]))
    assert Regions.of([one], [seqlet(0, 0, 3)], flank=1).scores.tolist() == [1, 0, 2, 0]


@pytest.mark.parametrize("width", [1, 5, 6, 9, 14])
def test_sites_begin_where_enough_of_them_lies_in_one_region(width):
    generator = np.random.default_rng(width)
    tracks = [track("ACGU" * 15), track("A" * 5), track("CCGU" * 12)]
    seqlets = [seqlet(0, 0, 3), seqlet(0, 20, 24), seqlet(1, 1, 3), seqlet(2, 30, 44)]
    regions = Regions.of(tracks, seqlets, flank=2)
    taken = generator.choice(len(regions.taken), 5, replace=False)
    left = regions.without(taken)
    slow = []
    for start in range(len(left.taken) - width + 1):
        letters = range(start, start + width)
        inside = [
            len({*letters} & {*left.place[left.region == number].tolist()})
            for number in range(left.region.max() + 1)
        ]
        enough = max(inside) >= min(width, 6) and 2 * max(inside) > width
        if enough and not {*letters} & {*taken.tolist()}:
            slow.append(start)
    assert slow
    assert left.starts(width, least=6).tolist() == slow


def test_nothing_begins_where_there_is_no_region():
    regions = Regions.of([track("ACGUACGU")], [seqlet(0, 0, 8)], flank=1)
    assert regions.without(regions.place).starts(4, least=6).size == 0
    assert regions.starts(40, least=6).size == 0
