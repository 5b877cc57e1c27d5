import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.sequences import BREAK, Examined, decode, encode, examine, runs
from graphkit.types import Record

VALUE = {"A": 0, "C": 1, "G": 2, "T": 3, "U": 3}


def look(sequence, **keywords):
    return examine(Record("x", sequence), **keywords)


@given(st.text())
def test_encode_equals_a_lookup_per_letter(sequence):
    # One letter may have an upper case of two ("ß"): only single letters are bases.
    expected = [
        VALUE.get(letter.upper(), BREAK) if letter.isascii() else BREAK for letter in sequence
    ]
    codes = encode(sequence)
    assert codes.dtype == np.uint8
    assert codes.tolist() == expected


@given(st.text("ACGU"))
def test_decode_is_the_inverse_of_encode(sequence):
    assert decode(encode(sequence)) == sequence


def test_encoded_array_is_writable():
    # torch warns about arrays that are not.
    assert encode("ACGU").flags.writeable


def test_decode_of_breaks():
    assert decode(np.array([0, 4, 9], dtype=np.uint8)) == "ANN"


@given(st.text("ACGUN"))
def test_runs_equal_a_split_at_every_break(sequence):
    codes = encode(sequence)
    found = [sequence[start:end] for start, end in zip(*runs(codes), strict=True)]
    assert found == [stretch for stretch in sequence.split("N") if stretch]


def test_a_record_without_sequence_is_refused():
    assert look("") == Examined(None, "no sequence", (), 0.0)


@pytest.mark.parametrize("other", ["acguacguacguacguacguacgua", "AcGuACGUacguACGUACGUACGUA"])
def test_case_does_not_matter(other):
    upper = look("ACGUACGUACGUACGUACGUACGUA")
    assert np.array_equal(look(other).codes, upper.codes)
    assert look(other).warnings == upper.warnings == ()


def test_t_equals_u():
    assert np.array_equal(look("ACGT" * 10).codes, look("ACGU" * 10).codes)


@pytest.mark.parametrize(
    ("sequence", "n_broken"),
    [("ACGU" * 6 + "N" + "ACGU" * 6, 1), ("NN" + "ACGU" * 8 + "NNN", 5), ("A" * 24 + "N" * 24, 24)],
)
def test_n_breaks_and_is_reported(sequence, n_broken):
    examined = look(sequence)
    assert examined.reason is None
    assert examined.warnings == ()
    assert examined.fraction_n == n_broken / len(sequence)
    assert len(examined.codes) == len(sequence)
    assert np.flatnonzero(examined.codes == BREAK).tolist() == [
        i for i, letter in enumerate(sequence) if letter == "N"
    ]


@pytest.mark.parametrize(
    ("sequence", "n_valid"),
    [("N" * 500, 0), ("A" * 23, 19), ("ACGUN" * 100, 0), ("ACGUAN" * 19, 19)],
)
def test_too_few_valid_kmers_are_refused(sequence, n_valid):
    examined = look(sequence)
    assert examined.codes is None
    assert examined.reason == f"too few valid k-mers ({n_valid} < 20)"


def test_exactly_enough_kmers_are_taken():
    assert look("A" * 24).reason is None
    assert look("ACGUAN" * 20).reason is None


def test_ambiguity_codes_are_read_as_n_with_a_warning():
    examined = look("ACGU" * 20 + "RYswkmBDHV")
    assert examined.reason is None
    assert examined.warnings == ("10 ambiguous letters read as N: R Y S W K M B D H V",)
    assert examined.fraction_n == 10 / 90


def test_all_ambiguous_is_too_few_kmers_not_protein():
    assert look("RYSWKMBDHV" * 10).reason == "too few valid k-mers (0 < 20)"


@pytest.mark.parametrize("gap", ["-", "."])
def test_gaps_are_refused(gap):
    assert "aligned" in look("ACGU" * 20 + gap + "ACGU" * 20).reason


def test_a_final_star_is_a_warning():
    examined = look("ACGU" * 10 + "*")
    assert examined.reason is None
    assert examined.warnings == ("final '*' read as N",)


def test_stars_elsewhere_are_unknown_letters():
    assert look("AC*GU" + "ACGU" * 10 + "*").warnings == (
        "1 unknown letter read as N: *",
        "final '*' read as N",
    )


def test_protein_is_refused():
    reason = look("MTEYKLVVVGAGGVGKSALTIQLIQNHFVDEYDPTIEDSYRKQVVIDGETCLLDILDTAGQEEYSAM").reason
    assert reason.startswith("looks like protein: ")
    assert "E" in reason


@pytest.mark.parametrize(("n_foreign", "refused"), [(10, False), (11, True)])
def test_more_than_ten_per_cent_of_foreign_letters_are_refused(n_foreign, refused):
    reason = look("A" * (100 - n_foreign) + "X" * n_foreign).reason
    assert (reason is not None) is refused


def test_other_text_is_not_called_protein():
    assert look("12345 67890 ACGU" * 5).reason.startswith("not a nucleotide sequence but numbers")
    assert look("A[0 3 79]C[94 75 4]E").reason.startswith("not a nucleotide sequence but numbers")


def test_letters_outside_ascii_are_named_and_keep_their_place():
    examined = look("ACGU" * 10 + "é" + "ACGU" * 10 + "\N{DNA DOUBLE HELIX}\x07")
    assert examined.reason is None
    assert len(examined.codes) == 83
    assert examined.codes[40] == BREAK
    assert "\\x07" in examined.warnings[0]


@pytest.mark.parametrize("length", range(7))
def test_very_short_records_are_refused(length):
    assert look("ACGUAC"[:length]).reason is not None


def test_six_letters_work_when_the_minimum_is_lowered():
    examined = look("ACGUAC", min_kmers=2)
    assert examined.reason is None
    assert examined.codes.tolist() == [0, 1, 2, 3, 0, 1]
    assert look("ACGUAC", min_kmers=3).reason == "too few valid k-mers (2 < 3)"


def test_k_counts():
    assert look("A" * 24, k=6).reason == "too few valid k-mers (19 < 20)"
    assert look("A" * 25, k=6).reason is None


def test_problem_of_the_reader_passes_through():
    record = Record("x", "ACGU" * 10, problem="too long", warnings=("odd",))
    assert examine(record) == Examined(None, "too long", ("odd",), 0.0)


def test_warnings_of_the_record_come_first():
    examined = examine(Record("x", "ACGU" * 10 + "R", warnings=("odd",)))
    assert examined.warnings == ("odd", "1 ambiguous letter read as N: R")


@pytest.mark.parametrize("keywords", [{"k": 0}, {"min_kmers": 0}])
def test_impossible_settings_are_named(keywords):
    with pytest.raises(InputError, match=next(iter(keywords))):
        look("ACGU", **keywords)


@given(st.text(st.sampled_from("ACGUNRacgu-.*EX\x00é€"), max_size=60))
def test_examine_always_answers(sequence):
    examined = look(sequence, min_kmers=1)
    assert (examined.codes is None) is (examined.reason is not None)
    n_bases = sum(letter.upper() in VALUE for letter in sequence)
    assert examined.fraction_n == pytest.approx(1 - n_bases / len(sequence) if sequence else 0)
