import errno
import gzip
import io
import os
import re
import sys
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.sequences import lines, read_fasta, write_fasta
from graphkit.types import Record

PLAIN = b">a first\nACGT\nACGU\n>b|Nucleus\nacgn\n"


def read(data, **keywords):
    return list(read_fasta(io.BytesIO(data), **keywords))


def pairs(records):
    return [(record.id, record.sequence) for record in records]


def refusal(data):
    with pytest.raises(InputError) as caught:
        read(data)
    return caught.value


def slow_read(text):
    """Line by line, as obvious as it gets: (header, line, sequence) of each record."""
    records = []
    for number, line in enumerate(re.split("\r\n|\r|\n", text), 1):
        if line.startswith(";"):
            continue
        if line.lstrip(" \t\v\f").startswith(">"):
            records.append((line.lstrip(" \t\v\f")[1:].strip(), number, []))
        elif line.strip(" \t\v\f"):
            records[-1][2].append(re.sub("[ \t\v\f]", "", line))
    return [(header, number, "".join(parts)) for header, number, parts in records]


def test_a_record_carries_everything():
    assert read(PLAIN) == [
        Record("a", "ACGTACGU", "a first", line=1),
        Record("b|Nucleus", "acgn", "b|Nucleus", line=4),
    ]


def test_gene_and_symbol_are_read_from_the_header():
    header = "ENST00000456328.2|ENSG00000290825.1|-|-|DDX11L2-202|DDX11L2|1657|lncRNA|"
    (record,) = read(f">{header}\nACGU\n".encode())
    assert (record.id, record.gene, record.symbol) == (
        "ENST00000456328.2",
        "ENSG00000290825.1",
        "DDX11L2",
    )
    assert record.header == header


LINES = st.lists(
    st.sampled_from(
        ["ACGT", "ac gu", "N\t", "", " ", "\f", ">x", ">", "> y z", "\f>p", "  >q|r", ";no", "A;B"]
    )
    | st.text("ACGTN ", max_size=30),
    max_size=12,
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@settings(max_examples=300)
@given(LINES, st.lists(ENDS, min_size=14, max_size=14), st.booleans(), st.data())
def test_reading_equals_reading_line_by_line(pieces, body, ends, last_end, data):
    body = [">first", *body]
    text = "".join(line + end for line, end in zip(body, ends, strict=False))
    text = text if last_end else text.rstrip("\r\n")
    raw = text.encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=6)))
    parts = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True) if a < b]
    found = [(r.header, r.line, r.sequence) for r in read_fasta(pieces(parts))]
    assert found == slow_read(text)


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from([">a", ">b c", ";no", "ACGT" * 10, "ACGTN" * 3, "A", ""]), max_size=8),
    st.integers(1, 20),
    st.integers(1, 50),
)
def test_lines_beyond_the_limit_come_in_parts(pieces, body, size, limit):
    text = "\n".join([">first", *body])
    parts = [text[i : i + size].encode() for i in range(0, len(text), size)]
    with mock.patch.object(lines, "_LONG_LINE", limit):
        found = [(r.header, r.line, r.sequence) for r in read_fasta(pieces(parts))]
    assert found == slow_read(text)


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n \t\f\n\n", b"\xef\xbb\xbf", b";only\n;notes"])
def test_nothing_to_read_is_refused(data):
    assert refusal(data).reason == "no records"


def test_an_empty_file_is_refused_by_name(tmp_path):
    path = tmp_path / "empty.fa"
    path.touch()
    with pytest.raises(InputError, match=r"empty\.fa: no records\. Check"):
        list(read_fasta(path))
    path.write_bytes(gzip.compress(b""))
    with pytest.raises(InputError, match="no records"):
        list(read_fasta(path))


@pytest.mark.parametrize("data", [b"ACGT\nacgu", b"\n \n;note\nACGT\r\nacgu\r\n"])
def test_text_without_any_header_is_one_sequence(data):
    (record,) = read(data)
    assert (record.id, record.header, record.sequence) == ("seq1", "seq1", "ACGTacgu")
    assert record.line == (1 if data.startswith(b"A") else 4)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"ACGT\n>a\nACGT\n", 1),
        (b"\n\nthe text\n>a\nACGT\n", 3),
        (b"ACGT>a\nACGT\n", 1),
        (b"x" * 3_000_000 + b"\n>a\nACGT\n", 1),
    ],
)
def test_text_before_the_first_header_is_refused(data, line):
    error = refusal(data)
    assert error.reason == "text before the first '>'"
    assert error.line == line
    assert error.remedy


