import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.motifs.collections.jaspar import format_of, parse_jaspar

TWO = (
    ">M1 PUM1\nA [ 0 0 0 9 ]\nC [ 0 0 0 0 ]\nG [ 0 9 0 0 ]\nU [ 9 0 9 0 ]\n\n"
    ">M2 two words\nA [1.5 0]\nC [0 3]\nG [1.5 0]\nT [0 0]\n"
)


def test_rows_become_columns():
    first, second = parse_jaspar(TWO)
    assert (first.name, first.alt, first.consensus, first.n_sites) == ("M1", "PUM1", "UGUA", 9)
    assert (second.name, second.consensus, second.n_sites) == ("M2", "RC", 3)


@pytest.mark.parametrize(
    "text",
    [
        ">M1\nA [1 2]\nC [0 1]\n",
        ">M1\nA [1 2]\nC [0 1]\nG [0 0]\nT [0]\n",
        ">M1\nA [1 0]\nC [0 0]\nG [0 0]\nT [0 0]\n",
        ">M1\nA [-1 1]\nC [2 1]\nG [2 1]\nT [2 1]\n",
        ">M1\nA [x]\nC [x]\nG [x]\nT [x]\n",
        ">M1\nA [nan]\nC [1]\nG [1]\nT [1]\n",
        ">\nA [1]\nC [1]\nG [1]\nT [1]\n",
    ],
)
def test_malformed_matrices_name_the_file(text):
    with pytest.raises(InputError, match=r"x\.jaspar"):
        parse_jaspar(text, file="x.jaspar")


PIECES = st.sampled_from(
    [">M1 x", ">", "A [1 2]", "C [0 1]", "G [1 0]", "T [1 1]", "U [2]", "A", ""]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=10)), max_size=10))
def test_anything_gives_motifs_or_an_input_error(lines):
    text = "\n".join([">M1", "A [1 2]", *lines])
    assert format_of(text) == "jaspar"
    try:
        found = parse_jaspar(text)
    except InputError:
        return
    assert all(motif.width >= 1 for motif in found)


@pytest.mark.parametrize(
    "text", ["", ">M1", ">M1 2\n0.1 0.2 0.3 0.4", "A [1 2]\n>x", "MEME version 4"]
)
def test_other_formats_are_told_apart(text):
    assert format_of(text) is None


LETTERLESS = ">MA0001.1 AGL3\n0 3 79\n94 75 4\n1 0 3\n2 19 11\n>MA2.1\n9 0\n0 0\n0 9\n0 0\n"
TRANSFAC = (
    "AC  MA0001.1\nXX\nID  AGL3\nXX\nDE  MA0001.1 AGL3 ; From JASPAR\n"
    "P0      A      C      G      {}\n01      0     94      1      2\n"
    "02      3     75      0     19\nXX\n//\n"
)


def test_rows_without_letters():
    first, second = parse_jaspar(LETTERLESS)
    assert (first.name, first.alt, first.consensus, first.n_sites) == (
        "MA0001.1",
        "AGL3",
        "CCA",
        97,
    )
    assert (second.name, second.consensus) == ("MA2.1", "AG")


@pytest.mark.parametrize("base", "TU")
def test_transfac(base):
    text = TRANSFAC.format(base)
    assert format_of(text) == "transfac"
    first, second = parse_jaspar(text + text.replace("MA0001.1", "MA0002.1"))
    assert (first.name, first.alt, first.consensus) == ("MA0001.1", "AGL3", "CC")
    assert second.name == "MA0002.1"


def test_four_columns_of_shares_are_no_rows_of_counts():
    shares = ">M1 4\n" + "0.1 0.2 0.3 0.4\n" * 4
    assert format_of(shares) is None
    assert format_of(">M1\n" + "1 2 3 4\n" * 4) == "jaspar"
