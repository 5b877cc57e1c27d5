from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.motifs import Corpus, Motif, find_sites
from graphkit.motifs.scan import log_odds, threshold
from graphkit.sequences import encode

UNIFORM = np.full(4, 0.25)


def slow_sites(motif, sequences, background, p):
    table = log_odds(motif, background)
    least = threshold(table, background, p=p)
    return [
        (record, start)
        for record, codes in enumerate(sequences)
        for start in range(len(codes) - motif.width + 1)
        if (word := codes[start : start + motif.width]).max() < 4
        and sum(table[i, base] for i, base in enumerate(word)) >= least
    ]


@settings(max_examples=60)
@given(
    st.lists(st.text("ACGUN", max_size=40), max_size=5),
    st.text("ACGURYN", min_size=1, max_size=7),
    st.sampled_from([1e-3, 1e-2, 0.2]),
)
def test_equals_a_loop(texts, consensus, p):
    sequences = [encode(text) for text in texts]
    motif = Motif.from_consensus(consensus, n_sites=20)
    found = find_sites(motif, sequences, p=p, background=UNIFORM)
    pairs = list(zip(found.record.tolist(), found.start.tolist(), strict=True))
    assert pairs == slow_sites(motif, sequences, UNIFORM, p)
    counts = found.counts(len(sequences))
    assert counts.tolist() == [sum(r == i for r, _ in pairs) for i in range(len(sequences))]


@pytest.mark.parametrize("background", [UNIFORM, np.array([0.4, 0.1, 0.2, 0.3])])
@pytest.mark.parametrize("p", [0.2, 0.01, 1e-3])
def test_threshold_is_exact(background, p):
    generator = np.random.default_rng(0)
    motif = Motif("x", generator.random((5, 4)) * 20, 20)
    table = log_odds(motif, background)
    words = list(product(range(4), repeat=5))
    score = np.array([sum(table[i, b] for i, b in enumerate(word)) for word in words])
    chance = np.array([np.prod(background[list(word)]) for word in words])
    least = threshold(table, background, p=p)
    assert chance[score >= least].sum() <= p * (1 + 1e-9)
    lower = score[score < least].max()
    assert chance[score >= lower].sum() > p


def test_a_motif_too_short_for_p_keeps_its_best_word():
    found = find_sites(Motif.from_consensus("AUUUA", n_sites=50), [encode("CAUUUACCAUUUGA")])
    assert found.start.tolist() == [1]


def test_one_strand_only():
    motif = Motif.from_consensus("GCCUCCCA", n_sites=50)
    assert len(find_sites(motif, [encode("UGGGAGGC")]).start) == 0


def test_score_is_in_bits():
    motif = Motif.from_consensus("ACGUACGU", n_sites=10_000)
    found = find_sites(motif, [encode("ACGUACGU")], background=UNIFORM)
    assert found.score == pytest.approx([16.0], abs=0.1)


def test_nothing_to_scan():
    for sequences in ([], [encode("")], [encode("ACG")]):
        assert find_sites(Motif.from_consensus("ACGUACGU"), sequences).record.tolist() == []


def test_corpus_remembers_where_sequences_begin():
    corpus = Corpus.of([encode("ACG"), encode(""), encode("UU")])
    assert corpus.start.tolist() == [0, 4, 5]
    assert corpus.codes.tolist() == [0, 1, 2, 4, 4, 3, 3, 4]
    assert corpus.background.sum() == pytest.approx(1)
    assert (corpus.background > 0).all()


@pytest.mark.parametrize("p", [0, 1, -1, float("nan")])
def test_p_is_a_probability(p):
    with pytest.raises(InputError, match="p is"):
        find_sites(Motif.from_consensus("A"), [encode("A")], p=p)
