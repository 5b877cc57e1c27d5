import numpy as np
import pytest

from graphkit.datasets.background import markov_sequence
from graphkit.errors import InputError
from graphkit.sequences import (
    LEAST_APPLICABILITY,
    DomainOfUse,
    dinucleotide_shuffle,
    encode,
    longest_orf,
    read_fasta,
)


def repeat(unit, n):
    return np.resize(unit, n).astype(np.uint8)


def two_letters(codes, generator):
    return generator.permutation(4)[:2][generator.integers(0, 2, len(codes))].astype(np.uint8)


def of_period(*periods):
    def make(codes, generator):
        return repeat(generator.integers(0, 4, generator.choice(periods)), len(codes))

    return make


def half_homopolymer(codes, generator):
    tail = np.full(len(codes) - len(codes) // 2, generator.integers(4), np.uint8)
    return np.concatenate([codes[: len(codes) // 2], tail])


def unknown_but_30(codes, _):
    return np.concatenate([np.full(5000, 4, np.uint8), codes[:30]])


def unknown_half(codes, _):
    return np.where(np.arange(len(codes)) % 400 < 200, 4, codes).astype(np.uint8)


def blocks(codes, generator):
    return np.repeat(generator.integers(0, 4, len(codes) // 20 + 1), 20)[: len(codes)].astype(
        np.uint8
    )


# Twelve kinds of nonsense, each of the length of a real transcript unless it is short itself.
NONSENSE = {
    "homopolymer": of_period(1),
    "repeats of period 2": of_period(2),
    "repeats of period 3 to 9": of_period(*range(3, 10)),
    "repeats of period 10 to 60": of_period(*range(10, 61)),
    "a piece over and over": lambda codes, _: repeat(codes[: len(codes) // 3], len(codes)),
    "two letters": two_letters,
    "runs of 20": blocks,
    "half a homopolymer": half_homopolymer,
    "short read": lambda codes, generator: codes[: generator.integers(25, 150)],
    "30 letters among N": unknown_but_30,
    "half N": unknown_half,
    "one letter in ten is no A": lambda codes, generator: np.where(
        generator.random(len(codes)) < 0.9, 0, codes
    ).astype(np.uint8),
}


@pytest.fixture(scope="module")
def simulated():
    """Transcripts of an order-1 chain, 300 to 3,000 letters."""
    generator = np.random.default_rng(0)
    return [markov_sequence(n, generator) for n in generator.integers(300, 3000, 600).tolist()]


@pytest.fixture(scope="module")
def domain(simulated):
    return DomainOfUse.fit(simulated[:450])


@pytest.fixture(scope="module")
def real(shared):
    """Real transcripts to fit on, and real ones of 200 letters or more to judge."""
    records = read_fasta(shared / "data" / "lncrna" / "rnalight_train.fasta.gz")
    codes = [encode(record.sequence) for record in records]
    held_out = [one for one in codes[::5] if len(one) >= 200]
    fitted = DomainOfUse.fit([one for row, one in enumerate(codes) if row % 5])
    return fitted, held_out


def values(domain, sequences):
    return np.array([domain.judge(codes).value for codes in sequences])


def auroc(higher, lower):
    """Share of pairs in the right order, ties counted half."""
    difference = np.asarray(higher)[:, None] - np.asarray(lower)
    return ((difference > 0) + 0.5 * (difference == 0)).mean()


@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense_is_not_answered_and_says_why(domain, simulated, kind):
    generator = np.random.default_rng(1)
    for codes in simulated[450:]:
        found = domain.judge(NONSENSE[kind](codes, generator))
        assert found.value < LEAST_APPLICABILITY
        assert found.warnings


def test_sequences_like_those_it_was_fitted_on_are_answered(domain, simulated):
    found = values(domain, simulated[450:])
    assert (found < LEAST_APPLICABILITY).mean() <= 0.03
    assert 0.35 < np.median(found) < 0.65


def test_sequences_read_backwards_are_told_apart_whatever_their_composition(domain, simulated):
    forwards = values(domain, simulated[450:])
    assert auroc(forwards, values(domain, [codes[::-1] for codes in simulated[450:]])) > 0.95


@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense_lies_farther_out_than_real_transcripts_of_its_length(real, kind):
    domain, transcripts = real
    generator = np.random.default_rng(2)
    found = values(domain, [NONSENSE[kind](codes, generator) for codes in transcripts])
    assert (found < LEAST_APPLICABILITY).all()
    assert auroc(values(domain, transcripts), found) >= 0.99


def test_real_transcripts_keep_their_answer(real):
    domain, transcripts = real
    assert (values(domain, transcripts) < LEAST_APPLICABILITY).mean() <= 0.02


def test_chance_and_reading_backwards_are_told_from_real_transcripts(real):
    domain, transcripts = real
    generator = np.random.default_rng(3)
    forwards = values(domain, transcripts)
    chance = [generator.integers(0, 4, len(codes)).astype(np.uint8) for codes in transcripts]
    assert auroc(forwards, values(domain, chance)) >= 0.99
    assert auroc(forwards, values(domain, [codes[::-1] for codes in transcripts])) >= 0.99
    # Its letters follow one another as in the transcript: hardly to be told apart.
    shuffled = [dinucleotide_shuffle(codes, generator) for codes in transcripts]
    assert auroc(forwards, values(domain, shuffled)) > 0.55


def test_coding_transcripts_are_warned_of(real, shared):
    records = read_fasta(shared / "data" / "lncrna" / "mrna_rnalight.fasta.gz")
    warned = [
        any("may code" in warning for warning in real[0].judge(encode(record.sequence)).warnings)
        for record in records
    ]
    assert np.mean(warned) > 0.75


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (encode("ACGUUGCAAC" * 10), "short: 100 known letters"),
        (encode("AU" * 300), "repeats: 0% of its 12-mers"),
        (encode("N" * 5000 + "ACGGCUAAUCCAUGGUCGGAUUAGCCUAGG"), "unknown letters: 99%"),
        (encode("AUG" + "GCU" * 900 + "UAA"), "reading frame of 901 codons"),
    ],
)
def test_warnings_name_the_reason(domain, codes, message):
    found = domain.judge(codes)
    assert found.value == 0
    assert any(message in warning for warning in found.warnings)


@pytest.mark.parametrize("codes", [np.empty(0, np.uint8), np.full(500, 4, np.uint8), encode("ACG")])
def test_next_to_nothing_is_outside(domain, codes):
    assert domain.judge(codes).value == 0
    assert domain.judge(codes).warnings


def test_it_is_stored_as_small_arrays_and_read_back(domain, simulated):
    arrays = domain.arrays()
    assert sum(array.size for array in arrays.values()) < 8000
    again = DomainOfUse.from_arrays(arrays)
    assert values(again, simulated[:50]).tolist() == values(domain, simulated[:50]).tolist()


def test_arrays_that_do_not_fit_are_refused(domain):
    arrays = domain.arrays()
    with pytest.raises(InputError, match=r"mean: is not \(64,\) finite numbers"):
        DomainOfUse.from_arrays({**arrays, "mean": np.zeros(3)})
    with pytest.raises(InputError, match="rarity: is missing"):
        DomainOfUse.from_arrays({name: x for name, x in arrays.items() if name != "rarity"})


def test_a_handful_of_sequences_is_no_domain(simulated):
    with pytest.raises(InputError, match="19 sequences of 200 known letters or more"):
        DomainOfUse.fit([*simulated[:19], encode("ACGU" * 20)])


def slow_orf(sequence):
    """Every start, codon by codon, to the first stop."""
    longest = 0
    for start in range(len(sequence)):
        if sequence[start : start + 3] != "AUG":
            continue
        for end in range(start, len(sequence) - 2, 3):
            codon = sequence[end : end + 3]
            if "N" in codon:
                break
            if codon in ("UAA", "UAG", "UGA"):
                longest = max(longest, (end - start) // 3)
                break
    return longest


def test_reading_frames_equal_a_walk_from_every_start():
    generator = np.random.default_rng(4)
    for _ in range(100):
        letters = generator.choice(
            list("ACGUN"), generator.integers(0, 300), p=[0.3, 0.15, 0.2, 0.3, 0.05]
        )
        sequence = "".join(letters)
        assert longest_orf(encode(sequence)) == slow_orf(sequence)