def test_a_header_without_id_is_numbered():
    records = read(b">\nAC\n>a\nGU\n>  \t\nGG\n>\n>\n")
    assert [record.id for record in records] == [
        "record_1",
        "a",
        "record_3",
        "record_4",
        "record_5",
    ]
    assert records[0].warnings == ("no id after '>': named record_1",)
    assert records[1].warnings == ()
    assert [record.line for record in records] == [1, 3, 5, 7, 8]


def test_space_before_the_id_is_no_missing_id():
    assert read(b"> a b\nAC\n")[0].id == "a"


def test_a_record_without_sequence_is_handed_on():
    assert pairs(read(b">a\n>b\n\n>c\nAC\n>d")) == [("a", ""), ("b", ""), ("c", "AC"), ("d", "")]


def test_duplicate_ids_come_in_order():
    assert pairs(read(b">a\nAC\n>a\nGU\n>a\nAC\n")) == [("a", "AC"), ("a", "GU"), ("a", "AC")]


def test_letters_are_not_changed():
    assert read(b">a\nacGTuU\nRYN-.*\n")[0].sequence == "acGTuURYN-.*"


@pytest.mark.parametrize("length", [91_671, 1_000_000])
@pytest.mark.parametrize("width", [60, 10**9])
def test_long_records_are_read_whole(length, width):
    sequence = "ACGUN" * (length // 5) + "A" * (length % 5)
    wrapped = "\n".join(sequence[i : i + width] for i in range(0, length, width))
    records = read(f">a\n{wrapped}\n>b\nAC\n".encode())
    assert pairs(records) == [("a", sequence), ("b", "AC")]
    assert records[1].line == 3 + (length - 1) // width


@pytest.mark.parametrize("width", [7, 100])
def test_a_record_above_the_cap_is_a_problem_and_reading_goes_on(width):
    long = "\n".join(["A" * width] * (100 // width) + ["A" * (100 % width)])
    records = read(f">a\nAC\n>long\n{long}\n>b\nGU\n>also\n{long}".encode(), max_length=99)
    assert pairs(records) == [("a", "AC"), ("long", ""), ("b", "GU"), ("also", "")]
    assert [record.problem for record in records] == [
        None,
        "longer than 99 letters (100)",
        None,
        "longer than 99 letters (100)",
    ]
    assert read(f">long\n{long}".encode(), max_length=100)[0].problem is None


def test_a_bare_sequence_above_the_cap_is_a_problem():
    (record,) = read(b"ACGTACGT", max_length=7)
    assert record.problem == "longer than 7 letters (8)"


def test_impossible_cap():
    with pytest.raises(InputError, match="max_length"):
        read_fasta("x.fa", max_length=0)


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.replace(b"\n", b"\r"),
        PLAIN.replace(b"\nACGU\n", b"\rACGU\r\n"),
        PLAIN.rstrip(b"\n"),
        b"\xef\xbb\xbf" + PLAIN,
        PLAIN.replace(b"ACGT\n", b"\tAC GT\t \n").replace(b"acgn", b"ac\fg\vn"),
        PLAIN.replace(b"\nACGU\n", b"ACGU\n\n").replace(b"acgn", b"\facgn"),
        PLAIN.replace(b"\n>b", b"\n\f>b"),
        PLAIN.replace(b"\n>b", b"\n\xef\xbb\xbf>b"),
        PLAIN.replace(b"\nACGU", b"\n;a note\nACGU"),
    ],
)
def test_line_ends_marks_and_blanks_do_not_matter(data):
    assert pairs(read(data)) == pairs(read(PLAIN))


def test_line_numbers_do_not_depend_on_line_ends():
    text = b";note\n\n>a\nAC\n\n;note\nGU\n>b\n>c\nAC"
    for end in (b"\n", b"\r\n", b"\r"):
        assert [record.line for record in read(text.replace(b"\n", end))] == [3, 8, 9]


@pytest.mark.parametrize(
    "data",
    [
        b">a\nAC\0GT\n",
        b"\0\0\0\0",
        bytes(range(256)) * 10,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        ">a\nACGT\n".encode("utf-16"),
        ">a\nACGT\n".encode("utf-16-le"),
        ">a\nACGT\n".encode("utf-32"),
        b"\x01\x02\x03\x04\x05",
    ],
)
def test_binary_is_refused(data):
    assert "not FASTA text" in refusal(data).reason


def test_nul_far_into_the_file_names_its_line():
    error = refusal(b">a\n" + b"ACGT\n" * 1_000_000 + b"AC\0GT\n")
    assert error.line == 1_000_002


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"@read1\nACGT\n+\nIIII\n", "FASTQ"),
        (b"\n\n@read1\nACGT\n+\nIIII\n", "FASTQ"),
        (b"LOCUS       SCU49845  5028 bp  DNA\nORIGIN\n 1 gatc\n", "GenBank"),
        (b"ID   X56734; SV 1; linear; mRNA\n", "EMBL"),
        (b"@HD\tVN:1.6\n", "SAM"),
        (b"CLUSTAL W (1.83)\n\na ACGT\n", "CLUSTAL"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b'{"id": 1}', "JSON"),
    ],
)
def test_other_formats_are_named(data, name):
    error = refusal(data)
    assert name in error.reason
    assert error.line == 1 + len(data) - len(data.lstrip())
    assert error.remedy


