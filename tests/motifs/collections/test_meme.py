import io

import numpy as np
import pytest
from Bio import motifs as biopython
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.motifs import Motif, format_meme, parse_meme, write_meme

HEAD = "MEME version 4\n\nALPHABET= ACGU\n\nstrands: +\n\n"
ROWS = " 0.1 0.2 0.3 0.4\n 1 0 0 0\n"
NAMES = st.text("ABCxyz019_-.|", min_size=1, max_size=12)
COUNTS = st.lists(
    st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any), min_size=1, max_size=12
)
MOTIFS = st.lists(
    st.builds(
        lambda name, counts, n, alt: Motif(name, np.array(counts), n, alt=alt),
        NAMES,
        COUNTS,
        st.integers(1, 10**6),
        st.sampled_from(["", "PUM1", "two words"]),
    ),
    max_size=4,
    unique_by=lambda motif: motif.name,
)


@given(MOTIFS.filter(bool))
def test_round_trip(motifs):
    again = parse_meme(format_meme(motifs))
    assert [(m.name, m.alt, m.n_sites) for m in again] == [
        (m.name, m.alt, m.n_sites) for m in motifs
    ]
    for old, new in zip(motifs, again, strict=True):
        assert new.probabilities() == pytest.approx(old.probabilities(), abs=2e-6)
        assert new.counts.sum(axis=1) == pytest.approx(old.n_sites)


def test_biopython_reads_what_we_write():
    motif = Motif("x", np.array([[10, 20, 30, 40], [100, 0, 0, 0]]), 100)
    (read,) = biopython.parse(io.StringIO(format_meme([motif])), "minimal")
    assert read.alphabet == "ACGU"
    assert read.num_occurrences == 100
    assert np.array([read.counts[base] for base in "ACGU"]).T.tolist() == motif.counts.tolist()


def test_background_is_written_for_the_reader():
    text = format_meme([Motif.from_consensus("A")], background=[0.4, 0.1, 0.2, 0.3])
    assert "A 0.400000 C 0.100000 G 0.200000 U 0.300000" in text


@pytest.mark.parametrize("name", ["", "a b", "tab\there"])
def test_names_must_be_words(name):
    with pytest.raises(InputError, match="white space"):
        format_meme([Motif(name, np.ones((1, 4)), 1)])
    with pytest.raises(InputError, match="twice"):
        format_meme([Motif.from_consensus("A")] * 2)


def test_written_whole(tmp_path):
    path = tmp_path / "motifs.meme"
    write_meme(path, [Motif.from_consensus("UGUANAUA", n_sites=9)])
    assert parse_meme(path.read_text())[0].consensus == "UGUANAUA"
    with pytest.raises(InputError):
        write_meme(path, [Motif.from_consensus("A")] * 2)
    assert len(parse_meme(path.read_text())) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["motifs.meme"]


def test_t_is_u_and_widths_may_be_missing():
    text = (
        "MEME version 5.5.5\nALPHABET= ACGT\nstrands: + -\nMOTIF one ELAVL1\n\n"
        "letter-probability matrix: alength= 4 w= 2 nsites= 7 E= 0\n\n0 0 0 1\n0 0 0 1\n"
        "MOTIF two\nletter-probability matrix:\n1 0 0 0\n0 1 0 0\n"
        "MOTIF three\nletter-probability matrix: w=1\n0 0 1 0\nURL http://x\n"
    )
    one, two, three = parse_meme(text)
    assert (one.consensus, one.alt, one.n_sites) == ("UU", "ELAVL1", 7)
    assert (two.consensus, two.n_sites) == ("AC", 20)
    assert three.consensus == "G"


def test_rounded_shares_are_scaled():
    (motif,) = parse_meme(HEAD + "MOTIF x\nletter-probability matrix:\n0.333 0.333 0.333 0\n")
    assert motif.probabilities()[0] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", None, "MEME version"),
        (">M1 2\n1 0 0 0\n", None, "MEME version"),
        (HEAD, None, "no motifs"),
        (HEAD + "MOTIF x\n", None, "no motifs"),
        (HEAD.replace("ACGU", "ACDEFGHIKLMNPQRSTVWY"), 3, "alphabet"),
        (HEAD + "letter-probability matrix:\n" + ROWS, 7, "before any MOTIF"),
        (HEAD + "MOTIF\nletter-probability matrix:\n" + ROWS, 7, "without a name"),
        (HEAD + "MOTIF x\nletter-probability matrix: w= 3\n" + ROWS, 8, "2 rows"),
        (HEAD + "MOTIF x\nletter-probability matrix:\nMOTIF y\n", 8, "0 rows"),
        (HEAD + "MOTIF x\nletter-probability matrix: alength= 20 w= 1\n" + ROWS, 8, "unusable"),
        (HEAD + "MOTIF x\nletter-probability matrix: nsites= 0\n" + ROWS, 8, "unusable"),
        (HEAD + "MOTIF x\nletter-probability matrix: w= two\n" + ROWS, 8, "'two' is not a number"),
        (HEAD + "MOTIF x\nletter-probability matrix:\n0.5 0.5 0.5 0.5\n", 9, "sum to 1"),
        (HEAD + "MOTIF x\nletter-probability matrix:\n0.5 0.5 0\n", 9, "four shares"),
        (HEAD + "MOTIF x\nletter-probability matrix:\n-1 1 1 0\n", 9, "four shares"),
        (HEAD + "MOTIF x\nletter-probability matrix:\n0.5 0.5 nan 0\n", 9, "not a number"),
        (HEAD + "MOTIF x\nletter-probability matrix:\n0.5 0.5 1e999 0\n", 9, "not a number"),
    ],
)
def test_what_cannot_be_read_is_named(text, line, reason):
    with pytest.raises(InputError, match=r"f\.meme") as caught:
        parse_meme(text, file="f.meme")
    assert reason in caught.value.reason
    assert caught.value.line == line


PIECES = st.sampled_from(
    ["MEME version 4", "ALPHABET= ACGU", "ALPHABET= ACGT", "MOTIF x", "MOTIF y z",
     "letter-probability matrix: w= 1", "letter-probability matrix:", "0 0 0 1", "0.5 0.5",
     "1 0 0 0", "w= -3", "letter-probability matrix: w= 9e9 nsites= -1", "", "\x00\ufffd"]
)  # fmt: skip


@given(st.lists(st.one_of(PIECES, st.text(max_size=15)), max_size=15))
def test_anything_gives_motifs_or_an_input_error(lines):
    try:
        found = parse_meme("MEME version 4\n" + "\n".join(lines))
    except InputError:
        return
    assert found
    for motif in found:
        assert motif.probabilities().sum(axis=1) == pytest.approx(1)
