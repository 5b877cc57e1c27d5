import numpy as np
import pytest

from graphkit.datasets import TRANSITIONS, markov_sequence
from graphkit.motifs import Motif
from graphkit.motifs.testing.classes import Bench, describe, rate_families, rate_known
from graphkit.motifs.testing.crossfit import Family
from graphkit.motifs.testing.enrichment import count_tables, exact_p
from graphkit.sequences import encode

WORD = encode("UGUAAAUA")


def bench_of(n, held, labels, length=400):
    generator = np.random.default_rng(0)
    sequences = []
    for i in range(n):
        codes = generator.integers(0, 4, length).astype(np.uint8)
        if held[i]:
            codes[50:58] = WORD
        sequences.append(codes)
    return Bench.of(sequences, np.asarray(labels), site_p=1e-4, seed=0)


def pum(sign):
    return Motif("pum", Motif.from_consensus("UGUAAAUA", n_sites=50).counts, 50, sign=sign)


def test_held_favoured_and_matched():
    labels = np.array([1, 0] * 20)
    bench = bench_of(40, labels == 1, labels)
    among = np.arange(40) < 30
    held, favoured, stratum = bench.compare(pum(1), among)
    assert len(held) == len(favoured) == len(stratum) == 30
    assert held.tolist() == favoured.tolist() == (labels[:30] == 1).tolist()
    assert bench.compare(pum(-1), among)[1].tolist() == (labels[:30] == 0).tolist()
    assert bench.holders(pum(1)) == 20


def test_many_sites_do_not_put_their_holders_apart():
    # A third of one class holds the word six times: matched by dinucleotides that count those of
    # its sites, they would be compared among themselves.
    generator = np.random.default_rng(5)
    labels = np.array([1, 0] * 60)
    sequences = [markov_sequence(350, generator) for _ in labels]
    for codes in sequences[::6]:
        for start in range(20, 320, 50):
            codes[start : start + 8] = WORD
    bench = Bench.of(sequences, labels, site_p=1e-4, seed=0)
    held, favoured, stratum = bench.compare(pum(1), labels >= 0)
    assert held[::6].all()
    assert exact_p(count_tables(held, favoured, stratum)) < 1e-4


def test_composition_that_differs_is_not_a_motif_that_differs():
    generator = np.random.default_rng(6)
    labels = np.array([1, 0] * 60)
    rich = np.array(TRANSITIONS) * [1.3, 0.8, 0.8, 1.3]
    rich /= rich.sum(axis=1, keepdims=True)
    p = []
    for _ in range(10):
        sequences = []
        for label in labels.tolist():
            share = generator.uniform(0, 0.5) + label / 2
            mixed = share * rich + (1 - share) * np.array(TRANSITIONS)
            sequences.append(markov_sequence(800, generator, transitions=mixed))
        bench = Bench.of(sequences, labels, site_p=1e-4, seed=0)
        motif = Motif("x", Motif.from_consensus("UAUUUAU", n_sites=50).counts, 50, sign=1)
        p.append(exact_p(count_tables(*bench.compare(motif, labels >= 0))))
    assert np.mean(np.array(p) < 0.05) <= 0.2
    assert np.median(p) > 0.2


def test_long_transcripts_must_beat_chance():
    generator = np.random.default_rng(1)
    long = generator.integers(0, 4, 300_000).astype(np.uint8)
    bench = Bench.of([long], np.array([1]), site_p=1e-4, seed=0)
    motif = Motif.from_consensus("ACG", n_sites=50)
    assert bench.holders(motif) == 1
    rich = long.copy()
    rich[:60_000] = np.tile(encode("ACGUU"), 12_000)
    richer = Bench.of([long, rich], np.array([1, 1]), site_p=1e-4, seed=0)
    held, _, _ = richer.compare(motif, np.ones(2, dtype=bool))
    assert held[1]


def test_describing_gives_no_p():
    labels = np.array([1, 0, -1] * 20)
    bench = bench_of(60, labels == 1, labels)
    found = describe(bench, pum(1))
    assert found.p is None
    assert found.q is None
    assert found.n == (20, 20)
    assert found.odds_ratio > 10


def test_each_half_is_tested_with_the_motif_of_the_other():
    labels = np.array([1, 0] * 40)
    half = np.repeat([0, 1], 40)
    bench = bench_of(80, (labels == 1) & (half == 0), labels)
    other = Motif("other", Motif.from_consensus("GCCGCCGCC", n_sites=50).counts, 50, sign=1)
    everyone = np.ones(80, dtype=bool)
    right, wrong, both = rate_families(
        bench, [Family(pum(1), None), Family(None, pum(1)), Family(pum(1), other)], half, everyone
    )
    assert right.p < 1e-4
    assert wrong.p > 0.5
    assert both.p == pytest.approx(2 * right.p)
    assert right.n == (20, 20)
    assert both.n == (40, 40)
    assert right.p <= right.q <= 1


def test_only_tested_records_count():
    labels = np.array([1, 0] * 40)
    bench = bench_of(80, labels == 1, labels)
    tested = np.arange(80) % 4 < 2
    (found,) = rate_families(bench, [Family(pum(1), pum(1))], np.repeat([0, 1], 40), tested)
    assert found.n == (20, 20)


def test_no_families():
    labels = np.array([1, 0])
    assert rate_families(bench_of(2, [0, 0], labels), [], np.array([0, 1]), labels >= 0) == []


@pytest.mark.parametrize("side", [1, 0])
def test_known_motifs_are_tested_in_the_direction_that_is_there(side):
    labels = np.array([1, 0] * 30)
    bench = bench_of(60, labels == side, labels)
    other = Motif.from_consensus("GACUCGAC", n_sites=20)
    (pumilio, strong), (_, weak) = rate_known(bench, [pum(0), other], labels >= 0)
    assert pumilio.sign == (1 if side else -1)
    assert strong.q < 1e-6
    assert strong.odds_ratio > 1
    assert weak.q > 0.1
    # Twice the better of two directions.
    held, favoured, stratum = bench.compare(pum(pumilio.sign), labels >= 0)
    assert strong.p == pytest.approx(2 * exact_p(count_tables(held, favoured, stratum)))


def test_no_known_motifs():
    labels = np.array([1, 0] * 5)
    assert rate_known(bench_of(10, labels == 1, labels), [], labels >= 0) == []