def test_comments_are_skipped():
    data = b";top\n>a\n;in\nAC\n;\nGU\n;last"
    assert pairs(read(data)) == [("a", "ACGU")]


def test_a_semicolon_inside_a_line_is_no_comment():
    (record,) = read(b">a;b c;d\nAC;GU\n")
    assert (record.id, record.sequence) == ("a;b", "AC;GU")


def test_gzip_reads_as_plain():
    assert pairs(read(gzip.compress(PLAIN))) == pairs(read(PLAIN))


def test_gzip_of_many_members_reads_as_plain():
    data = gzip.compress(PLAIN[:10]) + gzip.compress(b"") + gzip.compress(PLAIN[10:])
    assert pairs(read(data)) == pairs(read(PLAIN))


@pytest.mark.parametrize("length", range(1, len(gzip.compress(PLAIN)), 3))
def test_truncated_gzip_is_refused(length):
    whole = gzip.compress(PLAIN, mtime=0)
    with pytest.raises(InputError):
        read(whole[:length])
    if length >= 2:
        assert refusal(whole + whole[:length]).reason == "truncated gzip data"


def test_a_wrong_suffix_does_not_matter(tmp_path):
    (tmp_path / "plain.fa.gz").write_bytes(PLAIN)
    (tmp_path / "packed.fa").write_bytes(gzip.compress(PLAIN))
    for name in ("plain.fa.gz", "packed.fa"):
        assert pairs(read_fasta(tmp_path / name)) == pairs(read(PLAIN))


def test_bgzf_reads_as_plain(bgzf):
    many = b"".join(b">r%d\nACGTACGTAC\n" % i for i in range(1000))
    assert pairs(read(bgzf(many))) == pairs(read(many))


def test_hostile_headers_are_kept_as_they_are():
    headers = [
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "long" * 250_000,
        "emoji \N{DNA DOUBLE HELIX}",
        "=cmd()|' /C calc'!A0",
        "a->b",
        "a > b",
    ]
    data = "".join(f">{header}\nACGT\n" for header in headers).encode()
    records = read(data)
    assert [record.header for record in records] == headers
    assert [record.id for record in records] == [header.split()[0] for header in headers]
    assert {record.sequence for record in records} == {"ACGT"}
    assert {record.problem for record in records} == {None}


def test_a_header_that_is_not_utf8_is_read_as_latin1():
    assert read(b">caf\xe9\nACGT\n")[0].id == "café"


def test_header_beyond_the_limit():
    error = refusal(b">a\nAC\n>" + b"x" * (lines.MAX_HEADER + 10))
    assert error.reason == "header longer than 16 MB"
    assert error.line == 3


def test_many_tiny_records_come_in_order():
    data = b"".join(b">r%d\nACGT\n" % i for i in range(20_000))
    records = read(data)
    assert pairs(records) == [(f"r{i}", "ACGT") for i in range(20_000)]
    assert [record.line for record in records] == list(range(1, 40_000, 2))


