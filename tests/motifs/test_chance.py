import numpy as np
import pytest

from graphkit.motifs import Corpus, Motif, find_sites
from graphkit.motifs.chance import chance_sites, dinucleotides
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
