import numpy as np
import pytest
from scipy.stats import poisson

from graphkit.motifs import Corpus, Motif, find_sites
from graphkit.motifs.testing.chance import chance_sites, dinucleotides, without_excess
from graphkit.sequences import dinucleotide_shuffle, encode


def sequences(seed, n=4, length=20_000):
    generator = np.random.default_rng(seed)
    shares = generator.dirichlet(np.full(4, 6.0), size=n)
    return [generator.choice(4, size=length, p=share).astype(np.uint8) for share in shares]


@pytest.mark.parametrize("consensus", ["UGUANAUA", "AUUUA", "GGACU", "RCCUCCC"])
def test_agrees_with_shuffles(consensus):
    codes = sequences(0)
    motif = Motif.from_consensus(consensus, n_sites=50)
    corpus = Corpus.of(codes)
    expected = chance_sites(motif, corpus, dinucleotides(codes), p=1e-3)
    generator = np.random.default_rng(1)
    rounds = 6
    counted = np.zeros(len(codes))
    for _ in range(rounds):
        shuffled = [dinucleotide_shuffle(c, generator) for c in codes]
        counted += find_sites(motif, shuffled, p=1e-3, background=corpus.background).counts(
            len(codes)
        )
    error = 4 * np.sqrt(np.maximum(counted, 1)) / rounds + 0.1 * expected
    assert (np.abs(counted / rounds - expected) <= error).all()


def test_longer_transcripts_expect_more_and_short_ones_none():
    codes = [encode("ACGU" * 50), encode("ACGU" * 500), encode("ACG")]
    corpus = Corpus.of(codes)
    motif = Motif.from_consensus("GUACGUA", n_sites=20)
    short, long, none = chance_sites(motif, corpus, dinucleotides(codes), p=1e-3)
    assert long > 5 * short > 0
    assert none == 0


def test_same_seed_same_numbers():
    codes = sequences(2, n=2, length=500)
    corpus, pairs = Corpus.of(codes), dinucleotides(codes)
    motif = Motif.from_consensus("UGUANAUA", n_sites=20)
    first, again = (chance_sites(motif, corpus, pairs, p=1e-4, seed=3) for _ in range(2))
    assert first.tolist() == again.tolist()


def test_no_sequences():
    assert dinucleotides([]).shape == (0, 16)


def test_sites_beyond_chance_are_no_composition():
    word, motif = encode("CAGUUUGCC"), Motif.from_consensus("CAGUUUGCC", n_sites=50)
    plain = sequences(3, n=3, length=600)
    planted = [codes.copy() for codes in plain]
    for start in (10, 100, 200, 300, 400):
        planted[1][start : start + 9] = word
    corpus, pairs = Corpus.of(planted), dinucleotides(planted)
    sites = find_sites(motif, corpus)
    chance = chance_sites(motif, corpus, pairs, p=1e-4)
    left = without_excess(pairs, corpus, sites, width=9, chance=chance)
    assert left[[0, 2]].tolist() == pairs[[0, 2]].tolist()
    plausible = poisson.ppf(0.99, chance[1])
    of_word = dinucleotides([word])[0]
    assert left[1] == pytest.approx(pairs[1] - (5 - plausible) * of_word)
    without = chance_sites(motif, corpus, left, p=1e-4)
    bare = chance_sites(motif, corpus, dinucleotides(plain), p=1e-4)
    assert chance[1] > 1.8 * bare[1]
    assert without[1] < 1.3 * bare[1]


def test_sites_that_overlap_are_taken_out_once_and_chance_sites_stay():
    codes = [encode("GG" + "UAUAUAUAU" + "GG")]
    motif = Motif.from_consensus("UAUAU", n_sites=50)
    corpus, pairs = Corpus.of(codes), dinucleotides(codes)
    sites = find_sites(motif, corpus, p=0.01)
    assert sites.counts(1).tolist() == [3]
    left = without_excess(pairs, corpus, sites, width=5, chance=np.zeros(1))
    assert left.sum() == pairs.sum() - 8
    assert (left >= 0).all()
    stay = without_excess(pairs, corpus, sites, width=5, chance=np.array([3.5]))
    assert stay.tolist() == pairs.tolist()