@pytest.mark.parametrize("before", [b"", b">z\nAC\n"])
@pytest.mark.parametrize("after", [b"", b">c\nGU\n"])
def test_missing_line_break_before_a_header_is_a_problem(before, after):
    # What "cat one.fa two.fa" gives where one.fa has no last newline.
    records = read(before + b">a\nACGT>b\nACGT\n" + after)
    joined = next(record for record in records if record.id == "a")
    assert "line break" in joined.problem
    assert joined.sequence == ""
    assert sum(record.problem is not None for record in records) == 1


def test_records_flow_before_the_input_ends(pieces):
    def endless():
        for number in range(10**9):
            yield b">r%d\nACGTACGTACGT\n" % number

    stream = read_fasta(pieces(endless()))
    assert [next(stream).id for _ in range(3)] == ["r0", "r1", "r2"]


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(PLAIN)))
    assert pairs(read_fasta("-")) == pairs(read(PLAIN))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    with pytest.raises(InputError, match="standard input: no records"):
        list(read_fasta("-"))


# Writing


def test_written_records_read_back(tmp_path):
    path = tmp_path / "out.fa"
    records = [*read(PLAIN), Record("long", "ACGUN" * 50), Record("none", "")]
    write_fasta(records, path)
    assert [(r.header, r.sequence) for r in read_fasta(path)] == [
        (record.header or record.id, record.sequence) for record in records
    ]
    assert max(map(len, path.read_text().splitlines())) == 60
    assert os.listdir(tmp_path) == ["out.fa"]


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cc", "Cs"])),
            st.text("ACGUNacgu-.*RXé", max_size=150),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_record_is_refused_or_reads_back(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("out") / "out.fa"
    records = [Record("x", sequence, header) for header, sequence in written]
    try:
        write_fasta(records, path)
    except InputError:
        assert any(header and not header.strip() for header, _ in written)
        return
    assert [(r.header, r.sequence) for r in read_fasta(path)] == [
        (header.strip() or "x", sequence) for header, sequence in written
    ]


@pytest.mark.parametrize(
    "record",
    [
        Record("a", "", problem="too long"),
        Record("a", "AC>GU"),
        Record("a", "AC;GU"),
        Record("a", "AC GU"),
        Record("a", "ACGU", "two\nlines"),
        Record("a", "ACGU", "nul\0"),
        Record("", "ACGU"),
    ],
)
def test_record_that_would_not_read_back_is_refused(record, tmp_path):
    with pytest.raises(InputError, match=r"out\.fa"):
        write_fasta([Record("fine", "ACGU"), record], tmp_path / "out.fa")
    assert os.listdir(tmp_path) == []


def test_a_failure_while_writing_keeps_the_older_file(tmp_path):
    path = tmp_path / "out.fa"
    write_fasta([Record("old", "ACGU")], path)

    def broken():
        yield Record("new", "ACGU" * 100_000)
        raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError, match="interrupted"):
        write_fasta(broken(), path)
    assert pairs(read_fasta(path)) == [("old", "ACGU")]
    assert os.listdir(tmp_path) == ["out.fa"]


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left on device"):
        write_fasta([Record("a", "ACGU")], tmp_path / "out.fa")
    assert os.listdir(tmp_path) == []


def test_impossible_places_are_refused(tmp_path):
    (tmp_path / "file").touch()
    for place in (tmp_path, tmp_path / "none" / "out.fa", tmp_path / "file" / "out.fa"):
        with pytest.raises(InputError):
            write_fasta([Record("a", "ACGU")], place)
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="no /dev/null")
def test_a_device_is_not_replaced():
    with pytest.raises(InputError, match="regular file"):
        write_fasta([Record("a", "ACGU")], "/dev/null")


def test_link_keeps_pointing(tmp_path):
    (tmp_path / "link.fa").symlink_to(tmp_path / "real.fa")
    write_fasta([Record("a", "ACGU")], tmp_path / "link.fa")
    assert (tmp_path / "link.fa").is_symlink()
    assert pairs(read_fasta(tmp_path / "real.fa")) == [("a", "ACGU")]
