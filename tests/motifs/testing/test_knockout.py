import numpy as np
import pytest
from scipy import stats

from graphkit.errors import InputError
from graphkit.motifs import Motif, find_sites, knock_out
from graphkit.motifs.testing.knockout import _merged
from graphkit.sequences import encode, kmer_counts

PUM = Motif.from_consensus("UGUAAAUA", n_sites=50)
WORD = encode("UGUAAAUA")


def planted(n, copies, seed=0, length=300):
    generator = np.random.default_rng(seed)
    sequences = []
    for _ in range(n):
        codes = generator.integers(0, 4, length).astype(np.uint8)
        for copy in range(copies):
            codes[40 + 60 * copy : 48 + 60 * copy] = WORD
        sequences.append(codes)
    return sequences


def sites_of(sequences):
    return find_sites(PUM, sequences, p=1e-4, background=np.full(4, 0.25)).counts(len(sequences))


def linear(sequences):
    return sites_of(sequences).astype(float) * 2


def test_breaking_every_site_takes_all_of_its_effect():
    sequences = planted(12, 3)
    found = knock_out(linear, sequences, PUM, draws=3)
    counts = sites_of(sequences)
    assert found.effect == pytest.approx(-2 * counts.mean())
    assert found.control == pytest.approx(0, abs=0.1)
    assert (found.n_transcripts, found.n_sites) == (12, counts.sum())


def test_the_interval_is_students():
    sequences = [*planted(4, 1), *planted(4, 2, seed=1)]
    found = knock_out(linear, sequences, PUM, draws=2)
    change = -2.0 * sites_of(sequences)
    reach = stats.t.ppf(0.975, 7) * change.std(ddof=1) / np.sqrt(8)
    assert (found.low, found.high) == pytest.approx((change.mean() - reach, change.mean() + reach))


def test_what_the_model_sees():
    seen = []

    def spy(sequences):
        seen.append([codes.copy() for codes in sequences])
        return np.zeros(len(sequences))

    sequences = planted(3, 2)
    sequences[0][100:103] = 4
    before = [codes.copy() for codes in sequences]
    knock_out(spy, sequences, PUM, draws=4)
    assert all(np.array_equal(a, b) for a, b in zip(sequences, before, strict=True))
    for original, group in zip(before, seen, strict=True):
        assert len(group) == 9
        assert np.array_equal(group[0], original)
        for changed in group[1:]:
            assert np.array_equal(changed == 4, original == 4)
            assert not np.array_equal(changed, original)
        for changed in group[1:5]:
            assert sites_of([changed])[0] == 0
            away = np.ones(len(original), dtype=bool)
            away[37:51] = away[97:111] = False
            assert np.array_equal(changed[away], original[away])
            assert np.array_equal(kmer_counts(changed, 2), kmer_counts(original, 2))
        for changed in group[5:]:
            assert sites_of([changed])[0] == sites_of([original])[0]


def test_a_homopolymer_is_broken_by_other_letters():
    motif = Motif.from_consensus("AAAAAAAA", n_sites=50)
    codes = np.concatenate([np.zeros(30, np.uint8), np.tile(np.arange(4, dtype=np.uint8), 40)])

    def effect(sequences):
        return np.array([(kmer_counts(c, 1)[0]) for c in sequences], dtype=float)

    found = knock_out(effect, [codes], motif, draws=2)
    assert found.effect < -5
    assert np.isnan(found.low)
    assert found.n_transcripts == 1


def test_no_sites_no_result():
    assert knock_out(linear, [encode("ACGU" * 20)], PUM) is None
    assert knock_out(linear, [], PUM) is None


def test_at_most_so_many_transcripts_and_reproducibly():
    sequences = planted(30, 1)
    first, again = (knock_out(linear, sequences, PUM, max_records=10, seed=4) for _ in range(2))
    assert first == again
    assert first.n_transcripts == 10


@pytest.mark.parametrize("answer", [lambda s: 1.0, lambda s: np.full(len(s), np.nan)])
def test_an_effect_that_is_none(answer):
    with pytest.raises(InputError, match="effect"):
        knock_out(answer, planted(1, 1), PUM)


def test_overlapping_stretches_are_one():
    assert _merged(np.array([1, 3, 20, 25, 40]), 5) == [(1, 8), (20, 30), (40, 45)]
