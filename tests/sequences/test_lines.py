import re
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.sequences import lines
from graphkit.sequences.lines import text_blocks

texts = st.text("AC>;\r\n\f", max_size=60).map(str.encode)


def cut(data, places):
    places = sorted(place % (len(data) + 1) for place in places)
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


@given(texts, st.lists(st.integers(0, 100), max_size=8), st.sampled_from([1, 5, 1 << 20]))
def test_blocks_joined_are_the_text_with_plain_newlines(text, places, limit):
    plain = b"\n" + re.sub(rb"\r\n?", b"\n", text)
    with mock.patch.object(lines, "_LONG_LINE", limit):
        blocks = list(text_blocks(cut(text, places), file=None))
    assert b"".join(blocks) == re.sub(rb"\n;[^\n]*", b"\n", plain)


@given(texts, st.lists(st.integers(0, 100), max_size=8))
def test_blocks_begin_at_a_line(text, places):
    for block in text_blocks(cut(text, places), file=None):
        assert block.startswith(b"\n")


def test_byte_order_mark_in_pieces():
    pieces = [bytes([byte]) for byte in b"\xef\xbb\xbf>a\nAC"]
    assert b"".join(text_blocks(pieces, file=None)) == b"\n>a\nAC"


@pytest.mark.parametrize("before", [b"", b">a\nAC\n", b">a\r\nAC\rAC\r\n" * 3])
def test_line_of_a_nul(before):
    for pieces in ([before + b"\0"], [bytes([byte]) for byte in before + b"\0"]):
        with pytest.raises(InputError) as caught:
            list(text_blocks(pieces, file="x.fa"))
        assert caught.value.line == len(before.replace(b"\r\n", b"\n").splitlines()) + 1
        assert caught.value.file == "x.fa"
