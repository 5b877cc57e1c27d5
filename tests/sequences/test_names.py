import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.sequences.names import LONGEST_NAME, column_name, file_stem

NASTY = [
    "../../etc/passwd", "<script>alert(1)</script>", "a/b\\c:d", "x\ty\nz", "\x1b[2J", "", "...",
    "CON", "é" * 300, "A" * 1_000_000, "=cmd()", "a\0b",
]  # fmt: skip


@given(st.text(max_size=400), st.integers(1, 10**9))
def test_a_stem_is_a_plain_name_and_tells_records_apart(name, number):
    stem = file_stem(name, number)
    assert re.fullmatch(r"[0-9]{4,10}(_[A-Za-z0-9._-]{1,40})?", stem)
    assert not stem.endswith(".")
    assert int(stem.partition("_")[0]) == number


@pytest.mark.parametrize("name", NASTY)
def test_nothing_of_a_header_leads_out_of_the_folder(name, tmp_path):
    path = tmp_path / f"{file_stem(name, 1)}.svg"
    path.touch()
    assert [path.name] == [file.name for file in tmp_path.iterdir()]


@given(st.text(max_size=400), st.integers(1, 10**9))
def test_a_column_is_one_printable_word_that_ends(name, number):
    word = column_name(name, number)
    assert word.split() == [word]
    assert word.isprintable()
    assert len(word) <= LONGEST_NAME + 12


def test_long_names_that_begin_alike_stay_apart():
    assert column_name("A" * 1_000, 1) != column_name("A" * 1_000, 2)
    assert column_name("A" * LONGEST_NAME, 1) == "A" * LONGEST_NAME
